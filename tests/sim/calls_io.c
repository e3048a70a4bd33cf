#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "calls.h"
#include "judge.h"
#include "kernel.h"

static ssize_t file_read(struct file const *f, char *to, size_t n, size_t at)
{
	char const *const from = f->kind == FILE_TEXT ? f->text : f->inode->data;
	size_t const size = f->kind == FILE_TEXT ? strlen(f->text) : f->inode->size;

	if (at >= size)
		return 0;
	n = n < size - at ? n : size - at;
	memcpy(to, from + at, n);
	return (ssize_t)n;
}

ssize_t sim_read(int fd, void *to, size_t n)
{
	struct file *f;

	step();
	f = fd_file(fd);
	if (!f)
		return -1;
	if (f->kind == FILE_SIGNALS)
		return signals_take(f, to, n);
	if (f->kind == FILE_INOTIFY)
		return inotify_take(f, to, n);
	if (f->kind == FILE_INODE && f->inode->kind == INODE_FIFO)
		return fifo_read(f, to, n);
	if (f->kind == FILE_INODE && f->inode->kind != INODE_FILE)
		return f->inode->kind == INODE_NULL ? 0 : (errno = EISDIR, -1);
	ssize_t const r = file_read(f, to, n, f->offset);
	f->offset += r > 0 ? (size_t)r : 0;
	return r;
}

ssize_t sim_pread(int fd, void *to, size_t n, off_t at)
{
	struct file const *const f = fd_file(fd);

	step();
	return f ? file_read(f, to, n, (size_t)at) : -1;
}

/* A message on a standard descriptor. */
static ssize_t say(char const *from, size_t n)
{
	struct process *const p = w.current;
	int const line = (int)(n && from[n - 1] == '\n' ? n - 1 : n);

	if (p->program == PROGRAM_SV && p->said && p->said_len + n < 2000) {
		memcpy(p->said + p->said_len, from, n);
		p->said_len += n;
	}
	tell("  %s: %.*s", process_name(p), line, from);
	return (ssize_t)n;
}

static ssize_t file_write(struct inode *i, char const *from, size_t n, size_t at, bool append)
{
	if (append) {
		inode_append(i, from, n);
		judge_appended(i, from, n);
	} else {
		if (at + n > i->size)
			inode_resize(i, at + n);
		memcpy(i->data + at, from, n);
	}
	notify(i->parent, IN_MODIFY, "", NULL);
	return (ssize_t)n;
}

ssize_t sim_write(int fd, void const *from, size_t n)
{
	struct file *f;

	step();
	f = fd_file(fd);
	if (!f)
		return -1;
	if (f->kind != FILE_INODE || f->inode->kind == INODE_NULL)
		return say(from, n);
	if (f->inode->kind == INODE_FIFO)
		return fifo_write(f, from, n);
	ssize_t const r = file_write(f->inode, from, n, f->offset, f->flags & O_APPEND);
	f->offset += (size_t)r;
	return r;
}

ssize_t sim_writev(int fd, struct iovec const *v, int n)
{
	char text[512];
	size_t len = 0;

	for (int i = 0; i < n; i++)
		for (size_t k = 0; k < v[i].iov_len && len < sizeof text; k++)
			text[len++] = ((char const *)v[i].iov_base)[k];
	return sim_write(fd, text, len);
}

ssize_t sim_pwrite(int fd, void const *from, size_t n, off_t at)
{
	struct file *const f = fd_file(fd);

	step();
	if (!f || f->kind != FILE_INODE || f->inode->kind != INODE_FILE)
		return errno = EBADF, -1;
	if (w.mutant == MUTANT_RECORD && coroutine_is_vforked())
		return (ssize_t)n;
	trace("%s writes %d bytes", process_name(w.current), (int)n);
	return file_write(f->inode, from, n, (size_t)at, false);
}

int sim_ftruncate(int fd, off_t size)
{
	struct file const *const f = fd_file(fd);

	step();
	if (!f || f->kind != FILE_INODE)
		return errno = EBADF, -1;
	inode_resize(f->inode, (size_t)size);
	return 0;
}

int sim_fallocate(int fd, int mode, off_t from, off_t size)
{
	struct file const *const f = fd_file(fd);

	(void)mode;
	step();
	if (!f)
		return -1;
	if ((size_t)(from + size) > f->inode->size)
		inode_resize(f->inode, (size_t)(from + size));
	return 0;
}

int sim_close(int fd)
{
	step();
	if (!fd_file(fd))
		return -1;
	fd_release(w.current, fd);
	return 0;
}

int sim_dup2(int from, int to)
{
	struct file *const f = fd_file(from);

	step();
	if (!f || to < 0 || to >= FDS)
		return -1;
	if (from == to)
		return to;
	if (w.current->fds[to].file)
		fd_release(w.current, to);
	return fd_new(f, false, to);
}

