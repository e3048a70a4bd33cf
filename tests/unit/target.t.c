#include <errno.h>
#include <limits.h>
#include <string.h>

#include "target.h"
#include "tap.h"

int main(void)
{
	static char name[PATH_MAX + 1];
	char path[PATH_MAX];

	ok(target_path(path, "web"), "a name");
	is_text(path, "web/.", "it must be a directory");
	errno = 0;
	ok(!target_path(path, "") && errno == ENOENT, "an empty one is nowhere");
	memset(name, 'n', sizeof name - 1);
	ok(!target_path(path, name) && errno == ENAMETOOLONG, "one that is too long");
	name[PATH_MAX - sizeof "/."] = 0;
	ok(target_path(path, name) && strlen(path) == PATH_MAX - 1, "the longest one");
	return done();
}
