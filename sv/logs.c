#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/types.h>

#include "logs.h"

#define LINK 4096 /* what the kernel makes of a link at most */

static char const tail[] = "/current";

/* The link FD of /proc/PID/fd, if it leads to a file called current: its directory, in path. */
static bool directory_of(int fds, char const *fd, char path[LINK])
{
	ssize_t const n = readlinkat(fds, fd, path, LINK - 1);

	if (n < (ssize_t)sizeof tail)
		return false;
	path[n] = 0;
	char *const at = path + n - (sizeof tail - 1);
	if (strcmp(at, tail) != 0)
		return false;
	*at = 0;
	return true;
}

/* Whether there is one in /proc/PID/fd. Else errno is why not: the last link that can't be read. */
static bool search(char const *fds, char path[LINK])
{
	struct dirent const *e;
	DIR *const d = opendir(fds);
	bool found = false;
	int why = ENOENT;

	if (!d)
		return false;
	while (!found && (e = readdir(d))) {
		errno = 0;
		found = directory_of(dirfd(d), e->d_name, path);
		/* EINVAL: . and .. */
		if (!found && errno && errno != EINVAL)
			why = errno;
	}
	closedir(d);
	errno = why;
	return found;
}

bool logs_open(struct logs *l, pid_t logger)
{
	char proc[40] = "/proc/", path[LINK];
	size_t const n = 6 + uint_fmt(proc + 6, (unsigned int)logger);
	struct stat st;

	proc[n] = 0;
	*l = (struct logs){ -1, -1 };
	if (stat(proc, &st) < 0)
		return false;
	memcpy(proc + n, "/fd", 4);
	/* Its links are for its own user, or for CAP_SYS_PTRACE, which root in a container lacks:
	 * they are read as that user. Where that is not allowed either, nothing has changed. */
	setfsgid(st.st_gid);
	setfsuid(st.st_uid);
	bool const found = search(proc, path);
	int const e = errno;
	setfsuid(geteuid());
	setfsgid(getegid());
	errno = e;
	if (found)
		l->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (l->dir >= 0)
		l->fd = openat(l->dir, "current", O_RDONLY | O_CLOEXEC);
	if (l->fd < 0)
		logs_close(l);
	return l->fd >= 0;
}

void logs_close(struct logs *l)
{
	int const e = errno;

	if (l->fd >= 0)
		close(l->fd);
	if (l->dir >= 0)
		close(l->dir);
	*l = (struct logs){ -1, -1 };
	errno = e;
}

/* All that can be read of fd in front of what is there. */
static bool put_before(int fd, char **text, size_t *len)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return false;
	char *const both = malloc((size_t)st.st_size + *len + 1);
	ssize_t const n = both ? read(fd, both, (size_t)st.st_size) : -1;
	if (n < 0) {
		free(both);
		return false;
	}
	memcpy(both + n, *text, *len);
	free(*text);
	*text = both;
	*len += (size_t)n;
	return true;
}

/* An old file; not what is held as current and has been renamed meanwhile. */
static bool put_old(struct logs const *l, char const *name, char **text, size_t *len)
{
	int const fd = openat(l->dir, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat old, held;

	if (fd < 0)
		return errno == ENOENT; /* deleted meanwhile */
	bool const other =
		fstat(fd, &old) == 0 && fstat(l->fd, &held) == 0 && old.st_ino != held.st_ino;
	bool const good = !other || put_before(fd, text, len);
	close(fd);
	return good;
}

static size_t lines_in(char const *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += text[i] == '\n';
	return n;
}

static int is_old(struct dirent const *e)
{
	return e->d_name[0] == '@' && strlen(e->d_name) == 27 &&
	       (e->d_name[26] == 's' || e->d_name[26] == 'u');
}

static int newest_first(struct dirent const **a, struct dirent const **b)
{
	return strcmp((*b)->d_name, (*a)->d_name);
}

static int scandir_in(int dir, struct dirent ***old)
{
	char path[40] = "/proc/self/fd/";

	path[14 + uint_fmt(path + 14, (unsigned int)dir)] = 0;
	return scandir(path, old, is_old, newest_first);
}

/* Drops all but the last n lines; what has no newline yet is one. */
static void keep_last(char *text, size_t *len, size_t n)
{
	size_t at = n ? *len : 0;

	if (!n)
		*len = 0;
	while (at > 0) {
		if (text[at - 1] == '\n' && at < *len && n-- == 1)
			break;
		at--;
	}
	memmove(text, text + at, *len - at);
	*len -= at;
}

char *logs_last(struct logs *l, size_t n, size_t *len)
{
	struct dirent **old = NULL;
	char *text = malloc(1);

	*len = 0;
	bool good = text && put_before(l->fd, &text, len);
	int const count = good ? scandir_in(l->dir, &old) : 0;
	for (int i = 0; i < count; i++) {
		if (good && lines_in(text, *len) <= n)
			good = put_old(l, old[i]->d_name, &text, len);
		free(old[i]);
	}
	free(old);
	if (!good || count < 0) {
		free(text);
		return NULL;
	}
	keep_last(text, len, n);
	text[*len] = 0;
	return text;
}

static bool read_on(int fd, bool (*f)(void *, char const *, size_t), void *context)
{
	char text[65536];
	ssize_t n;

	while ((n = read(fd, text, sizeof text)) > 0)
		if (!f(context, text, (size_t)n))
			return false;
	return true;
}

/* After a rotation the next file; -1: there was none. */
static int next_file(struct logs const *l)
{
	struct stat held, named;

	if (fstatat(l->dir, "current", &named, 0) < 0 || fstat(l->fd, &held) < 0 ||
	    named.st_ino == held.st_ino)
		return -1;
	return openat(l->dir, "current", O_RDONLY | O_CLOEXEC);
}

bool logs_follow(struct logs *l, bool (*f)(void *, char const *, size_t), void *context)
{
	uint32_t const mask = IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM;
	char path[40] = "/proc/self/fd/", events[4096];
	int const watch = inotify_init1(IN_CLOEXEC);
	bool good = true;

	path[14 + uint_fmt(path + 14, (unsigned int)l->dir)] = 0;
	if (watch < 0 || inotify_add_watch(watch, path, mask) < 0)
		return false;
	while (good && read_on(l->fd, f, context)) {
		int const next = next_file(l);
		if (next < 0) {
			good = read(watch, events, sizeof events) > 0 || errno == EINTR;
			continue;
		}
		/* between the two it may have been written to, and then renamed */
		good = read_on(l->fd, f, context);
		close(l->fd);
		l->fd = next;
	}
	return false;
}
