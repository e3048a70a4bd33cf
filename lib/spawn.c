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

/* Why a child did not come to its program. It is told by the parent: the child shares our memory,
 * but must not wait for a reader of stderr that waits for it. */
struct failure {
	int reason; /* errno; 0: none */
	char const *verb;
	char const *object;
};

static bool failed(struct failure volatile *f, char const *verb, char const *object)
{
	f->reason = errno;
	f->verb = verb;
	f->object = object;
	return false;
}

static bool prepare(struct spawn const *s, struct failure volatile *f)
{
	if ((s->dir >= 0 && fchdir(s->dir) < 0) || (s->subdir && chdir(s->subdir) < 0))
		return failed(f, "change directory to ", s->subdir ? s->subdir : ".");
	if ((s->fd[0] >= 0 && dup2(s->fd[0], 0) < 0) || (s->fd[1] >= 0 && dup2(s->fd[1], 1) < 0) ||
	    (s->err && dup2(s->err, 2) < 0))
		return failed(f, "set up descriptors to ", s->what);
	if (s->before && s->before(s->context) != 0)
		return false;
	/* not setrlimit: for kernels of old, musl's brings the code of threads along */
	if (s->nofile)
		prlimit(0, RLIMIT_NOFILE, s->nofile, NULL);
	sigprocmask(SIG_SETMASK, s->mask, NULL);
	return true;
}

static void child(struct spawn const *s, struct failure volatile *f)
{
	signal(SIGCHLD, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	if (s->hangup)
		signal(SIGHUP, SIG_DFL);
	if (s->session)
		setsid();
	if (prepare(s, f)) {
		if (s->search)
			spawn_exec(s->path, s->argv);
		else
			execve(s->path, (char *const *)s->argv, environ);
		failed(f, "", s->what);
	}
	_exit(s->code);
}

pid_t spawn(struct spawn const *s)
{
	struct failure volatile f = { 0 }; /* the child sets it */
	sigset_t all, old;

	/* A signal that came in the child before exec would run in our memory. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	/* vfork is the point of this file, and the child only makes system calls */
	/* NOLINTNEXTLINE(clang-analyzer-security.insecureAPI.vfork) */
	pid_t const pid = vfork();
	if (!pid)
		child(s, &f); /* NOLINT(clang-analyzer-unix.Vfork) */
	int const e = errno;
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (pid > 0 && f.reason) {
		errno = f.reason;
		strerr_warnsys(PROG, ": fatal: unable to ", f.verb, f.object);
	}
	errno = e;
	return pid;
}
