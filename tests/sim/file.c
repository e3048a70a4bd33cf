#include <errno.h>
#include <fcntl.h>
#include <sys/inotify.h>

#include "kernel.h"

struct file *file_new(enum file_kind kind, struct inode *i, int flags)
{
	struct file *const f = arena(sizeof *f);

	f->kind = kind;
	f->inode = i;
	f->flags = flags;
	sigemptyset(&f->signals);
	if (kind == FILE_INODE && i->kind == INODE_FIFO && !(flags & O_PATH))
		fifo_opened(i, flags);
	return f;
}

int fd_new(struct file *f, bool cloexec, int least)
{
	struct process *const p = w.current;

	for (int fd = least; fd < FDS; fd++)
		if (!p->fds[fd].file) {
			p->fds[fd].file = f;
			p->fds[fd].cloexec = cloexec;
			f->refs++;
			return fd;
		}
	broken("%s has no descriptor left", process_name(p));
	errno = EMFILE;
	return -1;
}

struct file *fd_file(int fd)
{
	struct file *const f = fd < 0 || fd >= FDS ? NULL : w.current->fds[fd].file;

	if (!f)
		errno = EBADF;
	return f;
}

void file_unref(struct file *f)
{
	struct inode *const i = f->inode;

	if (--f->refs > 0)
		return;
	notify_closed(f);
	if (!i || f->flags & O_PATH)
		return;
	if (i->flock == f)
		i->flock = NULL;
	if (i->kind == INODE_FIFO)
		fifo_closed(i, f->flags);
	else if (i->kind == INODE_FILE && (f->flags & O_ACCMODE) != O_RDONLY)
		notify(i->parent, IN_CLOSE_WRITE, "", NULL);
}

void fd_release(struct process *p, int fd)
{
	struct file *const f = p->fds[fd].file;

	p->fds[fd].file = NULL;
	if (f->inode && f->inode->posix == p)
		f->inode->posix = NULL; /* by any of its descriptors */
	file_unref(f);
}
