#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include "calls.h"
#include "judge.h"
#include "kernel.h"

#ifndef O_PATH
#error "O_PATH"
#endif

static struct inode *base(int dir)
{
	struct file *const f = dir == AT_FDCWD ? NULL : fd_file(dir);

	if (dir == AT_FDCWD)
		return w.current->cwd;
	return f && f->kind == FILE_INODE ? f->inode : NULL;
}

/* An error leaves at->dir for who would create there; NULL: nothing is there either. */
bool find_path(struct place *at, int dir, char const *path, bool follow)
{
	struct inode *const from = base(dir);

	*at = (struct place){ 0 };
	if (!from && *path != '/')
		return errno = EBADF, false;
	int const e = walk(at, from, path, follow);
	if (e == ENOENT && !strcmp(at->name, "."))
		at->dir = NULL;
	if (e && e != ENOENT)
		at->dir = NULL;
	errno = e ? e : errno;
	return e == 0;
}

static int open_proc(char const *path, int flags)
{
	struct inode *link;
	struct file *text;
	int const e = procfs_open(path, &text, &link);

	if (e)
		return errno = e, -1;
	return fd_new(text ? text : file_new(FILE_INODE, link, flags), flags & O_CLOEXEC, 0);
}

static bool create(struct place *at, mode_t mode)
{
	at->inode = inode_new(INODE_FILE, mode);
	dir_add(at->dir, at->name, at->inode);
	notify(at->dir, IN_CREATE, at->name, NULL);
	return true;
}

/* The reasons for which an inode can't be opened; 0: none. */
static int refusal(struct inode const *i, int flags)
{
	int const way = flags & O_ACCMODE;

	if (i->kind == INODE_LINK)
		return flags & O_PATH ? 0 : ELOOP;
	if (flags & O_DIRECTORY && i->kind != INODE_DIR)
		return ENOTDIR;
	if (flags & O_PATH)
		return 0;
	if (i->kind == INODE_DIR && way != O_RDONLY)
		return EISDIR;
	if (i->kind == INODE_FIFO && way == O_WRONLY && !i->readers)
		return ENXIO;
	return 0;
}

static int open_at(int dir, char const *path, int flags, mode_t mode)
{
	struct place at;

	step();
	trace("%s opens %s", process_name(w.current), path);
	if (procfs_is(path))
		return open_proc(path, flags);
	bool const there = find_path(&at, dir, path, !(flags & O_NOFOLLOW));
	if (there && flags & O_CREAT && flags & O_EXCL)
		return errno = EEXIST, -1;
	if (!there && !(errno == ENOENT && flags & O_CREAT && at.dir && create(&at, mode)))
		return -1;
	int const e = refusal(at.inode, flags);
	if (e)
		return errno = e, -1;
	if (!strcmp(at.name, "pipe") && at.inode->kind == INODE_FIFO) {
		if (w.mutant == MUTANT_HOLD && w.current->program == PROGRAM_RUNSVDIR)
			return errno = ENOENT, -1;
		if (w.mutant == MUTANT_RDWR && (flags & O_ACCMODE) == O_RDWR)
			flags = (flags & ~O_ACCMODE) | O_WRONLY;
	}
	judge_opened(at.inode);
	if (flags & O_TRUNC)
		inode_resize(at.inode, 0);
	return fd_new(file_new(FILE_INODE, at.inode, flags), flags & O_CLOEXEC, 0);
}

int sim_openat(int dir, char const *path, int flags, ...)
{
	va_list args;

	va_start(args, flags);
	mode_t const mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
	va_end(args);
	return open_at(dir, path, flags, mode);
}

int sim_open(char const *path, int flags, ...)
{
	va_list args;

	va_start(args, flags);
	mode_t const mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
	va_end(args);
	return open_at(AT_FDCWD, path, flags, mode);
}

static int describe(struct inode const *i, struct stat *st)
{
	static mode_t const types[] = { [INODE_DIR] = S_IFDIR,
					[INODE_FILE] = S_IFREG,
					[INODE_FIFO] = S_IFIFO,
					[INODE_LINK] = S_IFLNK,
					[INODE_NULL] = S_IFCHR };

	*st = (struct stat){ .st_dev = 1,
			     .st_ino = i->ino,
			     .st_mode = types[i->kind] | i->mode,
			     .st_nlink = (nlink_t)i->links,
			     .st_size = i->kind == INODE_FILE ? (off_t)i->size : 0 };
	st->st_mtim.tv_sec = i->changed / SECOND;
	st->st_mtim.tv_nsec = i->changed % SECOND;
	return 0;
}

int sim_fstatat(int dir, char const *path, struct stat *st, int flags)
{
	struct place at;

	step();
	if (procfs_is(path)) {
		struct inode *link;
		struct file *text;
		int const e = procfs_open(path, &text, &link);
		return e || !link ? (errno = e ? e : EACCES, -1) : describe(link, st);
	}
	if (!find_path(&at, dir, path, !(flags & AT_SYMLINK_NOFOLLOW)))
		return -1;
	return describe(at.inode, st);
}

int sim_stat(char const *path, struct stat *st)
{
	return sim_fstatat(AT_FDCWD, path, st, 0);
}

int sim_lstat(char const *path, struct stat *st)
{
	return sim_fstatat(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW);
}

int sim_fstat(int fd, struct stat *st)
{
	struct file *const f = fd_file(fd);

	if (!f)
		return -1;
	return describe(f->inode ? f->inode : w.null, st);
}

