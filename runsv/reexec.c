#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "reexec.h"
#include "spawn.h"

static char const variable[] = "RUNSV_KEPT";

/* Does the name we were started with still lead to our directory? */
static bool name_leads_home(struct runsv const *v)
{
	struct stat now, then;

	return fchdir(v->origin) == 0 && stat(v->argv[1], &then) == 0 &&
	       fstat(v->service, &now) == 0 && now.st_dev == then.st_dev &&
	       now.st_ino == then.st_ino;
}

/* The kept descriptors as a text; their copies close at exec unless inherit. */
static void mark(struct runsv const *v, bool inherit, char *text)
{
	int fds[REEXEC_MAX];
	unsigned int n = 0;
	size_t len = 0;

	for (unsigned int who = 0; who < v->pair.slots; who++) {
		fds[n++] = v->lock[who];
		fds[n++] = v->control[who];
		fds[n++] = v->ok[who];
	}
	if (v->pipe_read >= 0)
		fds[n++] = v->pipe_read;
	for (unsigned int i = 0; i < n; i++) {
		fcntl(fds[i], F_SETFD, inherit ? 0 : FD_CLOEXEC);
		len += uint_fmt(text + len, (unsigned int)fds[i]);
		text[len++] = ' ';
	}
	text[len] = 0;
}

void reexec(struct runsv *v)
{
	char text[REEXEC_MAX * UINT_FMT + 1];
	struct rlimit mine;

	if (!name_leads_home(v)) {
		strerr_warnwu("execute itself anew: ", v->argv[1], " is another directory now");
	} else {
		if (v->raised && getrlimit(RLIMIT_NOFILE, &mine) == 0)
			prlimit(0, RLIMIT_NOFILE, &v->nofile, NULL);
		mark(v, true, text);
		setenv(variable, text, 1);
		spawn_exec(v->argv[0], v->argv);
		strerr_warnwusys("execute ", v->argv[0]);
		unsetenv(variable);
		if (v->raised)
			prlimit(0, RLIMIT_NOFILE, &mine, NULL);
		mark(v, false, text);
	}
	if (fchdir(v->service) < 0)
		strerr_diefusys(111, "change to directory");
}

struct reexec reexec_inherited(void)
{
	struct reexec kept = { .count = 0 };
	char const *s = getenv(variable);
	unsigned int fd;
	size_t n;

	while (s && kept.count < REEXEC_MAX && (n = uint_scan(s, &fd)) > 0 && s[n] == ' ') {
		if (fd > 2)
			kept.fd[kept.count++] = (int)fd;
		s += n + 1;
	}
	unsetenv(variable);
	for (unsigned int i = 0; i < kept.count; i++)
		if (fcntl(kept.fd[i], F_SETFD, FD_CLOEXEC) == 0)
			flock(kept.fd[i], LOCK_UN); /* nothing happens to a FIFO */
	return kept;
}

void reexec_done(struct reexec const *kept)
{
	for (unsigned int i = 0; i < kept->count; i++)
		fd_close(kept->fd[i]);
}
