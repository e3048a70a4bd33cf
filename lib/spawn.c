#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/strerr.h>

#include "spawn.h"

extern char **environ;

void spawn_exec(char const *name, char const *const *args)
{
	char *const *const argv = (char *const *)args;
	char const *path = NULL;
	char buf[1024]; /* an element of PATH that is longer is passed over */
	int reason = ENOENT;

	if (strchr(name, '/')) {
		execve(name, argv, environ);
		return;
	}
	for (char **e = environ; *e; e++)
		if (!strncmp(*e, "PATH=", 5))
			path = *e + 5;
	if (!path)
		path = "/bin:/usr/bin";
	size_t const n = strlen(name);
	for (;;) {
		size_t const len = strcspn(path, ":");
		if (len + n + 2 <= sizeof buf) {
			memcpy(buf, len ? path : ".", len ? len : 1);
			size_t const at = len ? len : 1;
			buf[at] = '/';
			memcpy(buf + at + 1, name, n + 1);
			execve(buf, argv, environ);
			if (errno != ENOENT && errno != ENOTDIR)
				reason = errno;
		}
		if (!path[len])
			break;
		path += len + 1;
	}
	errno = reason;
}

/* Everything that is set up before exec; false, having said why. */
static bool prepare(struct spawn const *s)
{
	if ((s->dir >= 0 && fchdir(s->dir) < 0) || (s->subdir && chdir(s->subdir) < 0)) {
		strerr_warnsys(PROG, ": fatal: unable to change directory to ",
			       s->subdir ? s->subdir : ".");
		return false;
	}
	if ((s->fd[0] >= 0 && dup2(s->fd[0], 0) < 0) || (s->fd[1] >= 0 && dup2(s->fd[1], 1) < 0) ||
	    (s->err && dup2(s->err, 2) < 0)) {
		strerr_warnsys(PROG, ": fatal: unable to set up descriptors to ", s->what);
		return false;
	}
	if (s->before && s->before(s->context) != 0)
		return false;
	if (s->nofile)
		setrlimit(RLIMIT_NOFILE, s->nofile);
	sigprocmask(SIG_SETMASK, s->mask, NULL);
	return true;
}

static void child(struct spawn const *s)
{
	signal(SIGCHLD, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	if (s->hangup)
		signal(SIGHUP, SIG_DFL);
	if (s->session)
		setsid();
	if (prepare(s)) {
		if (s->search)
			spawn_exec(s->path, s->argv);
		else
			execve(s->path, (char *const *)s->argv, environ);
		strerr_warnsys(PROG, ": fatal: unable to ", s->what);
	}
	_exit(s->code);
}

pid_t spawn(struct spawn const *s)
{
	sigset_t all, old;

	/* A signal that came in the child before exec would run in our memory. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	/* vfork is the point of this file, and the child only makes system calls */
	/* NOLINTNEXTLINE(clang-analyzer-security.insecureAPI.vfork) */
	pid_t const pid = vfork();
	if (!pid)
		child(s); /* NOLINT(clang-analyzer-unix.Vfork) */
	int const e = errno;
	sigprocmask(SIG_SETMASK, &old, NULL);
	errno = e;
	return pid;
}
