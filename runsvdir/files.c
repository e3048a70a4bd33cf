#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>

#include "files.h"

int files_open(int dir, char const *name, char const *file, int flags)
{
	char path[512];
	size_t const n = strlen(name), m = strlen(file);

	if (n + m + 1 > sizeof path)
		return errno = ENAMETOOLONG, -1;
	memcpy(path, name, n);
	memcpy(path + n, file, m + 1);
	return openat(dir, path, flags | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
}

bool files_raise(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == limit.rlim_max)
		return false;
	limit.rlim_cur = limit.rlim_max;
	return prlimit(0, RLIMIT_NOFILE, &limit, NULL) == 0;
}
