#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "judge.h"
#include "kernel.h"

static bool reads(int flags)
{
	return (flags & O_ACCMODE) != O_WRONLY;
}

static bool writes(int flags)
{
	return (flags & O_ACCMODE) != O_RDONLY;
}

void fifo_opened(struct inode *i, int flags)
{
	i->readers += reads(flags);
	i->writers += writes(flags);
	i->opens++;
}

void fifo_closed(struct inode *i, int flags)
{
	i->readers -= reads(flags);
	i->writers -= writes(flags);
	if (--i->opens == 0 && i->size) {
		judge_discarded(i);
		i->size = 0;
	}
	if (!i->readers != !i->writers)
		notify_async(i);
}

static bool has_bytes(struct process *p)
{
	struct inode const *const i = p->wanted;

	return i->size || !i->writers;
}

ssize_t fifo_read(struct file *f, char *to, size_t n)
{
	struct inode *const i = f->inode;

	while (!i->size) {
		if (!i->writers)
			return 0;
		if (f->flags & O_NONBLOCK)
			return errno = EAGAIN, -1;
		if (wait_until(has_bytes, i, INT64_MAX) == EINTR)
			return errno = EINTR, -1;
	}
	n = n < i->size ? n : i->size;
	memcpy(to, i->data, n);
	judge_taken(i, n);
	i->size -= n;
	memmove(i->data, i->data + n, i->size);
	return (ssize_t)n;
}

struct writing {
	struct inode const *fifo;
	size_t n;
};

static bool has_room(struct process *p)
{
	struct writing const *const x = p->wanted;

	return x->fifo->size + x->n <= x->fifo->capacity || !x->fifo->readers;
}

/* All of it or nothing, as up to PIPE_BUF bytes are. */
ssize_t fifo_write(struct file *f, char const *from, size_t n)
{
	struct inode *const i = f->inode;

	for (;;) {
		if (!i->readers) {
			judge_unread(w.current);
			process_signal(w.current, SIGPIPE, (struct signal_info){ 0 });
			return errno = EPIPE, -1;
		}
		if (i->size + n <= i->capacity)
			break;
		if (f->flags & O_NONBLOCK)
			return errno = EAGAIN, -1;
		if (wait_until(has_room, &(struct writing){ i, n }, INT64_MAX) == EINTR)
			return errno = EINTR, -1;
	}
	memcpy(i->data + i->size, from, n);
	i->size += n;
	judge_put(i, from, n);
	return (ssize_t)n;
}
