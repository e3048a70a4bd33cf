#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/strerr.h>

#include "spawn.h"

extern char **environ;

/* The search of execvp, with the reference's default path. Allocates nothing. */
static void exec_search(char const *name, char *const *argv)
{
	char const *path = NULL;
	char buf[4096];
	int reason = ENOENT;

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

static void child(struct spawn const *s)
{
	char *const *const argv = (char *const *)s->argv;
	int const defaults[] = { SIGCHLD, SIGTERM, SIGHUP };

	for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
		signal(defaults[i], SIG_DFL);
	if (s->session)
		setsid();
	if (s->dir >= 0 && fchdir(s->dir) < 0)
		strerr_warnsys(PROG, ": fatal: unable to change directory for ", s->what);
	else if ((s->fd[0] >= 0 && dup2(s->fd[0], 0) < 0) || (s->fd[1] >= 0 && dup2(s->fd[1], 1) < 0))
		strerr_warnsys(PROG, ": fatal: unable to set up descriptors for ", s->what);
	else if (!s->before || !s->before(s->context)) {
		if (s->nofile)
			setrlimit(RLIMIT_NOFILE, s->nofile);
		if (s->mask)
			sigprocmask(SIG_SETMASK, s->mask, NULL);
		if (s->search && !strchr(s->path, '/'))
			exec_search(s->path, argv);
		else
			execve(s->path, argv, environ);
		strerr_warnsys(PROG, ": fatal: unable to start ", s->what);
	}
	_exit(s->code);
}

pid_t spawn(struct spawn const *s)
{
	sigset_t all, old;

	/* A signal that came in the child before exec would run in our memory. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	pid_t const pid = vfork();
	if (!pid)
		child(s);
	int const e = errno;
	sigprocmask(SIG_SETMASK, &old, NULL);
	errno = e;
	return pid;
}
