#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "names.h"
#include "target.h"

static bool add(struct names *n, char const *name)
{
	char **const more = realloc(n->name, (n->count + 1) * sizeof *more);
	char *const copy = strdup(name);

	if (more)
		n->name = more;
	if (!more || !copy)
		return free(copy), false;
	n->name[n->count++] = copy;
	return true;
}

static int in_order(void const *a, void const *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool add_matches(struct names *n, char const *pattern, DIR *d)
{
	size_t const first = n->count;
	struct dirent const *e;
	struct stat st;

	while (errno = 0, (e = readdir(d)))
		if (fnmatch(pattern, e->d_name, FNM_PERIOD) == 0 &&
		    fstatat(dirfd(d), e->d_name, &st, 0) == 0 && S_ISDIR(st.st_mode) &&
		    !add(n, e->d_name))
			return false;
	if (n->count > first)
		qsort(n->name + first, n->count - first, sizeof *n->name, in_order);
	return !errno;
}

bool names_add(struct names *n, char const *pattern, struct svdir const *v)
{
	struct stat st;

	if (!target_in_svdir(pattern) || !strpbrk(pattern, "*?["))
		return add(n, pattern);
	DIR *const d = opendir(v->path);
	if (!d)
		return false;
	bool const exact = fstatat(dirfd(d), pattern, &st, 0) == 0 && S_ISDIR(st.st_mode);
	bool const good = exact ? add(n, pattern) : add_matches(n, pattern, d);
	int const e = errno;
	closedir(d);
	errno = e;
	return good;
}