int sim_fstatfs(int fd, struct statfs *fs)
{
	*fs = (struct statfs){ .f_type = 0xef53 };
	return fd_file(fd) ? 0 : -1;
}

static int make(int dir, char const *path, enum inode_kind kind, mode_t mode)
{
	struct place at;

	step();
	if (find_path(&at, dir, path, false))
		return errno = EEXIST, -1;
	if (errno != ENOENT || !at.dir)
		return -1;
	struct inode *const i = inode_new(kind, mode);
	if (kind == INODE_FIFO)
		inode_grow(i, strcmp(at.name, "pipe") == 0 ? 24 + dice(160) : 64);
	dir_add(at.dir, at.name, i);
	if (kind == INODE_FIFO)
		judge_made(i, at.name);
	notify(at.dir, IN_CREATE | (kind == INODE_DIR ? IN_ISDIR : 0), at.name, NULL);
	return 0;
}

/* Everything may be written. */
int sim_faccessat(int dir, char const *path, int mode, int flags)
{
	struct stat st;

	(void)mode;
	(void)flags;
	return sim_fstatat(dir, path, &st, 0);
}

int sim_mkdirat(int dir, char const *path, mode_t mode)
{
	return make(dir, path, INODE_DIR, mode);
}

int sim_mkfifoat(int dir, char const *path, mode_t mode)
{
	return make(dir, path, INODE_FIFO, mode);
}

int sim_unlinkat(int dir, char const *path, int flags)
{
	struct place at;

	step();
	trace("%s unlinks %s", process_name(w.current), path);
	if (!find_path(&at, dir, path, false))
		return -1;
	if (at.inode->kind == INODE_DIR && (!flags || at.inode->count))
		return errno = flags ? ENOTEMPTY : EISDIR, -1;
	judge_removed(at.inode, at.name);
	dir_remove(at.dir, at.name);
	notify(at.dir, IN_DELETE, at.name, NULL);
	return 0;
}

int sim_renameat(int dir, char const *from, int to_dir, char const *to)
{
	struct place a, b;

	step();
	trace("%s renames %s to %s", process_name(w.current), from, to);
	if (!find_path(&a, dir, from, false))
		return -1;
	if (find_path(&b, to_dir, to, false)) {
		dir_remove(b.dir, b.name);
		if (w.mutant == MUTANT_RENAME)
			step();
	} else if (errno != ENOENT || !b.dir) {
		return -1;
	}
	dir_remove(a.dir, a.name);
	notify(a.dir, IN_MOVED_FROM, a.name, NULL);
	dir_add(b.dir, b.name, a.inode);
	notify(b.dir, IN_MOVED_TO, b.name, a.inode);
	return 0;
}

ssize_t sim_readlinkat(int dir, char const *path, char *to, size_t n)
{
	struct place at;

	step();
	if (!find_path(&at, dir, path, false))
		return -1;
	if (at.inode->kind != INODE_LINK)
		return errno = EINVAL, -1;
	n = n < at.inode->size ? n : at.inode->size;
	memcpy(to, at.inode->data, n);
	return (ssize_t)n;
}

ssize_t sim_readlink(char const *path, char *to, size_t n)
{
	return sim_readlinkat(AT_FDCWD, path, to, n);
}

static int enter(struct inode *i)
{
	if (i->kind != INODE_DIR)
		return errno = ENOTDIR, -1;
	w.current->cwd = i;
	return 0;
}

int sim_chdir(char const *path)
{
	struct place at;

	step();
	return find_path(&at, AT_FDCWD, path, true) ? enter(at.inode) : -1;
}

int sim_fchdir(int fd)
{
	struct file *const f = fd_file(fd);

	step();
	return f && f->inode ? enter(f->inode) : (errno = EBADF, -1);
}

int sim_inotify_init1(int flags)
{
	struct file *const f = file_new(FILE_INOTIFY, NULL, flags);

	step();
	f->inotify = arena(sizeof *f->inotify);
	f->next = w.listeners;
	w.listeners = f;
	return fd_new(f, true, 0);
}

int sim_inotify_add_watch(int fd, char const *path, uint32_t mask)
{
	struct file *const f = fd_file(fd);
	struct place at;

	step();
	if (!f || !find_path(&at, AT_FDCWD, path, !(mask & IN_DONT_FOLLOW)))
		return -1;
	if (mask & IN_ONLYDIR && at.inode->kind != INODE_DIR)
		return errno = ENOTDIR, -1;
	for (int i = 0; i < f->inotify->watch_count; i++)
		if (f->inotify->watches[i].inode == at.inode) {
			struct watched *const x = &f->inotify->watches[i];
			x->mask = mask & IN_MASK_ADD ? x->mask | mask : mask;
			return x->wd;
		}
	if (f->inotify->watch_count == WATCHES)
		return errno = ENOSPC, -1;
	f->inotify->watches[f->inotify->watch_count++] =
		(struct watched){ .wd = ++f->inotify->next_wd, .mask = mask, .inode = at.inode };
	return f->inotify->next_wd;
}

int sim_inotify_rm_watch(int fd, int wd)
{
	struct file *const f = fd_file(fd);

	step();
	for (int i = 0; f && i < f->inotify->watch_count; i++)
		if (f->inotify->watches[i].wd == wd) {
			f->inotify->watches[i] = f->inotify->watches[--f->inotify->watch_count];
			return 0;
		}
	return errno = EINVAL, -1;
}
