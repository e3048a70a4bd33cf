#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include <skalibs/djbunix.h>
#include <skalibs/types.h>

#include "files.h"
#include "place.h"

static bool is_its(struct stat const *st, struct entry const *e)
{
	return st->st_ino == e->ino && (uint32_t)st->st_dev == e->dev;
}

/* Takes over fd. */
static bool keep(struct entry *e, int fd)
{
	struct stat st;

	if (fd < 0)
		return false;
	bool const its = fstat(fd, &st) == 0 && is_its(&st, e);
	if (its && files_spare(fd))
		e->dir = fd;
	else
		fd_close(fd);
	return its;
}

bool place_hold(struct scanner const *s, struct entry *e)
{
	char const *const name = roster_name(&s->roster, e);
	struct stat st;

	if (e->dir < 0 && keep(e, openat(s->dir, name, O_PATH | O_DIRECTORY | O_CLOEXEC)))
		return true;
	return fstatat(s->dir, name, &st, 0) == 0 && is_its(&st, e);
}

void place_hold_of(pid_t pid, struct entry *e)
{
	char path[32] = "/proc/";

	if (pid <= 0 || e->dir >= 0)
		return;
	memcpy(path + 6 + uint_fmt(path + 6, (unsigned int)pid), "/cwd", 5);
	keep(e, openat(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC));
}

struct place place_of(struct scanner const *s, struct entry const *e)
{
	char const *const entry = roster_name(&s->roster, e);

	if (e->dir >= 0)
		return (struct place){ e->dir, ".", entry };
	return (struct place){ s->dir, entry, entry };
}

bool place_log(struct place_log *l, struct place at)
{
	size_t const n = strlen(at.name), m = strlen(at.entry);

	if (n > NAME_MAX || m > NAME_MAX)
		return false;
	memcpy(l->name, at.name, n);
	memcpy(l->name + n, "/log", sizeof "/log");
	memcpy(l->entry, at.entry, m);
	memcpy(l->entry + m, ".log", sizeof ".log");
	l->at = (struct place){ at.dir, l->name, l->entry };
	return true;
}

void place_release(struct entry *e)
{
	if (e->dir >= 0)
		fd_close(e->dir);
	e->dir = -1;
}
