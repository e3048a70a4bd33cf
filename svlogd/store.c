#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "stamp.h"
#include "store.h"

#define PAGE ((size_t)4096)
#define INPUT_MAX ((size_t)1 << 30) /* offsets have 32 bits */
#define MOST ((size_t)64 * 1024)    /* what a pipe holds: a burst is one read and one write */

/* The one that SIGBUS is about. */
static struct store *rescued;

static size_t round_up(size_t n)
{
	return (n + PAGE - 1) / PAGE * PAGE;
}

static size_t mapped(struct store const *s)
{
	return round_up(LEDGER_OVERHEAD + s->big);
}

static void *map(size_t size, int fd)
{
	int const flags = fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;

	return mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);
}

static void enter(struct store *s, void *memory)
{
	s->ledger = memory;
	s->in = (char *)memory + LEDGER_OVERHEAD;
}

/* A page that the file can't give: nothing but system calls here. */
static void bus_error(int sig)
{
	if (!rescued || !store_rescue(rescued)) {
		signal(sig, SIG_DFL);
		raise(sig);
	}
}

bool store_open(struct store *s, size_t least, size_t most)
{
	if (least > INPUT_MAX || most > INPUT_MAX)
		return errno = ENOMEM, false;
	if (most < MOST)
		most = MOST;
	s->small = round_up(LEDGER_OVERHEAD + least) - LEDGER_OVERHEAD;
	s->big = round_up(LEDGER_OVERHEAD + (most < least ? least : most)) - LEDGER_OVERHEAD;
	s->cap = s->small;
	s->fd = -1;
	void *const memory = map(mapped(s), -1);
	if (memory == MAP_FAILED)
		return false;
	enter(s, memory);
	return true;
}

/* Space for bytes before `size`, so that no store into the mapping can miss it. */
static bool reserve(int fd, size_t size)
{
	static char const zeros[PAGE];
	struct stat st;

	if (!fallocate(fd, 0, 0, (off_t)size))
		return true;
	if (errno != EOPNOTSUPP || fstat(fd, &st) < 0)
		return false;
	for (size_t at = (size_t)st.st_size; at < size; at += PAGE)
		if (pwrite(fd, zeros, PAGE, (off_t)at) != (ssize_t)PAGE)
			return false;
	return true;
}

/* Nobody else may have prepared it: a link leads to another's file, and what others can write would
 * be believed. */
