#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "state.h"

static bool is_denied(int dir, char const *path)
{
	return faccessat(dir, path, W_OK, AT_EACCESS) < 0 && (errno == EROFS || errno == EACCES);
}

bool state_away(int dir, char const *name)
{
	char path[NAME_MAX + sizeof "/supervise"];
	size_t const n = strlen(name);
	struct stat st;

	if (n > NAME_MAX)
		return false;
	memcpy(path, name, n);
	memcpy(path + n, "/supervise", sizeof "/supervise");
	/* a link is the administrator's own answer */
	if (fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return !S_ISLNK(st.st_mode) && is_denied(dir, path);
	return errno == ENOENT && is_denied(dir, name);
}

char const *state_root(void)
{
	char const *const root = getenv("RUNSVDIR_STATE");

	return root && *root ? root : "/run/runsv";
}

/* The last part of a path; *len its length. NULL: it has none that is a name. */
static char const *last_part(char const *path, size_t *len)
{
	size_t end = strlen(path);

	while (end && path[end - 1] == '/')
		end--;
	size_t begin = end;
	while (begin && path[begin - 1] != '/')
		begin--;
	*len = end - begin;
	bool const dots =
		*len && path[end - 1] == '.' && (*len == 1 || (*len == 2 && path[begin] == '.'));
	return *len && !dots ? path + begin : NULL;
}

bool state_name(char name[NAME_MAX + 1], char const *service, char const *dir, char const *suffix)
{
	size_t const m = strlen(suffix);
	char real[PATH_MAX];
	size_t len;
	char const *last = last_part(service, &len);

	if (!last) {
		if (!realpath(dir, real))
			return false;
		last = last_part(real, &len);
	}
	if (!last)
		return errno = EINVAL, false;
	if (len + m > NAME_MAX)
		return errno = ENAMETOOLONG, false;
	memcpy(name, last, len);
	memcpy(name + len, suffix, m + 1);
	return true;
}

bool state_path(char path[PATH_MAX], char const *service, char const *dir, char const *suffix)
{
	char const *const root = state_root();
	size_t const n = strlen(root);
	char name[NAME_MAX + 1];

	if (!state_name(name, service, dir, suffix))
		return false;
	size_t const len = strlen(name);
	if (n + 1 + len >= PATH_MAX)
		return errno = ENAMETOOLONG, false;
	memcpy(path, root, n);
	path[n] = '/';
	memcpy(path + n + 1, name, len + 1);
	return true;
}
