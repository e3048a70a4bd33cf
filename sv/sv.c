#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/sgetopt.h>

#include "ask.h"
#include "command.h"
#include "look.h"
#include "out.h"
#include "stamp.h"
#include "wait.h"

/* Exit codes of the two forms. */
enum { CODE_MOST = 99, CODE_USAGE = 100, CODE_FATAL = 100 };
enum {
	LSB_RUNS = 0,
	LSB_TROUBLE = 1,
	LSB_USAGE = 2,
	LSB_DOWN = 3,
	LSB_UNKNOWN = 4,
	LSB_FATAL = 151
};

#define DEFAULT_WAIT 7
/* About 30 years: more would overflow the clock's nanoseconds. */
#define MOST_WAIT 1000000000UL

struct arguments {
	char const *prog;
	bool lsb; /* prog is the service */
	bool verbose;
	unsigned long wait; /* seconds */
	struct command const *command;
	char const *const *names;
	size_t count;
};

static void put_error(char const *const *parts)
{
	char text[1024];
	size_t len = 0;

	for (; *parts; parts++) {
		size_t const room = sizeof text - len;
		size_t const n = strnlen(*parts, room);
		memcpy(text + len, *parts, n);
		len += n;
	}
	if (write(2, text, len) < 0)
		return;
}

static _Noreturn void usage(struct arguments const *a)
{
	char const *const rest =
		a->lsb ? " [-w sec] command\n\n" : " [-v] [-w sec] command service ...\n\n";

	put_error((char const *const[]){ "usage: ", a->prog, rest, NULL });
	_exit(a->lsb ? LSB_USAGE : CODE_USAGE);
}

static _Noreturn void wrong_option(struct arguments const *a, char const *what, int option)
{
	char const letter[] = { (char)option, '\n', 0 };

	put_error((char const *const[]){ a->prog, ": ", what, " -- ", letter, NULL });
	usage(a);
}

/* Digits and nothing else count, as with the reference: "x" is 0. */
static unsigned long seconds(char const *text)
{
	unsigned long n = 0;

	for (; *text >= '0' && *text <= '9' && n < MOST_WAIT; text++)
		n = n * 10 + (unsigned long)(*text - '0');
	return n < MOST_WAIT ? n : MOST_WAIT;
}

static unsigned long default_wait(void)
{
	char const *const wait = getenv("SVWAIT");

	return wait ? seconds(wait) : DEFAULT_WAIT;
}

static void options(struct arguments *a, int argc, char const *const *argv, subgetopt *l)
{
	for (;;)
		switch (subgetopt_r(argc, argv, ":vw:V", l)) {
		case -1:
			return;
		case 'w':
			a->wait = seconds(l->arg);
			a->verbose = true;
			break;
		case 'v':
			a->verbose = true;
			break;
		case 'V':
			put_error((char const *const[]){ "tend: sv\n", NULL });
			usage(a);
		case ':':
			wrong_option(a, "option requires an argument", l->problem);
		default:
			wrong_option(a, "illegal option", l->problem);
		}
}

static void parse(struct arguments *a, int argc, char const *const *argv)
{
	subgetopt l = SUBGETOPT_ZERO;
	char const *const slash = argc ? strrchr(argv[0], '/') : NULL;

	a->prog = slash ? slash + 1 : argc ? argv[0] : "sv";
	a->lsb = strcmp(a->prog, "sv") != 0;
	a->verbose = false;
	a->wait = default_wait();
	options(a, argc, argv, &l);
	argc -= l.ind;
	argv += l.ind;
	if (argc < 1)
		usage(a);
	a->command = command_find(argv[0], a->lsb);
	a->names = a->lsb ? &a->prog : argv + 1;
	a->count = a->lsb ? 1 : (size_t)argc - 1;
	if (!a->command || !a->count)
		usage(a);
}

/* The logger's part of a status line. What is shown decides the code of the LSB form, as with the
 * reference: the logger, if there is one. */
