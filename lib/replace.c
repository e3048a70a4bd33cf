#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "replace.h"

enum replace_step replace_file(int dir, char const *name, char const *fresh, char const *data,
			       size_t len, unsigned int mode)
{
	int const flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
	int fd = openat(dir, fresh, flags, mode);

	if (fd < 0 && errno == EEXIST &&
	    unlinkat(dir, fresh, 0) == 0) /* a crash, or another user's */
		fd = openat(dir, fresh, flags, mode);
	if (fd < 0)
		return REPLACE_OPEN;
	ssize_t const n = len ? write(fd, data, len) : 0;
	fd_close(fd);
	if (n < 0 || (size_t)n != len) {
		int const e = errno;
		unlinkat(dir, fresh, 0);
		errno = e;
		return n < 0 ? REPLACE_WRITE : REPLACE_SHORT;
	}
	return renameat(dir, fresh, dir, name) < 0 ? REPLACE_RENAME : REPLACE_DONE;
}
