#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <time.h>

#include "calls.h"
#include "judge.h"
#include "kernel.h"

static bool has_signal(struct process const *p, sigset_t const *set)
{
	if (p->rt_count && sigismember(set, SIGRTMIN))
		return true;
	for (int sig = 1; sig < 32; sig++)
		if (sigismember(set, sig) && sigismember(&p->pending, sig))
			return true;
	return false;
}

static short fifo_events(struct file const *f)
{
	struct inode const *const i = f->inode;
	int const way = f->flags & O_ACCMODE;
	short events = 0;

	if (way != O_WRONLY)
		events |= (short)((i->size ? POLLIN : 0) | (i->writers ? 0 : POLLHUP));
	if (way != O_RDONLY)
		events |=
			(short)((i->size < i->capacity ? POLLOUT : 0) | (i->readers ? 0 : POLLERR));
	return events;
}

/* What poll tells of it to p. */
short file_events(struct file *f, struct process *p)
{
	switch (f->kind) {
	case FILE_SIGNALS:
		return has_signal(p, &f->signals) ? POLLIN : 0;
	case FILE_INOTIFY:
		return f->inotify->queued ? POLLIN : 0;
	case FILE_PIDFD:
		return f->process->state >= PROCESS_ZOMBIE ? POLLIN : 0;
	case FILE_EPOLL:
		for (int i = 0; i < f->epoll->count; i++)
			if (file_events(f->epoll->file[i], p) & POLLIN)
				return POLLIN;
		return 0;
	case FILE_INODE:
		return f->inode->kind == INODE_FIFO ? fifo_events(f) : POLLIN | POLLOUT;
	case FILE_TEXT:
		return POLLIN | POLLOUT;
	}
	return 0;
}

struct polled {
	struct pollfd *x;
	nfds_t n;
};

static int look(struct process *p, struct polled const *l)
{
	int ready = 0;

	for (nfds_t i = 0; i < l->n; i++) {
		struct pollfd *const x = &l->x[i];
		struct file *const f = x->fd < 0 || x->fd >= FDS ? NULL : p->fds[x->fd].file;
		x->revents = 0;
		if (x->fd < 0)
			continue;
		int const always = POLLERR | POLLHUP | POLLNVAL;
		x->revents = (short)((f ? file_events(f, p) : POLLNVAL) & (x->events | always));
		ready += x->revents != 0;
	}
	return ready;
}

static bool any_ready(struct process *p)
{
	return look(p, p->wanted) > 0;
}

static int poll_until(struct pollfd *x, nfds_t n, int64_t deadline)
{
	struct polled const l = { x, n };

	step();
	judge_waits(w.current);
	trace("%s polls %d", process_name(w.current), (int)n);
	if (wait_until(any_ready, &l, deadline) == EINTR)
		return errno = EINTR, -1;
	return look(w.current, &l);
}

int sim_poll(struct pollfd *x, nfds_t n, int ms)
{
	return poll_until(x, n, ms < 0 ? INT64_MAX : w.now + ms * MS);
}

int sim_ppoll(struct pollfd *x, nfds_t n, struct timespec const *t, sigset_t const *mask)
{
	(void)mask;
	return poll_until(x, n, t ? w.now + t->tv_sec * SECOND + t->tv_nsec : INT64_MAX);
}

int sim_signalfd(int fd, sigset_t const *set, int flags)
{
	struct file *const f = file_new(FILE_SIGNALS, NULL, flags);

	(void)fd;
	step();
	f->signals = *set;
	return fd_new(f, true, 0);
}

static void describe(struct signalfd_siginfo *s, int sig, struct signal_info const *i)
{
	*s = (struct signalfd_siginfo){ .ssi_signo = (uint32_t)sig,
					.ssi_pid = (uint32_t)i->pid,
					.ssi_code = i->from ? SI_USER : 1,
					.ssi_fd = i->fd };
}

ssize_t signals_take(struct file *f, char *to, size_t n)
{
	struct process *const p = w.current;
	struct signalfd_siginfo s;
	size_t done = 0;

	for (int sig = 1; sig < 32 && done + sizeof s <= n; sig++) {
		if (!sigismember(&f->signals, sig) || !sigismember(&p->pending, sig))
			continue;
		sigdelset(&p->pending, sig);
		describe(&s, sig, &p->info[sig]);
		memcpy(to + done, &s, sizeof s);
		done += sizeof s;
	}
	while (sigismember(&f->signals, SIGRTMIN) && p->rt_count && done + sizeof s <= n) {
		describe(&s, SIGRTMIN, &(struct signal_info){ .fd = p->rt[0] });
		memmove(p->rt, p->rt + 1, (size_t)--p->rt_count * sizeof *p->rt);
		memcpy(to + done, &s, sizeof s);
		done += sizeof s;
	}
	return done ? (ssize_t)done : (errno = EAGAIN, -1);
}

int sim_epoll_create1(int flags)
{
	struct file *const f = file_new(FILE_EPOLL, NULL, flags);

	step();
	f->epoll = arena(sizeof *f->epoll);
	return fd_new(f, true, 0);
}

static void forget(struct file *e, int i)
{
	e->epoll->count--;
	e->epoll->fd[i] = e->epoll->fd[e->epoll->count];
	e->epoll->file[i] = e->epoll->file[e->epoll->count];
}

/* What was closed is told of no more. */
static void forget_closed(struct file *e)
{
	for (int i = e->epoll->count; i-- > 0;)
		if (e->epoll->file[i]->refs == 0)
			forget(e, i);
}

int sim_epoll_ctl(int efd, int op, int fd, struct epoll_event *ev)
{
	struct file *const e = fd_file(efd), *const f = fd_file(fd);

	step();
	if (!e || !f)
		return -1;
	forget_closed(e);
	if (op == EPOLL_CTL_ADD && e->epoll->count < EPOLLED) {
		e->epoll->fd[e->epoll->count] = ev->data.fd;
		e->epoll->file[e->epoll->count++] = f;
		return 0;
	}
	for (int i = 0; op == EPOLL_CTL_DEL && i < e->epoll->count; i++)
		if (e->epoll->file[i] == f) {
			forget(e, i);
			return 0;
		}
	return errno = ENOENT, -1;
}

int sim_epoll_wait(int efd, struct epoll_event *ev, int max, int timeout)
{
	struct file *const e = fd_file(efd);
	int n = 0;

	(void)timeout;
	step();
	if (!e)
		return -1;
	forget_closed(e);
	for (int i = 0; i < e->epoll->count && n < max; i++)
		if (file_events(e->epoll->file[i], w.current) & POLLIN) {
			ev[n].events = EPOLLIN;
			ev[n++].data.fd = e->epoll->fd[i];
		}
	return n;
}
