#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>

#include "dump.h"
#include "environment.h"
#include "files.h"
#include "paths.h"

#define FRESH ".my_init.new" /* no variable: one that is being written */

enum { FILE_MODE = 0644, DUMP_MODE = 0640 };

static bool is_variable(char const *name)
{
	return strcmp(name, FRESH) != 0;
}

/* Said once. */
static bool skip(struct environment *e, char const *name, char const *why)
{
	if (env_get(&e->skipped, name))
		return true;
	strerr_warnw("ignoring ", PATHS_ENVIRONMENT, "/", name, ": ", why);
	return env_set(&e->skipped, name, "", 0);
}

/* One file. override: it wins. */
static bool import(struct environment *e, int dir, char const *name, bool override, stralloc *text)
{
	int const r = files_read(dir, name, text);

	if (r < 0)
		return skip(e, name, strerror(errno));
	if (!r || (!override && env_get(&e->now, name)))
		return true;
	size_t const n = dump_value_length(text->s, text->len);
	char const *const why = strchr(name, '=')            ? "its name has a ="
				: n && memchr(text->s, 0, n) ? "it contains a NUL"
							     : NULL;
	return why ? skip(e, name, why) : env_set(&e->now, name, n ? text->s : "", n);
}

/* again: all is forgotten, and the files win. 1; 0: there is no directory, or none that can be
 * read; -1: out of memory. */
static int import_all(struct environment *e, bool again)
{
	struct dirent **list;
	stralloc text = STRALLOC_ZERO;
	bool good = true;
	int const n = files_list(PATHS_ENVIRONMENT, &list);

	if (n < 0 && errno != ENOENT && !again)
		strerr_warnwusys("read ", PATHS_ENVIRONMENT);
	if (n < 0)
		return 0;
	int const dir = openat(AT_FDCWD, PATHS_ENVIRONMENT, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (again)
		env_clear(&e->now);
	for (int i = 0; good && i < n; i++)
		if (is_variable(list[i]->d_name))
			good = import(e, dir, list[i]->d_name, again, &text);
	fd_close(dir);
	files_forget(list, n);
	stralloc_free(&text);
	return good ? 1 : -1;
}

static void tell(struct environment *e, char const *path)
{
	if (!e->told)
		strerr_warnwusys("write ", path);
	e->told = true;
}

static bool has_value(int dir, char const *name, char const *value, stralloc *text)
{
	return files_read(dir, name, text) == 1 &&
	       dump_value_length(text->s, text->len) == strlen(value) &&
	       !memcmp(text->s, value, strlen(value));
}

/* Writes a variable's file, unless it is right as it is. */
static bool write_one(struct environment *e, int dir, char const *name, char const *value,
		      stralloc *text)
{
	if (strchr(name, '/')) {
		strerr_warnw("no file for the variable ", name, ": its name has a /");
		return env_set(&e->kept, name, value, strlen(value));
	}
	if (has_value(dir, name, value, text))
		return true;
	/* a newline at its end would be cut, and is followed by one for that */
	if (!stralloc_copys(text, value) ||
	    (text->len && text->s[text->len - 1] == '\n' && !stralloc_cats(text, "\n")))
		return false;
	if (files_replace(dir, name, FRESH, text, FILE_MODE, (gid_t)-1) == 0)
		return true;
	tell(e, PATHS_ENVIRONMENT);
	return env_set(&e->kept, name, value, strlen(value));
}

static bool write_files(struct environment *e)
{
	stralloc name = STRALLOC_ZERO, text = STRALLOC_ZERO;
	int const dir = openat(AT_FDCWD, PATHS_ENVIRONMENT, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool good = true;

	for (size_t i = 0; good && i < e->now.count; i++) {
		char const *const entry = e->now.list[i];
		size_t const n = strcspn(entry, "=");
		if (!n || !entry[n] || dump_is_personal(entry, n))
			continue;
		good = stralloc_copyb(&name, entry, n) && stralloc_0(&name) &&
		       write_one(e, dir, name.s, entry + n + 1, &text);
	}
	fd_close(dir);
	stralloc_free(&name);
	stralloc_free(&text);
	return good;
}

/* Where a link leads, it need not be there yet: so an image may have it on a tmpfs. */
static char const *follow(char const *path, char target[PATH_MAX])
{
	ssize_t const n = readlink(path, target, PATH_MAX - 1);

	if (n <= 0 || target[0] != '/')
		return path;
	target[n] = 0;
	return target;
}

static void write_dump(struct environment *e, char const *path, stralloc const *data)
{
	char target[PATH_MAX], directory[PATH_MAX], fresh[NAME_MAX + 8];
	struct group const *const group = getgrnam(PATHS_GROUP);
	char const *const real = follow(path, target);
	char const *const name = strrchr(real, '/') + 1;
	size_t const n = strlen(name);

	memcpy(directory, real, (size_t)(name - real));
	directory[name - real] = 0;
	int const dir = openat(AT_FDCWD, directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir >= 0 && n <= NAME_MAX) {
		memcpy(fresh, name, n);
		memcpy(fresh + n, ".new", 5);
		if (files_replace(dir, name, fresh, data, DUMP_MODE,
				  group ? group->gr_gid : (gid_t)-1) < 0)
			tell(e, path);
	} else {
		tell(e, path);
	}
	if (dir >= 0)
		fd_close(dir);
}

static bool write_dumps(struct environment *e)
{
	stralloc text = STRALLOC_ZERO;
	bool good = dump_sh(&text, e->now.list);

	if (good)
		write_dump(e, PATHS_SH, &text);
	text.len = 0;
	good = good && dump_json(&text, e->now.list);
	if (good)
		write_dump(e, PATHS_JSON, &text);
	stralloc_free(&text);
	return good;
}

/* What every child has from now on. */
static bool use(struct environment *e, bool good)
{
	if (!good)
		strerr_warnw("out of memory for the environment");
	environ = e->now.list;
	return good;
}

bool environment_begin(struct environment *e)
{
	if (!env_init(&e->now) || !env_init(&e->kept) || !env_init(&e->skipped))
		return use(e, false);
	env_clear(&e->kept);
	env_clear(&e->skipped);
	int const r = import_all(e, false);
	return use(e, r == 0 || (r > 0 && write_files(e) && write_dumps(e)));
}

static bool add_kept(struct environment *e)
{
	for (size_t i = 0; i < e->kept.count; i++) {
		char *const entry = e->kept.list[i];
		char *const equals = strchr(entry, '=');
		*equals = 0;
		bool const good = env_get(&e->now, entry) ||
				  env_set(&e->now, entry, equals + 1, strlen(equals + 1));
		*equals = '=';
		if (!good)
			return false;
	}
	return true;
}

bool environment_again(struct environment *e)
{
	int const r = import_all(e, true);

	return use(e, r == 0 || (r > 0 && add_kept(e) && write_dumps(e)));
}
