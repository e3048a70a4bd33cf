#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <skalibs/genalloc.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "args.h"
#include "environment.h"
#include "events.h"
#include "files.h"
#include "paths.h"
#include "say.h"
#include "shutdown.h"
#include "spawn.h"
#include "startup.h"
#include "std.h"

#define SYSTEMD_HALT 37 /* SIGRTMIN+3 as glibc and Docker count */
#define USAGE                                                                                      \
	"usage: my_init [-h] [--enable-insecure-key] [--skip-startup-files] [--skip-runit] "       \
	"[--no-kill-all-on-exit] [--quiet] [--] [command ...]"

enum { WRONG_USAGE = 2, TROUBLE = 111 };

static char const help[] =
	USAGE "\n\n"
	      "Prepares a container, then supervises the services in " PATHS_SERVICES
	      ", beside command.\n\n"
	      "  --enable-insecure-key  run " PATHS_INSECURE_KEY " first\n"
	      "  --skip-startup-files   run neither " PATHS_STARTUP "/* nor " PATHS_RC_LOCAL "\n"
	      "  --skip-runit           no services: only command\n"
	      "  --no-kill-all-on-exit  leave alone what is no service's when all ends\n"
	      "  --quiet                say only what goes wrong\n"
	      "  -h, --help             this\n";

/* The same as runsvdir's, so that one which comes while we become it waits for it. */
static int const caught[] = { SIGCHLD, SIGTERM, SIGHUP,   SIGINT,  SIGQUIT,      SIGPWR,
			      SIGUSR1, SIGUSR2, SIGWINCH, SIGPIPE, SYSTEMD_HALT, 0 };

static void parse(struct args *a, char *const *argv)
{
	char const *word;

	switch (args_parse(a, argv, &word)) {
	case ARGS_OK:
		return;
	case ARGS_HELP:
		if (write(1, help, sizeof help - 1) < 0)
			_exit(TROUBLE);
		_exit(0);
	case ARGS_UNKNOWN:
		strerr_warn(USAGE);
		strerr_dief(WRONG_USAGE, "no such option: ", word);
	case ARGS_AMBIGUOUS:
		strerr_warn(USAGE);
		strerr_dief(WRONG_USAGE, "more than one option begins with ", word);
	case ARGS_LONELY:
		strerr_dief(1, "--skip-runit needs a command");
	}
}

static void take_seconds(char const *name, uint64_t *ms)
{
	char const *const text = getenv(name);

	if (!times_seconds(text, ms))
		strerr_warnw("ignoring $", name, ": \"", text, "\" is not a number of seconds");
}

static void take_times(struct times *t, bool command)
{
	*t = TIMES_DEFAULT;
	take_seconds("KILL_PROCESS_TIMEOUT", &t->process);
	take_seconds("KILL_ALL_PROCESSES_TIMEOUT", &t->orphans);
	times_add(t, command);
}

static bool read_anew(void *environment)
{
	return environment_again(environment);
}

/* False: it ends here, with s->code or, if that is 0, trouble of our own, which was said. */
static bool prepare(struct startup *s, struct args const *a, char const *dir)
{
	struct environment e = { .told = false };

	if (!environment_begin(&e))
		return false;
	if (a->insecure_key && !startup_run(s, PATHS_INSECURE_KEY))
		return false;
	if (a->skip_startup)
		return true;
	if (!startup_run_all(s, dir, read_anew, &e))
		return false;
	if (!files_is_program(PATHS_RC_LOCAL))
		return true;
	say_running(s->quiet, PATHS_RC_LOCAL);
	return startup_run(s, PATHS_RC_LOCAL) && environment_again(&e);
}

/* Ours, and that of the runsvdir beside us. Without /proc: where they are installed. */
struct programs {
	char self[PATH_MAX], runsvdir[PATH_MAX];
};

static void find_programs(struct programs *p)
{
	static char const name[] = "runsvdir";
	ssize_t const n = readlink("/proc/self/exe", p->self, sizeof p->self - 1);

	p->self[n > 0 ? n : 0] = 0;
	char const *const slash = strrchr(p->self, '/');
	size_t const dir = slash ? (size_t)(slash + 1 - p->self) : 0;
	if (dir && dir + sizeof name <= sizeof p->runsvdir) {
		memcpy(p->runsvdir, p->self, dir);
		memcpy(p->runsvdir + dir, name, sizeof name);
		if (files_is_program(p->runsvdir))
			return;
	}
	memcpy(p->runsvdir, name, sizeof name); /* in PATH */
	if (!slash)
		memcpy(p->self, "my_init", sizeof "my_init");
}

static void add(genalloc *words, char const *word)
{
	if (!genalloc_append(char const *, words, &word))
		strerr_dief(TROUBLE, "out of memory");
}

static void add_option(genalloc *words, char const *option, char const *word)
{
	add(words, option);
	add(words, word);
}

/* The words are ours until the exec. */
static void add_time(genalloc *words, char const *option, uint64_t ms, char text[UINT64_FMT])
{
	text[uint64_fmt(text, ms)] = 0;
	add_option(words, option, text);
}

static _Noreturn void become_runsvdir(struct args const *a, struct times const *t)
{
	static struct programs p;
	char total[UINT64_FMT], orphans[UINT64_FMT];
	genalloc words = GENALLOC_ZERO;

	find_programs(&p);
	add_option(&words, "runsvdir", "-c");
	add_time(&words, "-t", t->total, total);
	add_time(&words, "-O", t->orphans, orphans);
	if (a->spare_orphans)
		add(&words, "-o");
	if (a->quiet)
		add(&words, "-q");
	if (!a->skip_runit) {
		add_option(&words, "-H", p.self);
		if (a->quiet)
			add_option(&words, "-H", "--quiet");
		add_option(&words, "-H", "--hook");
		add_option(&words, "-P", PATHS_SERVICES);
		say_runit(a->quiet);
	}
	if (a->command) {
		say_running_command(a->quiet, a->command);
		add(&words, "--");
		for (char *const *c = a->command; *c; c++)
			add(&words, *c);
	}
	add(&words, NULL);
	spawn_exec(p.runsvdir, genalloc_s(char const *, &words));
	strerr_diefusys(TROUBLE, "execute ", p.runsvdir);
}

int main(int argc, char **argv)
{
	struct startup s = { .due = UINT64_MAX, .say = UINT64_MAX };
	struct args a;

	(void)argc;
	PROG = "my_init";
	s.signals = events_signals(&s.mask, caught);
	if (s.signals < 0)
		strerr_diefusys(TROUBLE, "watch signals");
	parse(&a, argv);
	if (a.hook) {
		sigprocmask(SIG_SETMASK, &s.mask, NULL);
		return shutdown_run(a.hook, a.quiet);
	}
	std_reserve();
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	s.quiet = a.quiet;
	s.spare_orphans = a.spare_orphans;
	char const *const dir = getenv("ENV_INIT_DIRECTORY");
	take_times(&s.times, a.command != NULL);
	if (prepare(&s, &a, dir ? dir : PATHS_STARTUP) && !startup_is_asked(&s))
		become_runsvdir(&a, &s.times);
	s.code = s.code ? s.code : TROUBLE;
	startup_end(&s);
	return s.code;
}
