#include <errno.h>
#include <fcntl.h>
#include <string.h>

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
