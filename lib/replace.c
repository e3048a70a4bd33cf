#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "replace.h"

/* What is renamed over a file ext4 begins to write out at once, which takes a tenth of a
 * millisecond and sometimes ten; what is exchanged with it not. False: it must be renamed. */
static bool exchange(int dir, char const *name, char const *fresh)
{
	enum { EXCHANGE = 1 << 1 }; /* RENAME_EXCHANGE: musl's headers lack it */

	if (syscall(SYS_renameat2, dir, fresh, dir, name, EXCHANGE) < 0)
		return false;
	if (unlinkat(dir, fresh, 0) == 0)
		return true;
	/* it was a directory, and is to be found where it was */
	syscall(SYS_renameat2, dir, fresh, dir, name, EXCHANGE);
	return false;
}

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
	if (exchange(dir, name, fresh))
		return REPLACE_DONE;
	return renameat(dir, fresh, dir, name) < 0 ? REPLACE_RENAME : REPLACE_DONE;
}
