#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/strerr.h>

#include "options.h"
#include "value.h"

static _Noreturn void usage(char const *name)
{
	strerr_warn("usage: ", name ? name : "runsvdir", " [-P] dir\n");
	_exit(1);
}

static void take_time(char letter, char const *text, uint64_t *ms)
{
	char const option[] = { '-', letter, 0 };

	if (value_time(text, ms))
		return;
	strerr_dief(1, option, ": \"", text, "\" is not a time");
}

static void take_hook_word(struct scanner *s, char const *word)
{
	unsigned int n = 0;

	while (s->hook_argv[n])
		n++;
	if (n == HOOK_WORDS)
		strerr_dief(1, "-H: too many words");
	s->hook_argv[n] = word;
}

/* One that has no argument. */
static bool take_flag(struct scanner *s, char letter)
{
	switch (letter) {
	case 'P':
		s->session = true;
		return true;
	case 'o':
		s->spare_orphans = true;
		return true;
	case 'q':
		s->quiet = true;
		return true;
	}
	return false;
}

static void take_argument(struct scanner *s, char letter, char const *text)
{
	if (letter == 'H')
		take_hook_word(s, text);
	if (letter == 't')
		take_time(letter, text, &s->timeout);
	if (letter == 'O')
		take_time(letter, text, &s->stop.orphans_time);
}

/* Those of an init. Whatever else begins with a dash is DIR, as it is without them. */
static char **init_options(struct scanner *s, char **argv)
{
	while (argv[1] && argv[1][0] == '-' && argv[1][1] && !argv[1][2]) {
		if (take_flag(s, argv[1][1])) {
			argv++;
			continue;
		}
		if (!strchr("HtO", argv[1][1]))
			break;
		if (!argv[2])
			usage(NULL);
		take_argument(s, argv[1][1], argv[2]);
		argv += 2;
	}
	return argv;
}

/* Only the first argument is looked at, as runit does, and then -c, which is the name of a
 * directory there. */
static char **leading_options(struct scanner *s, char **argv)
{
	if (argv[1] && argv[1][0] == '-' && (argv[1][1] == 'P' || argv[1][1] == '-')) {
		s->session = argv[1][1] == 'P';
		argv++;
	}
	if (argv[1] && !strcmp(argv[1], "-c")) {
		s->init = true;
		argv = init_options(s, argv + 1);
	}
	return argv;
}

/* Has standard input alone. */
static void take_command(struct scanner *s, char **argv)
{
	if (!*argv)
		usage(NULL);
	s->command_argv = argv;
	s->null = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

char **options_read(struct scanner *s, char **argv)
{
	char const *const name = argv[0];

	if (name)
		argv = leading_options(s, argv);
	if (!name || !argv[1])
		usage(name);
	if (s->init && !strcmp(argv[1], "--")) {
		take_command(s, argv + 2);
		argv[1] = NULL;
	} else if (s->init && argv[2] && !strcmp(argv[2], "--")) {
		take_command(s, argv + 3);
		argv[2] = NULL;
	}
	return argv;
}
