#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>

#include "text.h"
#include "write.h"

#define TROUBLE 111
#define NOT_OVER_OTHERS 1 /* RENAME_NOREPLACE, which not every libc names */

static void trouble(char const *made, char const *what, char const *path)
{
	int const e = errno;

	if (made)
		rm_rf(made);
	errno = e;
	strerr_diefusys(TROUBLE, what, path);
}

/* made: the directory to take away in trouble. */
static void make_parent(char const *made, char const *path)
{
	char *const parent = text_copy(path, strlen(path));

	*strrchr(parent, '/') = 0;
	if (mkdir(parent, 0755) && errno != EEXIST)
		trouble(made, "make ", parent);
	free(parent);
}

static void write_file(char const *made, struct file const *f)
{
	char *const path = text_format("%s/%s", made, f->name);

	make_parent(made, path);
	int const fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, f->mode);
	if (fd < 0)
		trouble(made, "make ", path);
	/* whatever the umask is: a file others may write is no setting */
	if (allwrite(fd, f->text, strlen(f->text)) < strlen(f->text) || fchmod(fd, f->mode))
		trouble(made, "write ", path);
	if (fsync(fd) || close(fd))
		trouble(made, "write ", path);
	free(path);
}

static void rename_new(char const *made, char const *path)
{
	if (!syscall(SYS_renameat2, AT_FDCWD, made, AT_FDCWD, path, NOT_OVER_OTHERS))
		return;
	struct stat st;
	/* a file system that does not know that flag */
	if ((errno == EINVAL || errno == ENOSYS) && lstat(path, &st) && errno == ENOENT &&
	    !rename(made, path))
		return;
	trouble(made, "make ", path);
}

static void write_program(char const *dir, struct programs const *ps, struct program const *p,
			  struct settings const *all, struct options const *o)
{
	struct file files[EMIT_FILES];
	size_t const n = emit_files(p, all, o, files);
	char *const made = text_format("%s/.%s.XXXXXX", dir, p->name), *const path = text_format(
									       "%s/%s", dir,
									       p->name);
	size_t at = 0;

	if (!mkdtemp(made))
		trouble(NULL, "make ", made);
	if (chmod(made, 0755))
		trouble(made, "make ", made);
	for (size_t i = 0; i < n; i++)
		write_file(made, &files[i]);
	for (struct program const *other;
	     o->order && (other = programs_after(ps, p, &at)) != NULL;) {
		struct file const f = { text_format("dependencies.d/%s", other->name), "", 0644 };
		write_file(made, &f);
	}
	rename_new(made, path);
	free(made);
	free(path);
}

void write_programs(char const *dir, struct programs const *ps, struct settings const *all,
		    struct options const *o)
{
	struct stat st;

	if (mkdir(dir, 0755) && errno != EEXIST)
		strerr_diefusys(TROUBLE, "make ", dir);
	for (size_t i = 0; i < ps->count; i++) {
		if (ps->at[i].refused)
			continue;
		char *const path = text_format("%s/%s", dir, ps->at[i].name);
		if (!lstat(path, &st))
			strerr_dief(TROUBLE, "unable to make ", path,
				    ": it is there already, and is left alone");
		if (errno != ENOENT)
			strerr_diefusys(TROUBLE, "make ", path);
		free(path);
	}
	for (size_t i = 0; i < ps->count; i++)
		if (!ps->at[i].refused)
			write_program(dir, ps, &ps->at[i], all, o);
}
