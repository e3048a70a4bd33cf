#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

extern char **environ;

/* In the child, which shares our memory until it executes: only system calls. */
static void child(struct check_setup const *c, int dir, int volatile *reason)
{
	static char const *const argv[] = { "./check", NULL };

	/* A group of its own: what it started has to go with it when the time is up. */
	setpgid(0, 0);
	/* A container's engine whose patience is over kills sv, and asks again soon. */
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (fchdir(dir) == 0 && dup2(c->null, 1) >= 0) {
		setrlimit(RLIMIT_NOFILE, &c->nofile);
		sigprocmask(SIG_SETMASK, &c->mask, NULL);
		execve("check", (char *const *)argv, environ);
	}
	*reason = errno;
	_exit(111);
}

enum check check_start(struct check_setup *c, int dir, char const *name, bool warn, pid_t *pid,
		       struct out *o)
{
	struct stat st;
	int volatile reason = 0;

	if (fstatat(dir, "check", &st, 0) < 0) {
		if (errno == ENOENT)
			return CHECK_GOOD;
		if (warn)
			out_aside(o, "stat", name, "/check", errno);
		return CHECK_BAD;
	}
	if (c->null < 0)
		c->null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	/* what it says on stderr comes after our lines */
	out_flush(o);
	/* the child only makes system calls */
	/* NOLINTNEXTLINE(clang-analyzer-security.insecureAPI.vfork) */
	pid_t const p = vfork();
	if (!p)
		child(c, dir, &reason); /* NOLINT(clang-analyzer-unix.Vfork) */
	if (p < 0) {
		if (warn)
			out_aside(o, "fork for", name, "/check", errno);
		return CHECK_BAD;
	}
	if (!reason) {
		*pid = p;
		return CHECK_RUNS;
	}
	while (waitpid(p, NULL, 0) < 0 && errno == EINTR)
		;
	if (warn)
		out_aside(o, "run", name, "/check", reason);
	return CHECK_GOOD;
}

enum check check_result(int wstat)
{
	return WIFEXITED(wstat) && !WEXITSTATUS(wstat) ? CHECK_GOOD : CHECK_BAD;
}

void check_kill(pid_t pid)
{
	kill(-pid, SIGKILL);
}
