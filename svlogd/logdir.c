#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>

#include "line.h"
#include "logdir.h"
#include "select.h"

/* The prefix, the processor and the rules are all that outlives the reading, so only a config with
 * them costs memory. Its place stays the same: the line that is being written when the directory is
 * replaced may need it. */
static void keep_text(struct logdir *d, char const *text, size_t len, size_t size)
{
	struct config *const c = &d->config;

	if (!d->text) {
		void *const room = mmap(NULL, size + 2, PROT_READ | PROT_WRITE,
					MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		d->text = room == MAP_FAILED ? NULL : room;
	}
	if (!d->text) {
		strerr_warnwusys("keep prefix, processor and patterns of ", d->name, "/config");
		c->prefix_len = c->processor_len = 0;
		return;
	}
	memcpy(d->text, c->prefix, c->prefix_len);
	c->prefix = d->text;
	char *const command = d->text + c->prefix_len;
	memcpy(command, c->processor, c->processor_len);
	command[c->processor_len] = 0;
	c->processor = command;
	char *const rules = command + c->processor_len + 1;
	d->rules = rules;
	d->rules_len = select_rules(rules, "+-", text, len);
	char *const shown = rules + d->rules_len;
	d->shown = shown;
	d->shown_len = select_rules(shown, "eE", text, len);
}

static void parse(struct logdir *d, char const *text, size_t len, size_t size)
{
	char missing[8] = "";
	size_t count = 0;
	bool rules = false;

	for (size_t at = 0, end; at < len; at = end + 1) {
		end = line_end(text, at, len);
		char const letter = config_line(&d->config, text + at, end - at);
		rules = rules || select_is_rule(letter);
		size_t i = 0;
		while (i < count && missing[i] != letter)
			i++;
		if (letter && !select_is_rule(letter) && i == count && count < sizeof missing - 1)
			missing[count++] = letter;
	}
	if (count)
		strerr_warnw("ignored in ", d->name, "/config, not implemented yet: ", missing);
	if (rules || d->config.prefix_len || d->config.processor_len)
		keep_text(d, text, len, size);
}

/* A config that can't be read gets the defaults, as in the reference. */
static void read_config(struct logdir *d, char *scratch, size_t size)
{
	struct stat st;

	config_default(&d->config);
	d->rules_len = d->shown_len = 0;
	int const fd = openat(d->dir, "config", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0) {
		if (errno != ENOENT)
			strerr_warnwusys("read config: ", d->name);
		return;
	}
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		strerr_warnw("not a regular file, ignored: ", d->name, "/config");
		fd_close(fd);
		return;
	}
	errno = 0;
	size_t const len = allread(fd, scratch, size);
	if (len < size && errno && errno != EPIPE)
		strerr_warnwusys("read config: ", d->name);
	else if (len == size)
		strerr_warnw("too long, the rest is ignored: ", d->name, "/config");
	else if (d->verbose)
		strerr_warni("read: ", d->name, "/config");
	fd_close(fd);
	parse(d, scratch, len, size);
}

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

	d->dir = dir;
	d->lock = lock;
	d->fd = -1;
	d->step = LOGDIR_LEFTOVER;
	d->entered = true;
	queue_renew(&d->queue);
	d->cursor->dir = fstat(dir, &st) < 0 ? 0 : st.st_ino;
	read_config(d, scratch, size);
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

void logdir_finish(struct logdir *d)
{
	if (d->fd < 0)
		return;
	if (fsync(d->fd) < 0)
		strerr_warnwusys("fsync current logfile: ", d->name);
	if (fchmod(d->fd, 0744) < 0)
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
