#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "logdir.h"
#include "rotate.h"
#include "stamp.h"

/* What getdents64 fills in. opendir would allocate, and what it touches stays with an idle process
 * for ever. */
struct entry {
	uint64_t ino;
	int64_t off;
	unsigned short reclen;
	unsigned char type;
	char name[];
};

static int see_all(struct logdir const *d, struct rotate_old *old)
{
	_Alignas(struct entry) char list[1024];
	long n;

	old->count = 0;
	if (lseek(d->dir, 0, SEEK_SET) < 0)
		return -1;
	while ((n = syscall(SYS_getdents64, d->dir, list, sizeof list)) > 0)
		for (long at = 0; at < n;) {
			struct entry const *const e = (void const *)(list + at);
			rotate_see(old, e->name);
			at += e->reclen;
		}
	return n < 0 ? -1 : 0;
}

/* Deletes the oldest files until keep are left. What can't be deleted is left there: too many files
 * are no reason to stop logging. */
static void shrink(struct logdir const *d, uint64_t keep)
{
	struct rotate_old old;

	do {
		if (see_all(d, &old) < 0) {
			strerr_warnwusys("read directory, want remove old logfile: ", d->name);
			return;
		}
		if (old.count <= keep)
			return;
		if (d->verbose)
			strerr_warni("delete: ", d->name, "/", old.oldest);
		if (unlinkat(d->dir, old.oldest, 0) < 0) {
			strerr_warnwusys("unlink oldest logfile: ", d->name, "/", old.oldest);
			return;
		}
	} while (old.count - 1 > keep);
}

bool logdir_make_room(struct logdir *d)
{
	struct rotate_old old;

	if (!d->config.frees || see_all(d, &old) < 0 || old.count <= d->config.least)
		return false;
	strerr_warnw("out of disk space, delete: ", d->name, "/", old.oldest);
	return !unlinkat(d->dir, old.oldest, 0);
}

/* Gives current the name of this moment, with the suffix s or u. Nobody else makes such names in a
 * directory that we have locked, but two moments may be the same one. */
static int put_aside(struct logdir *d, char suffix)
{
	char name[ROTATE_NAME + 1];
	char size[UINT64_FMT];
	struct stat st;
	tain now;

	do {
		stamp_now(&now);
		timestamp_fmt(name, &now);
		name[ROTATE_NAME - 2] = '.';
		name[ROTATE_NAME - 1] = suffix;
		name[ROTATE_NAME] = 0;
	} while (!fstatat(d->dir, name, &st, AT_SYMLINK_NOFOLLOW));
	if (renameat(d->dir, "current", d->dir, name) < 0)
		return -1;
	size[uint64_fmt(size, d->cursor->size)] = 0;
	if (d->verbose)
		strerr_warni("rename: ", d->name, "/current ", name, " ", size);
	return 0;
}

/* A current that can't be synced by its nature (a link to a device) is not broken by that. */
static int step_sync(struct logdir *d)
{
	return fsync(d->fd) < 0 && errno != EINVAL && errno != EROFS ? -1 : 0;
}

static int step_mode(struct logdir *d)
{
	return fchmod(d->fd, 0744);
}

static int step_rename(struct logdir *d)
{
	if (put_aside(d, 's') < 0)
		return -1;
	fd_close(d->fd);
	d->fd = -1;
	return 0;
}

static int step_leftover(struct logdir *d)
{
	struct stat st;

	if (fstatat(d->dir, "current", &st, 0) < 0)
		return errno == ENOENT ? 0 : -1;
	d->cursor->size = (uint64_t)st.st_size;
	return !st.st_size || st.st_mode & S_IXUSR ? 0 : put_aside(d, 'u');
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
	if (fchmod(fd, 0644) < 0 || fstat(fd, &st) < 0) {
		int const e = errno;
		fd_close(fd);
		errno = e;
		return -1;
	}
	if (d->verbose)
		strerr_warni(st.st_size ? "append: " : "new: ", d->name, "/current");
	d->fd = fd;
	d->cursor->file = st.st_ino;
	d->cursor->size = (uint64_t)st.st_size;
	restart_age(d);
	if (d->config.keep)
		shrink(d, d->config.keep);
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
	if (logdir_settle(d) < 0)
		return -1;
	ssize_t const written = write(d->fd, s, n);
	if (written < 0) {
		d->trouble = "write to current";
		return -1;
	}
	/* nothing rotates an empty file, so its age counts from its first line */
	if (!d->cursor->size && logdir_is_old(d))
		restart_age(d);
	d->cursor->size += (uint64_t)written;
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
