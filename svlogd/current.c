#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "logdir.h"
#include "old.h"
#include "stamp.h"

/* Gives current the name of this moment; -1 with errno. */
static int put_aside(struct logdir *d, char name[ROTATE_NAME + 1], char suffix)
{
	old_name(name, d->newest, d->dir, suffix);
	if (renameat(d->dir, "current", d->dir, name) < 0)
		return -1;
	queue_add(&d->queue);
	return 0;
}

static int step_sync(struct logdir *d)
{
	return logdir_sync(d->fd);
}

static int step_mode(struct logdir *d)
{
	return logdir_mode(d->fd, 0744);
}

static int step_rename(struct logdir *d)
{
	char name[ROTATE_NAME + 1];
	char size[UINT64_FMT];

	if (put_aside(d, name, d->config.processor_len ? ROTATE_WAITS : ROTATE_DONE) < 0)
		return -1;
	size[uint64_fmt(size, d->cursor->size)] = 0;
	if (d->verbose)
		strerr_warni("rename: ", d->name, "/current ", name, " ", size);
	fd_close(d->fd);
	d->fd = -1;
	if (!d->config.processor_len && !d->tidy)
		d->tidy = old_tidy(d->dir);
	return 0;
}

static int step_leftover(struct logdir *d)
{
	char name[ROTATE_NAME + 1];
	struct stat st;

	if (fstatat(d->dir, "current", &st, 0) < 0)
		return errno == ENOENT ? 0 : -1;
	d->cursor->size = (uint64_t)st.st_size;
	return !st.st_size || st.st_mode & S_IXUSR ? 0 : put_aside(d, name, ROTATE_WAITS);
}

static void restart_age(struct logdir *d)
{
	stamp_ahead(&d->due, d->config.age);
}

static int step_current(struct logdir *d)
{
	int const flags = O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC;
	struct stat st;

	int const fd = openat(d->dir, "current", flags, 0600);
	if (fd < 0)
		return -1;
	if (logdir_mode(fd, 0644) < 0 || fstat(fd, &st) < 0) {
		int const e = errno;
		fd_close(fd);
		errno = e;
		return -1;
	}
	/* a rotation has said that one is new: reference */
	if (d->verbose && d->entered)
		strerr_warni(st.st_size ? "append: " : "new: ", d->name, "/current");
	d->entered = false;
	d->fd = fd;
	d->cursor->file = st.st_ino;
	d->cursor->size = (uint64_t)st.st_size;
	if (!st.st_size && !d->cursor->done) { /* the line that was torn is in another one */
		d->cursor->torn = 0;
		d->in_line = false;
	}
	restart_age(d);
	old_shrink(d->dir, d->name, &d->config, d->verbose);
	return 0;
}

int logdir_settle(struct logdir *d)
{
	static struct {
		int (*act)(struct logdir *);
		char const *trouble;
	} const steps[LOGDIR_READY] = {
		[LOGDIR_SYNC] = { step_sync, "fsync current logfile" },
		[LOGDIR_MODE] = { step_mode, "set mode of current" },
		[LOGDIR_RENAME] = { step_rename, "rename current" },
		[LOGDIR_LEFTOVER] = { step_leftover, "rename unfinished current" },
		[LOGDIR_CURRENT] = { step_current, "open current" },
	};

	for (; d->step < LOGDIR_READY; d->step++)
		if (steps[d->step].act(d) < 0) {
			d->trouble = steps[d->step].trouble;
			return -1;
		}
	return 0;
}

ssize_t logdir_write(struct logdir *d, char const *s, size_t n)
{
	ssize_t const written = write(d->fd, s, n);
	if (written < 0) {
		d->trouble = "write to current";
		return -1;
	}
	/* nothing rotates an empty file, so its age counts from its first line */
	if (!d->cursor->size && logdir_is_old(d))
		restart_age(d);
	d->cursor->size += (uint64_t)written;
	d->in_line = written && s[written - 1] != '\n';
	return written;
}

int logdir_rotate(struct logdir *d)
{
	if (d->step == LOGDIR_READY && d->cursor->size)
		d->step = LOGDIR_SYNC;
	return logdir_settle(d);
}

void logdir_resume(struct logdir *d, uint64_t most)
{
	struct ledger_cursor *const c = d->cursor;
	struct stat st;

	if (fstatat(d->dir, "current", &st, 0) < 0 || st.st_ino != c->file ||
	    (uint64_t)st.st_size < c->size)
		return;
	uint64_t const grown = (uint64_t)st.st_size - c->size;
	c->done += grown <= most ? grown : 0;
	c->size = (uint64_t)st.st_size;
	d->step = LOGDIR_CURRENT;
	d->resumed = st.st_size && !(st.st_mode & S_IXUSR) ? st.st_ino : 0;
}

void logdir_resumed(struct logdir *d)
{
	if (d->resumed && d->resumed == d->cursor->file && d->step == LOGDIR_READY) {
		fd_close(d->fd);
		d->fd = -1;
		d->step = LOGDIR_LEFTOVER;
	}
	d->resumed = 0;
}

bool logdir_is_old(struct logdir const *d)
{
	return d->config.age && stamp_past(&d->due);
}
