/* service NAME end MS         ends with 0, MS after TERM
 * service NAME never          ignores TERM
 * service NAME exit CODE MS   ends with CODE, after MS
 * service NAME kill SIG MS    kills itself by SIG, after MS
 * service NAME once MS        killed after MS, in its first life only
 *
 * It says in /out when it was started (NAME.start, in its second life NAME.again), and when it
 * ended by itself (NAME.end). */
#include <signal.h>
#include <stdlib.h>

#include "stamp.h"

static void work(char const *ms)
{
	long const n = strtol(ms, NULL, 10);
	struct timespec t = { .tv_sec = n / 1000, .tv_nsec = n % 1000 * 1000000 };

	while (nanosleep(&t, &t) < 0)
		;
}

static void die(char const *name, int sig)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(sig, SIG_DFL);
	stamp(name, "end", now_ns());
	kill(getpid(), sig);
	_exit(100);
}

static void end(char const *name, int code)
{
	stamp(name, "end", now_ns());
	_exit(code);
}

static char again_path[256];

int main(int argc, char **argv)
{
	long long const first = now_ns();
	sigset_t term;

	if (argc < 3)
		return 100;
	/* whoever has seen the stamp may send TERM */
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	char const *const name = argv[1], *const how = argv[2];
	snprintf(again_path, sizeof again_path, "/out/%s.start", name);
	int const again = !access(again_path, F_OK);
	stamp(name, again ? "again" : "start", first);

	if (!strcmp(how, "exit") && argc == 5) {
		work(argv[4]);
		end(name, (int)strtol(argv[3], NULL, 10));
	}
	if (!strcmp(how, "kill") && argc == 5) {
		work(argv[4]);
		die(name, (int)strtol(argv[3], NULL, 10));
	}
	if (!strcmp(how, "once") && argc == 4 && !again) {
		work(argv[3]);
		die(name, SIGKILL);
	}
	if (!strcmp(how, "never"))
		for (;;)
			pause(); /* TERM is blocked */
	while (sigwaitinfo(&term, NULL) < 0)
		;
	if (!strcmp(how, "end") && argc == 4)
		work(argv[3]);
	end(name, 0);
}
