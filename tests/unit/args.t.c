#include "../../my_init/args.h"
#include "tap.h"

static struct {
	char const *name;
	char *argv[6];
	enum args_result result;
	char const *wrong;   /* the word that is; NULL: none */
	char const *command; /* its first word; NULL: there is none */
} const rows[] = {
	{ "nothing", { "m" }, ARGS_OK, NULL, NULL },
	{ "CMD", { "m", "sh" }, ARGS_OK, NULL, "sh" },
	{ "CMD behind --", { "m", "--", "-x" }, ARGS_OK, NULL, "-x" },
	{ "only the first --", { "m", "--", "--" }, ARGS_OK, NULL, "--" },
	{ "nothing behind --", { "m", "--" }, ARGS_OK, NULL, NULL },
	{ "options of CMD are its own", { "m", "sh", "--help" }, ARGS_OK, NULL, "sh" },
	{ "a dash is no option", { "m", "-" }, ARGS_OK, NULL, "-" },
	{ "nor is nothing", { "m", "" }, ARGS_OK, NULL, "" },
	{ "-h", { "m", "-h", "--bad" }, ARGS_HELP, NULL, NULL },
	{ "--help", { "m", "--quiet", "--help" }, ARGS_HELP, NULL, NULL },
	{ "--he", { "m", "--he" }, ARGS_HELP, NULL, NULL },
	{ "-q", { "m", "-q" }, ARGS_UNKNOWN, "-q", NULL },
	{ "--quiet=1", { "m", "--quiet=1" }, ARGS_UNKNOWN, "--quiet=1", NULL },
	{ "--quieter", { "m", "--quieter" }, ARGS_UNKNOWN, "--quieter", NULL },
	{ "--skip", { "m", "--skip", "x" }, ARGS_AMBIGUOUS, "--skip", NULL },
	{ "alone", { "m", "--skip-runit" }, ARGS_LONELY, NULL, NULL },
	{ "alone, with --", { "m", "--skip-runit", "--" }, ARGS_LONELY, NULL, NULL },
	{ "--skip-runit CMD", { "m", "--skip-runit", "sh" }, ARGS_OK, NULL, "sh" },
	{ "a hook without a name", { "m", "--hook" }, ARGS_UNKNOWN, "--hook", NULL },
	{ "a hook is never cut short", { "m", "--hoo", "stop" }, ARGS_UNKNOWN, "--hoo", NULL },
};

static void results(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct args a;
		char const *word = NULL;
		enum args_result const result = args_parse(&a, rows[i].argv, &word);

		is_int(result, rows[i].result, rows[i].name);
		if (rows[i].wrong)
			is_text(word, rows[i].wrong, rows[i].name);
		if (result != ARGS_OK)
			continue;
		ok(!a.command == !rows[i].command, rows[i].name);
		if (a.command && rows[i].command)
			is_text(*a.command, rows[i].command, rows[i].name);
	}
}

static void options(void)
{
	char *const none[] = { "m", "x", NULL };
	char *const all[] = { "m",
			      "--enable-insecure-key",
			      "--skip-startup-files",
			      "--skip-runit",
			      "--no-kill-all-on-exit",
			      "--quiet",
			      "x",
			      NULL };
	char *const cut[] = { "m", "--e", "--skip-s", "--skip-r", "--n", "--q", "--", NULL };
	char *const hook[] = { "m", "--quiet", "--hook", "finish", "3", NULL };
	char const *word;
	struct args a;

	args_parse(&a, none, &word);
	ok(!a.insecure_key && !a.skip_startup && !a.skip_runit && !a.spare_orphans && !a.quiet,
	   "no option is given");
	args_parse(&a, all, &word);
	ok(a.insecure_key && a.skip_startup && a.skip_runit && a.spare_orphans && a.quiet,
	   "each is");
	args_parse(&a, cut, &word);
	ok(a.insecure_key && a.skip_startup && a.skip_runit && a.spare_orphans && a.quiet,
	   "each is, cut short");
	is_int(args_parse(&a, hook, &word), ARGS_OK, "a hook");
	ok(a.quiet && !a.command, "it is no CMD");
	is_text(a.hook, "finish", "its name");
}

int main(void)
{
	results();
	options();
	return done();
}
