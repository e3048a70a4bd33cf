#include <errno.h>
#include <string.h>

#include "target.h"

bool target_in_svdir(char const *name)
{
	return *name && *name != '/' && *name != '.' && name[strlen(name) - 1] != '/';
}

bool target_path(char path[PATH_MAX], char const *name)
{
	size_t const n = strlen(name);

	if (!n || n + sizeof "/." > PATH_MAX) {
		errno = n ? ENAMETOOLONG : ENOENT;
		return false;
	}
	memcpy(path, name, n);
	memcpy(path + n, "/.", sizeof "/.");
	return true;
}
