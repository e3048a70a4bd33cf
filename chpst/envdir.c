#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>
#include <skalibs/stralloc.h>

#include "envdir.h"

/* The first line of fd, without its newline, to the end of line; *any: the file is not empty.
 * 0, or -1 with errno. */
static int first_line(int fd, stralloc *line, bool *any)
{
	for (;;) {
		if (!stralloc_readyplus(line, 4096))
			return -1;
		ssize_t const n = read(fd, line->s + line->len, 4096);
		if (n <= 0)
			return (int)n;
		*any = true;
		char const *const newline = memchr(line->s + line->len, '\n', (size_t)n);
		line->len += newline ? (size_t)(newline - line->s) - line->len : (size_t)n;
		if (newline)
			return 0;
	}
}

static bool apply(struct env *e, char const *name, stralloc *line, bool any)
{
	if (!any) {
		env_unset(e, name);
		return true;
	}
	while (line->len && (line->s[line->len - 1] == ' ' || line->s[line->len - 1] == '\t'))
		line->len--;
	for (size_t i = 0; i < line->len; i++)
		if (!line->s[i])
			line->s[i] = '\n';
	return env_set(e, name, line->s, line->len);
}

static int read_variable(struct env *e, int dir, char const *name)
{
	stralloc line = STRALLOC_ZERO;
	bool any = false;
	int const fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0) /* a link to nowhere, or gone since: the reference takes the file before it */
		return errno == ENOENT ? 0 : -1;
	int failed = first_line(fd, &line, &any);
	if (!failed && !apply(e, name, &line, any)) {
		errno = ENOMEM;
		failed = -1;
	}
	stralloc_free(&line);
	fd_close(fd);
	return failed;
}

void envdir_read(struct env *e, char const *dir, bool strict, bool verbose)
{
	/* the text is that of the reference, which changes to it */
	DIR *const list = opendir(dir);
	struct dirent const *entry;

	if (!list)
		strerr_diefusys(111, "switch to directory: ", dir);
	while (errno = 0, (entry = readdir(list)) != NULL) {
		if (*entry->d_name == '.' || !read_variable(e, dirfd(list), entry->d_name))
			continue;
		if (errno != EISDIR || strict)
			strerr_diefusys(111, "read ", dir, "/", entry->d_name);
		if (verbose)
			strerr_warnwusys("read ", dir, "/", entry->d_name);
	}
	if (errno)
		strerr_diefusys(111, "read directory: ", dir);
	closedir(list);
}
