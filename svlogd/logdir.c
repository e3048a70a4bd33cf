#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>

#include "logdir.h"
#include "select.h"
#include "settings.h"

/* Names the directory's descriptor and the lock's; -1 with the warning given. */
static int open_locked(struct logdir const *d, int *lock)
{
	int const dir = open(d->name, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC);

	if (dir < 0) {
		strerr_warnwusys("open log directory: ", d->name);
		return -1;
	}
	*lock = openat(dir, "lock", O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC, 0600);
	if (*lock >= 0 && !flock(*lock, LOCK_EX | LOCK_NB))
		return dir;
	strerr_warnwusys("lock directory: ", d->name);
	if (*lock >= 0)
		fd_close(*lock);
	fd_close(dir);
	return -1;
}

static void enter(struct logdir *d, int dir, int lock, char *scratch, size_t size)
{
	struct stat st;
	uint64_t const before = d->cursor->dir;

	d->dir = dir;
	d->lock = lock;
	d->fd = -1;
	d->step = LOGDIR_LEFTOVER;
	d->entered = true;
	d->tidy = false;
	*d->newest = 0;
	d->cursor->dir = fstat(dir, &st) < 0 ? 0 : st.st_ino;
	queue_renew(&d->queue, d->cursor->dir != before);
	settings_read(d, scratch, size);
	logdir_mark(d);
}

void logdir_mark(struct logdir *d)
{
	d->cursor->prefix = (uint32_t)d->config.prefix_len;
	d->cursor->rules = select_hash(d->rules, d->rules_len);
}

bool logdir_open(struct logdir *d, char *scratch, size_t size)
{
	int lock;
	int const dir = open_locked(d, &lock);

	if (dir >= 0) {
		enter(d, dir, lock, scratch, size);
		return true;
	}
	d->dir = d->lock = d->fd = -1;
	d->cursor->dir = 0;
	return false;
}

bool logdir_is_open(struct logdir const *d)
{
	return d->dir >= 0;
}

bool logdir_follow(struct logdir *d, char *scratch, size_t size)
{
	struct stat ours, named;
	int lock;

	if (fstat(d->dir, &ours) < 0 || stat(d->name, &named) < 0)
		return false;
	if (ours.st_dev == named.st_dev && ours.st_ino == named.st_ino)
		return false;
	int const dir = open_locked(d, &lock);
	if (dir < 0)
		return false;
	logdir_finish(d);
	logdir_close(d);
	enter(d, dir, lock, scratch, size);
	return true;
}

int logdir_sync(int fd)
{
	return fsync(fd) < 0 && errno != EINVAL && errno != EROFS ? -1 : 0;
}

int logdir_mode(int fd, mode_t mode)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -1;
	return S_ISREG(st.st_mode) ? fchmod(fd, mode) : 0;
}

void logdir_finish(struct logdir *d)
{
	if (d->fd < 0)
		return;
	if (logdir_sync(d->fd) < 0)
		strerr_warnwusys("fsync current logfile: ", d->name);
	if (logdir_mode(d->fd, 0744) < 0)
		strerr_warnwusys("set mode of current: ", d->name);
	fd_close(d->fd);
	d->fd = -1;
}

void logdir_close(struct logdir *d)
{
	if (d->verbose)
		strerr_warni("close: ", d->name);
	fd_close(d->lock);
	fd_close(d->dir);
	d->dir = d->lock = -1;
}
