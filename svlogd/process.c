#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <skalibs/strerr.h>

#include "old.h"
#include "process.h"
#include "spawn.h"

/* The descriptors of a processor: what it reads and writes, its memory, and what that becomes. */
enum { FILES = 4 };
static int const place[FILES] = { 0, 1, 4, 5 };

struct run {
	struct process const *process;
	int fd[FILES];
	char waits[ROTATE_NAME + 1], output[ROTATE_NAME + 1], done[ROTATE_NAME + 1];
};

static _Noreturn void fail(struct process const *p, char const *what, char const *file)
{
	strerr_warnwusys(what, ": ", p->name, "/", file);
	_exit(1);
}

/* Whoever has the lock may process. It is the directory's own, so that there is no file for it.
 * svlogd's end must not leave one behind that waits: the next svlogd has another. */
static void lock(struct process const *p)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != p->parent)
		_exit(1);
	if (old_lock(p->dir, false) < 0 && errno == EWOULDBLOCK) {
		if (p->verbose)
			strerr_warni("waiting for the processor of an earlier svlogd: ", p->name);
		old_lock(p->dir, true);
	}
	prctl(PR_SET_PDEATHSIG, 0);
}

static void name(char to[ROTATE_NAME + 1], char const *from, char suffix)
{
	memcpy(to, from, ROTATE_NAME + 1);
	to[ROTATE_NAME - 1] = suffix;
}

/* What is left to do once the output has its name; done again where somebody was killed here. */
static void finish(struct run const *r)
{
	int const dir = r->process->dir;

	if (renameat(dir, "newstate", dir, "state") < 0 && errno != ENOENT)
		fail(r->process, "rename newstate", "state");
	if (unlinkat(dir, r->waits, 0) < 0 && errno != ENOENT)
		fail(r->process, "remove", r->waits);
}

/* The next file that was not processed yet. False: there is none. */
static bool next(struct run *r)
{
	struct process const *const p = r->process;
	struct rotate_old old;
	struct stat st;

	for (;;) {
		if (old_see(&old, p->dir, false) < 0)
			fail(p, "read directory", ".");
		if (!*old.waits)
			return false;
		memcpy(r->waits, old.waits, sizeof r->waits);
		name(r->output, old.waits, ROTATE_OUTPUT);
		name(r->done, old.waits, ROTATE_DONE);
		if (fstatat(p->dir, r->done, &st, AT_SYMLINK_NOFOLLOW) < 0)
			return true;
		finish(r);
	}
}

/* Above the places of a processor, so that none is taken from another. */
static int open_file(struct process const *p, char const *file, int flags)
{
	int const common = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int const fd = openat(p->dir, file, flags | common, 0644);
	int const high = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 10);

	if (high < 0)
		fail(p, "open", file);
	close(fd);
	fcntl(high, F_SETFL, flags & O_ACCMODE); /* it is a file: nothing waits */
	return high;
}

static int in_child(void *run)
{
	struct run const *const r = run;

	for (int i = 0; i < FILES; i++)
		if (dup2(r->fd[i], place[i]) < 0)
			return -1;
	signal(SIGALRM, SIG_DFL);
	signal(SIGPIPE, r->process->pipe);
	signal(SIGXFSZ, r->process->xfsz);
	/* who watches it is killed: so is it, and the file is processed by the next one */
	return prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* Whether it has succeeded: a signal is a failure. */
static bool run(struct run *r)
{
	struct process const *const p = r->process;
	char const *const argv[] = { "sh", "-c", p->command, NULL };
	struct spawn const child = {
		.path = "/bin/sh",
		.argv = argv,
		.hangup = true,
		.dir = p->dir,
		.fd = { -1, -1 },
		.mask = p->mask,
		.before = in_child,
		.context = r,
		.what = "start processor",
		.code = 111,
	};
	int status;

	pid_t const pid = spawn(&child);
	if (pid < 0)
		fail(p, "fork for processor", r->waits);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return WIFEXITED(status) && !WEXITSTATUS(status);
}

/* The output is the log now. It is on disk before what it was made of goes. */
static bool commit(struct run const *r)
{
	struct process const *const p = r->process;

	if (fchmod(r->fd[1], 0744) < 0 || fsync(r->fd[1]) < 0) {
		strerr_warnwusys("finish: ", p->name, "/", r->output);
		return false;
	}
	if (renameat(p->dir, r->output, p->dir, r->done) < 0) {
		strerr_warnwusys("rename processed: ", p->name, "/", r->output);
		return false;
	}
	return true;
}

/* A description of its own: a directory that two read at once through one is read by none. */
static void open_dir(struct process *p)
{
	p->dir = openat(p->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (p->dir < 0)
		fail(p, "open log directory", ".");
}

_Noreturn void process(struct process *p)
{
	struct run r = { .process = p };

	open_dir(p);
	lock(p);
	old_remove_outputs(p->dir);
	if (!next(&r))
		_exit(0);
	if (p->verbose)
		strerr_warni("processing: ", p->name, "/", r.waits);
	r.fd[0] = open_file(p, r.waits, O_RDONLY);
	r.fd[1] = open_file(p, r.output, O_WRONLY | O_CREAT | O_TRUNC);
	r.fd[2] = open_file(p, "state", O_RDONLY | O_CREAT);
	/* not the one of an earlier attempt, of which somebody may still live */
	unlinkat(p->dir, "newstate", 0);
	r.fd[3] = open_file(p, "newstate", O_WRONLY | O_CREAT | O_TRUNC);
	if (!run(&r) || !commit(&r)) {
		unlinkat(p->dir, r.output, 0);
		_exit(1);
	}
	finish(&r);
	if (p->verbose)
		strerr_warni("processed: ", p->name, "/", r.done);
	_exit(0);
}
