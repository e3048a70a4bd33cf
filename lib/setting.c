#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>

#include "setting.h"

/* The reason why it is none; NULL: it is one. */
static char const *refusal(int dir, struct stat const *st)
{
	struct stat owner;

	if (!S_ISREG(st->st_mode))
		return "not a regular file";
	if (st->st_mode & 0111)
		return "executable, so it is a program and no setting";
	if (st->st_size > SETTING_SIZE)
		return "longer than 4096 bytes";
	if (fstat(dir, &owner) < 0)
		return strerror(errno);
	if (st->st_uid != 0 && st->st_uid != owner.st_uid)
		return "neither root's nor the directory's owner's";
	return st->st_mode & 022 ? "writable by others than its owner" : NULL;
}

static char const *read_text(int fd, char *text, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len < size && (n = read(fd, text + len, size - len)) != 0)
		if (n > 0)
			len += (size_t)n;
		else if (errno != EINTR)
			return strerror(errno);
	if (len == size)
		return "too long";
	text[len] = 0;
	return strlen(text) == len ? NULL : "it contains a NUL";
}

bool setting_read(int dir, char const *where, char const *name, char *text, size_t size)
{
	struct stat st;
	int const fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return false;
	char const *why = fd < 0 || fstat(fd, &st) < 0 ? strerror(errno) : refusal(dir, &st);
	if (!why)
		why = read_text(fd, text, size);
	if (fd >= 0)
		fd_close(fd);
	if (why)
		strerr_warnw("ignoring ", where, name, ": ", why);
	return !why;
}

void setting_warn_value(char const *where, char const *name, char const *text, char const *right)
{
	char shown[41];
	size_t n = 0;

	for (; n < sizeof shown - 1 && text[n] && text[n] != '\n'; n++)
		if (text[n] >= ' ' && text[n] <= '~')
			shown[n] = text[n];
		else
			shown[n] = '?';
	shown[n] = 0;
	strerr_warnw("ignoring ", where, name, ": \"", shown, "\" is not ", right);
}
