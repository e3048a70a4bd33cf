#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>

#include "files.h"

static int is_name(struct dirent const *d)
{
	return strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
}

static int by_bytes(struct dirent const **a, struct dirent const **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

int files_list(char const *dir, struct dirent ***list)
{
	return scandir(dir, list, is_name, by_bytes);
}

void files_forget(struct dirent **list, int n)
{
	while (n-- > 0)
		free(list[n]);
	free(list);
}

bool files_is_program(char const *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

int files_read(int dir, char const *name, stralloc *text)
{
	struct stat st;
	int const fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	int r = -1;

	if (fd < 0)
		return -1;
	text->len = 0;
	if (fstat(fd, &st) == 0)
		r = !S_ISREG(st.st_mode) ? 0 : slurp(text, fd) ? 1 : -1;
	int const e = errno;
	fd_close(fd);
	errno = e;
	return r;
}

/* Owner first: changing it takes bits of the mode away. Who is not root keeps the owner that he
 * has. */
static int write_as(int fd, stralloc const *data, struct stat const *as)
{
	if (fchown(fd, as->st_uid, as->st_gid) < 0 && errno != EPERM)
		return -1;
	if (fchmod(fd, as->st_mode & 07777) < 0)
		return -1;
	return allwrite(fd, data->s, data->len) == data->len ? 0 : -1;
}

int files_replace(int dir, char const *name, char const *fresh, stralloc const *data, mode_t mode,
		  gid_t group)
{
	int const flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
	struct stat as;

	if (fstatat(dir, name, &as, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(as.st_mode))
		as = (struct stat){ .st_mode = mode, .st_uid = (uid_t)-1, .st_gid = group };
	int fd = openat(dir, fresh, flags, 0600);
	if (fd < 0 && errno == EEXIST && unlinkat(dir, fresh, 0) == 0) /* of a crash */
		fd = openat(dir, fresh, flags, 0600);
	if (fd < 0)
		return -1;
	int const r = write_as(fd, data, &as);
	int e = errno;
	fd_close(fd);
	if (r == 0 && renameat(dir, fresh, dir, name) == 0)
		return 0;
	e = r == 0 ? errno : e;
	unlinkat(dir, fresh, 0);
	errno = e;
	return -1;
}
