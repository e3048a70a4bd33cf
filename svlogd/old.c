#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "old.h"
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

static int each(int dir, void (*act)(void *context, char const *name), void *context)
{
	_Alignas(struct entry) char list[1024];
	long n;

	if (lseek(dir, 0, SEEK_SET) < 0)
		return -1;
	while ((n = syscall(SYS_getdents64, dir, list, sizeof list)) > 0)
		for (long at = 0; at < n;) {
			struct entry const *const e = (void const *)(list + at);
			act(context, e->name);
			at += e->reclen;
		}
	return n < 0 ? -1 : 0;
}

struct look {
	struct rotate_old *old;
	struct rotate_batch *batch; /* NULL: all are counted */
	int dir;
	bool bytes;
};

static void look_at(void *look, char const *name)
{
	struct look const *const l = look;
	struct stat st = { .st_size = 0 };

	if (!rotate_suffix(name) ||
	    (l->bytes && fstatat(l->dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0))
		return;
	if (l->batch)
		rotate_collect(l->batch, name, (uint64_t)st.st_size);
	else
		rotate_see(l->old, name, (uint64_t)st.st_size);
}

int old_see(struct rotate_old *old, int dir, bool bytes)
{
	*old = (struct rotate_old){ 0 };
	struct look look = { .old = old, .dir = dir, .bytes = bytes };

	return each(dir, look_at, &look);
}

static void remove_output(void *dir, char const *name)
{
	if (rotate_suffix(name) == ROTATE_OUTPUT)
		unlinkat(*(int const *)dir, name, 0);
}

void old_remove_outputs(int dir)
{
	each(dir, remove_output, &dir);
}

/* One that goes before it was processed is worth a word. */
static bool delete (int dir, char const *name, char const *file, struct config const *c,
		    bool verbose)
{
	bool const done = !unlinkat(dir, file, 0);
	int const e = errno;

	if (!done && e == ENOENT) /* it was deleted with another one */
		return true;
	if (c->processor_len && rotate_suffix(file) == ROTATE_WAITS)
		strerr_warnw("deleted before it was processed: ", name, "/", file);
	else if (verbose)
		strerr_warni("delete: ", name, "/", file);
	/* somebody was killed before he had removed what this was made of */
	if (done && c->processor_len && rotate_suffix(file) == ROTATE_DONE) {
		char made_of[ROTATE_NAME + 1];
		memcpy(made_of, file, sizeof made_of);
		made_of[ROTATE_NAME - 1] = ROTATE_WAITS;
		unlinkat(dir, made_of, 0);
	}
	errno = e;
	if (!done)
		strerr_warnwusys("unlink oldest logfile: ", name, "/", file);
	return done;
}

int old_lock(int dir, bool waits)
{
	int const fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	for (;;) {
		if (!flock(fd, waits ? LOCK_EX : LOCK_EX | LOCK_NB))
			return fd;
		if (errno == EWOULDBLOCK)
			break;
		if (errno != EINTR)
			return fd;
	}
	fd_close(fd);
	return -1;
}

bool old_tidy(int dir)
{
	int const lock = old_lock(dir, false);

	if (lock < 0)
		return false;
	old_remove_outputs(dir);
	fd_close(lock);
	return true;
}

/* Several that are too many, a batch of them. A function of its own: nearly always there is one,
 * and the stack of an idle process ends before this. False: the rest is as it should be, or can't
 * be made so. */
__attribute__((noinline)) static bool shrink_batch(int dir, char const *name,
						   struct config const *c, bool verbose,
						   struct rotate_old *old)
{
	struct rotate_batch batch;
	struct look look = { .batch = &batch, .dir = dir, .bytes = c->cap > 0 };

	batch.finished = rotate_surplus(old, c) == old->done;
	batch.n = 0;
	each(dir, look_at, &look);
	for (unsigned int i = 0; i < batch.n; i++) {
		if (!delete (dir, name, batch.files[i].name, c, verbose))
			return false;
		rotate_forget(old, &batch.files[i]);
		char const *const next = rotate_surplus(old, c);
		if (!next || (next == old->done) != batch.finished)
			return next != NULL;
	}
	return batch.n > 0;
}

static bool shrink(int dir, char const *name, struct config const *c, bool verbose)
{
	struct rotate_old old;

	if (old_see(&old, dir, c->cap > 0) < 0) {
		strerr_warnwusys("read directory, want remove old logfile: ", name);
		return false;
	}
	char const *const surplus = rotate_surplus(&old, c);
	if (!surplus)
		return false;
	if (surplus == old.done && old.finished - c->keep == 1)
		return delete (dir, name, surplus, c, verbose) && c->cap;
	return shrink_batch(dir, name, c, verbose, &old);
}

void old_shrink(int dir, char const *name, struct config const *c, bool verbose)
{
	if (c->keep || c->cap)
		while (shrink(dir, name, c, verbose))
			;
}

bool old_make_room(int dir, char const *name, struct config const *c)
{
	struct rotate_old old;

	if (!c->frees || old_see(&old, dir, false) < 0 || old.count <= c->least)
		return false;
	strerr_warnw("out of disk space, delete: ", name, "/", old.oldest);
	if (!unlinkat(dir, old.oldest, 0))
		return true;
	strerr_warnwusys("unlink oldest logfile: ", name, "/", old.oldest);
	return false;
}

void old_name(char name[ROTATE_NAME + 1], char newest[ROTATE_NAME + 1], int dir, char suffix)
{
	struct rotate_old old;
	struct stat st;
	tain now;

	if (!*newest && !old_see(&old, dir, false))
		memcpy(newest, old.newest, ROTATE_NAME + 1);
	/* names that can't be read, or were made by somebody else, may be taken */
	do {
		stamp_now(&now);
		rotate_name(name, &now, newest, suffix);
		memcpy(newest, name, ROTATE_NAME + 1);
	} while (!fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW));
}
