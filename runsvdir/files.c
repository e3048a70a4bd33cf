#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/types.h>

#include "files.h"
#include "spawn.h"
#include "state.h"

static int open_path(int dir, char const *name, char const *file, int flags)
{
	char path[PATH_MAX];
	size_t const n = strlen(name), m = strlen(file);

	if (n + m + 1 > sizeof path)
		return errno = ENAMETOOLONG, -1;
	memcpy(path, name, n);
	memcpy(path + n, file, m + 1);
	return openat(dir, path, flags | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
}

int files_open(struct place p, char const *file, int flags)
{
	return open_path(p.dir, p.name, file, flags);
}

int files_state(struct place p, char const *file, int flags)
{
	char path[PATH_MAX];

	if (!state_away(p.dir, p.name)) {
		size_t const n = strlen(p.name);

		if (n > NAME_MAX)
			return errno = ENAMETOOLONG, -1;
		memcpy(path, p.name, n);
		memcpy(path + n, "/supervise", sizeof "/supervise");
	} else if (!state_path(path, p.entry, ".", "")) {
		return -1;
	}
	return open_path(p.dir, path, file, flags);
}

bool files_text(struct place p, char const *file, char *text, size_t size)
{
	int const fd = files_state(p, file, O_RDONLY);

	*text = 0;
	if (fd < 0)
		return false;
	ssize_t const n = read(fd, text, size - 1);
	fd_close(fd);
	text[n > 0 ? n : 0] = 0;
	return true;
}

int files_settings(int scan)
{
	int const flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

	return scan < 0 ? -1 : openat(scan, ".runsvdir", flags);
}

void files_raise(struct rlimit const *given)
{
	struct rlimit const most = { .rlim_cur = given->rlim_max, .rlim_max = given->rlim_max };

	prlimit(0, RLIMIT_NOFILE, &most, NULL);
}

bool files_spare(int fd)
{
	enum { SPARE = 16 };
	struct rlimit limit;

	return getrlimit(RLIMIT_NOFILE, &limit) == 0 && (rlim_t)fd + SPARE < limit.rlim_cur;
}

/* As the kernel gives it. */
struct dir_entry {
	uint64_t ino;
	int64_t off;
	uint16_t len;
	uint8_t type;
	char name[];
};

/* opendir would allocate two pages for good. */
int files_each(int dir, void (*f)(void *, char const *), void *context)
{
	_Alignas(struct dir_entry) char buf[1024]; /* three of the longest names */
	long n;

	while ((n = syscall(SYS_getdents64, dir, buf, sizeof buf)) > 0) {
		for (long at = 0; at < n;) {
			struct dir_entry const *const d =
				(struct dir_entry const *)(void *)(buf + at);

			f(context, d->name);
			at += d->len;
		}
	}
	return (int)n;
}

static void highest(void *fd, char const *name)
{
	int *const most = fd;
	unsigned int n;

	if (uint0_scan(name, &n) && (int)n > *most)
		*most = (int)n;
}

int files_above(void)
{
	int const fd = openat(AT_FDCWD, "/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int most = 2;

	if (fd < 0)
		return 0;
	int const r = files_each(fd, highest, &most);
	fd_close(fd);
	return r == 0 && spawn_parts(most + 1) ? most + 1 : 0;
}
