#include <stddef.h>
#include <string.h>

#include "args.h"

enum option { INSECURE_KEY, SKIP_STARTUP, SKIP_RUNIT, SPARE_ORPHANS, QUIET, HELP, HOOK, OPTIONS };

static char const *const names[OPTIONS] = {
	[INSECURE_KEY] = "--enable-insecure-key",
	[SKIP_STARTUP] = "--skip-startup-files",
	[SKIP_RUNIT] = "--skip-runit",
	[SPARE_ORPHANS] = "--no-kill-all-on-exit",
	[QUIET] = "--quiet",
	[HELP] = "--help",
	[HOOK] = "--hook",
};

/* OPTIONS: there is none. --hook is ours and never meant by less. */
static enum option find(char const *word, bool *ambiguous)
{
	size_t const n = strlen(word);
	enum option found = OPTIONS;

	*ambiguous = false;
	if (!strcmp(word, "-h"))
		return HELP;
	for (enum option o = 0; o < OPTIONS; o++) {
		if (!strcmp(word, names[o]))
			return o;
		if (n < 3 || o == HOOK || strncmp(word, names[o], n) != 0)
			continue;
		*ambiguous = found != OPTIONS;
		found = o;
	}
	return found;
}

static void apply(struct args *a, enum option o)
{
	a->insecure_key = a->insecure_key || o == INSECURE_KEY;
	a->skip_startup = a->skip_startup || o == SKIP_STARTUP;
	a->skip_runit = a->skip_runit || o == SKIP_RUNIT;
	a->spare_orphans = a->spare_orphans || o == SPARE_ORPHANS;
	a->quiet = a->quiet || o == QUIET;
}

static enum args_result take_command(struct args *a, char *const *argv)
{
	if (*argv)
		a->command = argv;
	return a->skip_runit && !a->command ? ARGS_LONELY : ARGS_OK;
}

enum args_result args_parse(struct args *a, char *const *argv, char const **word)
{
	bool ambiguous;

	*a = (struct args){ .command = NULL };
	while (*++argv && (*argv)[0] == '-' && (*argv)[1]) {
		*word = *argv;
		if (!strcmp(*argv, "--")) {
			argv++;
			break;
		}
		enum option const o = find(*argv, &ambiguous);
		if (ambiguous)
			return ARGS_AMBIGUOUS;
		if (o == HELP)
			return ARGS_HELP;
		if (o == OPTIONS || (o == HOOK && !argv[1]))
			return ARGS_UNKNOWN;
		if (o == HOOK) {
			a->hook = argv[1];
			return ARGS_OK;
		}
		apply(a, o);
	}
	return take_command(a, argv);
}
