#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/strerr.h>

#include "conf.h"
#include "judge.h"
#include "programs.h"
#include "report.h"
#include "text.h"
#include "write.h"

#define USAGE 100
#define TROUBLE 111
#define OPTIONS "no:f:"

char const *PROG = "sv-from-supervisord";

enum { FIX_HOME = 256, ORDER, JSON };

struct call {
	struct options options;
	char const *dir;
	bool dry, json;
};

static void usage(void)
{
	strerr_die(USAGE, "usage: ", PROG,
		   " [-n] [-o dir] [-f program] [--fix-home] [--order] [--json] file ...\n");
}

static void read_options(struct call *call, int argc, char *const *argv)
{
	static struct option const words[] = {
		{ "fix-home", no_argument, NULL, FIX_HOME },
		{ "order", no_argument, NULL, ORDER },
		{ "json", no_argument, NULL, JSON },
		{ NULL, 0, NULL, 0 },
	};
	char const **foreground = NULL;
	struct options *const o = &call->options;

	for (int c; (c = getopt_long(argc, argv, "+" OPTIONS, words, NULL)) != -1;)
		switch (c) {
		case 'n':
			call->dry = true;
			break;
		case 'o':
			call->dir = optarg;
			break;
		case 'f':
			foreground =
				text_room((void *)foreground, o->foregrounds, sizeof *foreground);
			foreground[o->foregrounds++] = optarg;
			break;
		case FIX_HOME:
			o->fix_home = true;
			break;
		case ORDER:
			o->order = true;
			break;
		case JSON:
			call->json = true;
			break;
		default:
			usage();
		}
	o->foreground = foreground;
	if (optind >= argc)
		usage();
}

/* What an [include] names. One in a file that is included itself is not looked at there either. */
static void include(struct conf *c)
{
	struct section const *const s = conf_section(c, "include");
	struct key const *const k = s ? conf_key(c, s, "files") : NULL;
	struct judge j = { .conf = c };
	char *why = NULL;
	char const *at = NULL;

	if (!k)
		return;
	char const *const from = k->place.file;
	expand_set(&j.vars, "host_node_name", (char const[]){ LATE, *LATE_HOST, LATE_END, 0 },
		   false);
	at = judge_expand(&j, k->value, true, &why);
	if (!at)
		strerr_dief(USAGE, "unable to read what ", from, " includes: ", why);
	for (size_t len; (at += strspn(at, " \t\n")), (len = strcspn(at, " \t\n")) > 0; at += len) {
		char *const pattern = text_copy(at, len);
		size_t const files = conf_include(c, pattern, from);
		if (!files)
			strerr_warnw("nothing matches what ", from, " includes: ", pattern);
		c->included += files;
		free(pattern);
	}
}

static void say(struct report const *r, bool json)
{
	stralloc out = STRALLOC_ZERO;

	if (json)
		report_json(r, &out);
	else
		report_text(r, &out);
	if (allwrite(1, out.s, out.len) < out.len)
		strerr_diefusys(TROUBLE, "write to standard output");
	stralloc_free(&out);
}

int main(int argc, char *const *argv)
{
	struct call call = { .dir = "service" };
	struct conf conf = { .count = 0 };
	struct settings all = { .stays = false };
	struct report report = { NULL, 0 };

	read_options(&call, argc, argv);
	for (int i = optind; i < argc; i++)
		conf_read(&conf, argv[i]);
	include(&conf);
	struct programs const programs = programs_make(&conf, &call.options, &all, &report);
	if (!call.dry)
		write_programs(call.dir, &programs, &all, &call.options);
	say(&report, call.json);
	/* what was allocated is given back by the end */
	_exit((int)report_worst(&report));
}