static int open_lock(int dir, struct stat *st)
{
	int const fd = openat(dir, "lock", O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return -1;
	if (fstat(fd, st) == 0 && S_ISREG(st->st_mode) && st->st_uid == geteuid() &&
	    st->st_nlink == 1 && !(st->st_mode & 022))
		return fd;
	fd_close(fd);
	return -1;
}

static bool is_home(struct store const *s, struct stat const *st)
{
	return s->fd >= 0 && s->dev == st->st_dev && s->ino == st->st_ino;
}

bool store_is_home(struct store const *s, int dir)
{
	struct stat st;

	return !fstatat(dir, "lock", &st, AT_SYMLINK_NOFOLLOW) && is_home(s, &st);
}

bool store_has_left(int dir)
{
	struct stat st;

	return !fstatat(dir, "lock", &st, AT_SYMLINK_NOFOLLOW) && st.st_size > 0;
}

bool store_drop_copy(struct store const *s, int dir)
{
	_Alignas(8) char begin[LEDGER_OVERHEAD];
	struct stat st;
	int const fd = open_lock(dir, &st);
	bool const same = fd >= 0 && !is_home(s, &st) &&
			  pread(fd, begin, sizeof begin, 0) == (ssize_t)sizeof begin &&
			  ledger_id((void const *)begin) == ledger_id(s->ledger) &&
			  ledger_id(s->ledger) && ftruncate(fd, 0) == 0;

	if (fd >= 0)
		fd_close(fd);
	return same;
}

static void watch_bus_errors(struct store *s)
{
	/* not blocked while it is handled: a second one in there has to end us */
	struct sigaction const act = { .sa_handler = bus_error, .sa_flags = SA_NODEFER };

	rescued = s;
	sigaction(SIGBUS, &act, NULL);
}

/* The file's memory takes the place of what there was. */
static void exchange(struct store *s, void *memory, int fd, struct stat const *st, size_t size)
{
	munmap(s->ledger, mapped(s));
	if (s->fd >= 0) {
		ftruncate(s->fd, 0);
		fd_close(s->fd);
	}
	if (s->big < size - LEDGER_OVERHEAD)
		s->big = size - LEDGER_OVERHEAD;
	s->cap = size - LEDGER_OVERHEAD;
	s->fd = fd;
	s->dev = st->st_dev;
	s->ino = st->st_ino;
	enter(s, memory);
	watch_bus_errors(s);
}

/* Maps `size` bytes, or as many as we may grow to. */
static void *map_file(struct store const *s, int fd, size_t size)
{
	return map(size > mapped(s) ? round_up(size) : mapped(s), fd);
}

enum taken { TAKEN, LEFT, INVALID };

/* A valid one that can't be used now, for want of space or memory, is left for the next svlogd. */
static enum taken take(struct store *s, int fd, struct stat const *st)
{
	size_t const least = LEDGER_OVERHEAD + s->small;
	size_t const size = (size_t)st->st_size;

	if (size > INPUT_MAX)
		return INVALID;
	void *const memory = map_file(s, fd, size);
	if (memory == MAP_FAILED)
		return LEFT;
	bool const valid = ledger_valid(memory, size);
	if (valid && (size >= least || reserve(fd, least))) {
		exchange(s, memory, fd, st, size < least ? least : size);
		return TAKEN;
	}
	munmap(memory, size > mapped(s) ? round_up(size) : mapped(s));
	return valid ? LEFT : INVALID;
}

/* Of this process and this moment. */
static uint64_t new_id(void)
{
	tain now;

	stamp_now(&now);
	return (now.sec.x << 30 | now.nano) ^ (uint64_t)getpid() << 48;
}

static bool give(struct store *s, int fd, struct stat const *st, size_t used)
{
	size_t const size = round_up(LEDGER_OVERHEAD + (used < s->small ? s->small : used));

	if (ftruncate(fd, 0) < 0)
		return false;
	void *const memory = reserve(fd, size) ? map_file(s, fd, size) : MAP_FAILED;
	if (memory == MAP_FAILED) {
		ftruncate(fd, 0);
		return false;
	}
	if (!ledger_id(s->ledger))
		ledger_create(s->ledger, new_id());
	ledger_copy(memory, s->ledger, LEDGER_OVERHEAD + used);
	exchange(s, memory, fd, st, size);
	return true;
}

bool store_settle(struct store *s, int dir, size_t used, bool *found)
{
	struct stat st;
	int const fd = open_lock(dir, &st);

	*found = false;
	if (fd < 0)
		return false;
	if (!is_home(s, &st)) {
		enum taken const taken = st.st_size > 0 ? take(s, fd, &st) : INVALID;
		*found = taken == TAKEN;
		if (taken == TAKEN || (taken == INVALID && give(s, fd, &st, used)))
			return true;
	}
	fd_close(fd);
	return false;
}

bool store_grow(struct store *s)
{
	if (s->cap == s->big || (s->fd >= 0 && !reserve(s->fd, LEDGER_OVERHEAD + s->big)))
		return false;
	s->cap = s->big;
	return true;
}

void store_shrink(struct store *s, size_t used)
{
	if (used > s->small)
		return;
	if (s->fd < 0) {
		char *const from = (char *)s->ledger + LEDGER_OVERHEAD + s->small;
		madvise(from, mapped(s) - LEDGER_OVERHEAD - s->small, MADV_DONTNEED);
	} else if (ftruncate(s->fd, (off_t)(LEDGER_OVERHEAD + s->small)) < 0) {
		return;
	}
	s->cap = s->small;
}

bool store_trim(struct store *s, size_t used)
{
	size_t const least = used < s->small ? s->small : used;
	size_t const cap = round_up(LEDGER_OVERHEAD + least) - LEDGER_OVERHEAD;

	if (s->fd < 0 || cap >= s->cap || ftruncate(s->fd, (off_t)(LEDGER_OVERHEAD + cap)) < 0)
		return false;
	s->cap = cap;
	return true;
}

bool store_leave(struct store *s)
{
	return s->fd < 0 || store_rescue(s);
}

bool store_rescue(struct store *s)
{
	size_t const size = mapped(s);

	if (s->fd < 0)
		return false;
	void *const memory = map(size, -1);
	if (memory == MAP_FAILED)
		return false;
	for (ssize_t n = 1, at = 0; n > 0 && (size_t)at < size; at += n)
		n = pread(s->fd, (char *)memory + at, size - (size_t)at, at);
	if (mremap(memory, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, s->ledger) == MAP_FAILED)
		return false;
	ftruncate(s->fd, 0);
	close(s->fd);
	s->fd = -1;
	s->gave_way = true;
	return true;
}
