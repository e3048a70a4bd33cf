#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/inotify.h>

#include "kernel.h"

static void queue(struct file *f, int wd, uint32_t mask, char const *name)
{
	struct told *const q = f->inotify->queue;
	int const n = f->inotify->queued;

	if (n > 0 && q[n - 1].wd == wd && q[n - 1].mask == mask && !strcmp(q[n - 1].name, name))
		return;
	if (n == QUEUE || (n && q[n - 1].mask & IN_Q_OVERFLOW))
		return;
	q[n] = (struct told){ .wd = wd, .mask = mask };
	if (n == QUEUE - 1) {
		if (w.mutant == MUTANT_OVERFLOW)
			return;
		q[n] = (struct told){ .wd = -1, .mask = IN_Q_OVERFLOW };
		tell("inotify overflows");
	} else {
		strncpy(q[n].name, name, NAME - 1);
	}
	f->inotify->queued++;
}

static uint32_t as_dnotify(uint32_t mask)
{
	return (mask & (IN_CREATE | IN_MOVED_TO) ? DN_CREATE : 0) |
	       (mask & (IN_MOVED_FROM | IN_MOVED_TO) ? DN_RENAME : 0) |
	       (mask & IN_DELETE ? DN_DELETE : 0) | (mask & IN_MODIFY ? DN_MODIFY : 0);
}

/* In the directory, to who watches it; of: to who watches that, too. */
void notify(struct inode *dir, uint32_t mask, char const *name, struct inode *of)
{
	for (struct file *f = w.listeners; f; f = f->next) {
		if (f->inode == dir && f->dnotify & as_dnotify(mask))
			process_signal(f->process, f->told_signal,
				       (struct signal_info){ .fd = f->told_fd });
		for (int i = 0; f->inotify && i < f->inotify->watch_count; i++) {
			struct watched const *const x = &f->inotify->watches[i];
			if (x->inode == dir && x->mask & mask)
				queue(f, x->wd, mask & (x->mask | IN_ISDIR), name);
			else if (of && x->inode == of && mask & IN_MOVED_TO &&
				 x->mask & IN_MOVE_SELF)
				queue(f, x->wd, IN_MOVE_SELF, "");
		}
	}
}

ssize_t inotify_take(struct file *f, char *to, size_t n)
{
	size_t done = 0;
	int taken = 0;

	for (; taken < f->inotify->queued; taken++) {
		struct told const *const t = &f->inotify->queue[taken];
		struct inotify_event const e = { .wd = t->wd,
						 .mask = t->mask,
						 .len = t->name[0] ? NAME : 0 };
		if (done + sizeof e + e.len > n)
			break;
		memcpy(to + done, &e, sizeof e);
		memcpy(to + done + sizeof e, t->name, e.len);
		done += sizeof e + e.len;
	}
	f->inotify->queued -= taken;
	memmove(f->inotify->queue, f->inotify->queue + taken,
		(size_t)f->inotify->queued * sizeof *f->inotify->queue);
	return taken ? (ssize_t)done : (errno = EAGAIN, -1);
}

void notify_async(struct inode *fifo)
{
	for (struct file *f = w.listeners; f; f = f->next)
		if (f->inode == fifo && f->async)
			process_signal(f->process, f->told_signal,
				       (struct signal_info){ .fd = f->told_fd });
}

void notify_closed(struct file *f)
{
	for (struct file **at = &w.listeners; *at; at = &(*at)->next)
		if (*at == f) {
			*at = f->next;
			return;
		}
}