static int log_status(struct service const *s, tain const *now, int code, struct out *o)
{
	struct service log;
	struct status st;
	int const e = ask_enter_log(&log, s);

	if (e) {
		if (e != ENOENT) {
			o->troubles++;
			out_put(o, "; warning: ");
			out_put(o, s->name);
			out_put(o, "/log: unable to change directory: ");
			out_put(o, strerror(e));
		}
		out_put(o, "\n");
		return code;
	}
	out_put(o, "; ");
	if (ask_alive(&log, false, o) == ANSWER_YES && ask_status(&log, &st, o)) {
		if (!ask_print(&log, "", "log", &st, now, o))
			code = LSB_UNKNOWN;
		else
			code = st.pid ? LSB_RUNS : LSB_DOWN;
		out_put(o, "\n");
	}
	ask_leave(&log);
	return code;
}

/* The line of one service; returns the code of the LSB form. */
static int status(char const *name, struct svdir *v, tain const *now, struct out *o)
{
	struct service s;
	struct status st;
	int code = LSB_UNKNOWN;

	if (!ask_enter(&s, name, v, o))
		return LSB_TROUBLE;
	enum answer const alive = ask_alive(&s, false, o);
	if (alive == ANSWER_GONE) {
		code = LSB_TROUBLE;
	} else if (alive == ANSWER_YES && ask_status(&s, &st, o)) {
		if (ask_print(&s, "", s.name, &st, now, o))
			code = st.pid ? LSB_RUNS : LSB_DOWN;
		code = log_status(&s, now, code, o);
	}
	ask_leave(&s);
	return code;
}

static void tell(struct command const *c, char const *name, struct svdir *v, struct out *o)
{
	struct service s;

	if (!ask_enter(&s, name, v, o))
		return;
	if (ask_alive(&s, c->letters[0] == 'x', o) == ANSWER_YES)
		ask_send(&s, c->letters, o);
	ask_leave(&s);
}

static int all_status(struct arguments const *a, struct svdir *v, struct out *o)
{
	tain now;
	int code = 0;

	stamp_now(&now);
	for (size_t i = 0; i < a->count; i++)
		code = status(a->names[i], v, &now, o);
	return code;
}

static void control(struct arguments const *a, struct svdir *v, struct out *o)
{
	bool const wait =
		a->command->wait == WAIT_ALWAYS || (a->command->wait == WAIT_VERBOSE && a->verbose);

	if (!wait) {
		/* a runsv that ends between open and write is a warning, not our end */
		signal(SIGPIPE, SIG_IGN);
		for (size_t i = 0; i < a->count; i++)
			tell(a->command, a->names[i], v, o);
		return;
	}
	if (wait_for(a->command, a->names, a->count, a->wait, v, o))
		return;
	put_error((char const *const[]){ "fatal: unable to wait: ", strerror(errno), "\n", NULL });
	out_flush(o);
	_exit(a->lsb ? LSB_FATAL : CODE_FATAL);
}

/* A FIFO opened in the place of a closed stdout would get our lines as letters. */
static void fill_standard(void)
{
	struct pollfd p[] = { { .fd = 0 }, { .fd = 1 }, { .fd = 2 } };
	bool missing = false;

	poll(p, 3, 0);
	for (int i = 0; i < 3; i++)
		missing |= p[i].revents & POLLNVAL;
	while (missing) {
		int const fd = open("/dev/null", O_RDWR);
		missing = fd >= 0 && fd < 2;
		if (fd > 2)
			close(fd);
	}
}

static bool is_sv(char const *name)
{
	char const *const slash = strrchr(name, '/');

	return !strcmp(slash ? slash + 1 : name, "sv");
}

int main(int argc, char **argv)
{
	struct svdir v = { .path = getenv("SVDIR"), .fd = -1 };
	struct arguments a;
	struct out o;
	int code;

	fill_standard();
	o.len = 0;
	o.troubles = 0;
	if (!v.path)
		v.path = "/etc/service/";
	if (argc > 1 && is_sv(argv[0]) && look_is(argv[1]) &&
	    (code = look(argc - 1, (char const *const *)argv + 1, default_wait(), &v, &o)) >= 0) {
		out_flush(&o);
		return code;
	}
	code = 0;
	parse(&a, argc, (char const *const *)argv);
	if (a.command->status)
		code = all_status(&a, &v, &o);
	else
		control(&a, &v, &o);
	out_flush(&o);
	if (a.lsb)
		return a.command->status ? code : o.troubles ? LSB_TROUBLE : 0;
	return o.troubles < CODE_MOST ? (int)o.troubles : CODE_MOST;
}