int sim_dup3(int from, int to, int flags)
{
	int const fd = sim_dup2(from, to);

	if (fd >= 0)
		w.current->fds[fd].cloexec = flags & O_CLOEXEC;
	return fd;
}

static int lock_of(struct inode *i, int command, struct flock *l)
{
	struct process *const other = i->posix == w.current ? NULL : i->posix;

	if (command == F_SETLK && other)
		return errno = EAGAIN, -1;
	if (command == F_SETLK)
		i->posix = w.current;
	else if (other)
		l->l_pid = other->pid;
	else
		l->l_type = F_UNLCK;
	return 0;
}

static void listen_to(struct file *f, int fd)
{
	if (!f->process) {
		f->next = w.listeners;
		w.listeners = f;
	}
	f->process = w.current;
	f->told_fd = fd;
}

int sim_fcntl(int fd, int command, ...)
{
	struct file *const f = fd_file(fd);
	va_list args;

	step();
	if (!f)
		return -1;
	va_start(args, command);
	void *const pointer = va_arg(args, void *);
	va_end(args);
	int const value = (int)(intptr_t)pointer;
	switch (command) {
	case F_GETFD:
		return w.current->fds[fd].cloexec ? FD_CLOEXEC : 0;
	case F_SETFD:
		w.current->fds[fd].cloexec = value & FD_CLOEXEC;
		return 0;
	case F_GETFL:
		return f->flags;
	case F_SETFL:
		f->flags = (f->flags & ~O_NONBLOCK) | (value & O_NONBLOCK);
		f->async = value & O_ASYNC;
		if (f->async)
			listen_to(f, fd);
		return 0;
	case F_SETSIG:
		f->told_signal = value;
		return 0;
	case F_SETOWN:
		return 0;
	case F_NOTIFY:
		f->dnotify = (uint32_t)value & ~(uint32_t)DN_MULTISHOT;
		listen_to(f, fd);
		return 0;
	case F_SETLK:
	case F_GETLK:
		return lock_of(f->inode, command, pointer);
	default:
		return errno = EINVAL, -1;
	}
}

static bool is_unlocked(struct process *p)
{
	struct inode const *const i = p->wanted;

	return !i->flock;
}

int sim_flock(int fd, int operation)
{
	struct file *const f = fd_file(fd);

	step();
	if (!f || !f->inode)
		return errno = EBADF, -1;
	struct inode *const i = f->inode;
	if (operation & LOCK_UN) {
		i->flock = i->flock == f ? NULL : i->flock;
		return 0;
	}
	if (i->flock && i->flock != f && w.mutant != MUTANT_FLOCK) {
		if (operation & LOCK_NB)
			return errno = EWOULDBLOCK, -1;
		if (wait_until(is_unlocked, i, INT64_MAX) == EINTR)
			return errno = EINTR, -1;
	}
	i->flock = f;
	i->flock_by = w.current;
	judge_locked(i);
	return 0;
}

int sim_ioctl(int fd, unsigned long request, ...)
{
	struct file const *const f = fd_file(fd);
	va_list args;

	step();
	va_start(args, request);
	int *const n = va_arg(args, int *);
	va_end(args);
	if (!f || (unsigned int)request != FIONREAD)
		return errno = ENOTTY, -1;
	*n = f->inode && w.mutant != MUTANT_UNREAD ? (int)f->inode->size : 0;
	return 0;
}

ssize_t sim_tee(int from, int to, size_t n, unsigned int flags)
{
	struct file *const a = fd_file(from), *const b = fd_file(to);

	(void)flags;
	step();
	if (!a || !b)
		return -1;
	struct inode *const i = a->inode;
	if (!i->size)
		return i->writers ? (errno = EAGAIN, -1) : 0;
	n = n < i->size ? n : i->size;
	char const byte = i->data[0];
	if (w.mutant == MUTANT_TEE) {
		char taken;
		fifo_read(a, &taken, 1);
	}
	return fifo_write(b, &byte, 1) == 1 ? 1 : -1;
}

int sim_pipe2(int p[2], int flags)
{
	struct inode *const i = inode_new(INODE_FIFO, 0600);

	step();
	inode_grow(i, 64);
	p[0] = fd_new(file_new(FILE_INODE, i, O_RDONLY | flags), flags & O_CLOEXEC, 0);
	p[1] = fd_new(file_new(FILE_INODE, i, O_WRONLY | flags), flags & O_CLOEXEC, 0);
	return p[0] < 0 || p[1] < 0 ? -1 : 0;
}

off_t sim_lseek(int fd, off_t offset, int whence)
{
	struct file *const f = fd_file(fd);

	(void)whence;
	if (!f)
		return -1;
	f->offset = (size_t)offset;
	return offset;
}

int sim_fsync(int fd)
{
	step();
	return fd_file(fd) ? 0 : -1;
}

int sim_fchmod(int fd, mode_t mode)
{
	struct file *const f = fd_file(fd);

	step();
	if (!f || !f->inode)
		return -1;
	f->inode->mode = mode;
	return 0;
}
