#include <sys/wait.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>

#include "events.h"
#include "old.h"
#include "process.h"
#include "stamp.h"
#include "svlogd.h"

/* How long TERM waits for processors, seconds; and the pause after which one that fails at the end
 * is not tried again. */
#define LAST 5
#define LAST_PAUSE 2

/* What a child must not keep open: who writes to us would wait for it, and the next svlogd would
 * find the directories locked. Its own directory it needs. */
static void let_go(struct svlogd *s, struct logdir const *own)
{
	close(0);
	close(1);
	close(s->signals);
	s->signals = -1;
	s->hurries = true; /* who has the lock must not wait for a reader of messages */
	if (s->udp >= 0)
		close(s->udp);
	if (s->store.fd >= 0)
		close(s->store.fd);
	for (unsigned int i = 0; i < s->ndirs; i++) {
		struct logdir const *const d = &s->dirs[i];
		if (d->dir >= 0 && d != own)
			close(d->dir);
		if (d->lock >= 0)
			close(d->lock);
		if (d->fd >= 0)
			close(d->fd);
	}
}

static pid_t start(struct svlogd *s, struct logdir const *d)
{
	struct process p = {
		.dir = d->dir,
		.name = d->name,
		.command = d->config.processor,
		.verbose = s->verbose,
		.parent = getpid(),
		.mask = &s->mask,
		.pipe = s->pipe,
		.xfsz = s->xfsz,
	};
	pid_t const pid = fork();

	if (!pid) {
		let_go(s, d);
		process(&p);
	}
	if (pid < 0)
		strerr_warnwusys("fork for processor: ", d->name);
	return pid;
}

static void ended(struct logdir *d, bool failed)
{
	queue_ended(&d->queue, failed);
	stamp_ahead(&d->again, d->queue.pause);
}

/* A rotation deletes before the file that it has made is processed: so there may be one more. */
static void shrink(struct logdir const *d)
{
	struct config c = d->config;

	c.keep += c.keep > 0;
	old_shrink(d->dir, d->name, &c, d->verbose);
}

static void reaped(struct logdir *d, bool failed, bool ending)
{
	ended(d, failed);
	if (failed)
		strerr_warnw(ending && d->queue.pause > LAST_PAUSE
				     ? "processor failed, kept for the next start: "
				     : "processor failed, restart: ",
			     d->name);
	else if (logdir_is_open(d))
		shrink(d);
}

/* One whose directory was replaced meanwhile is nobody's any more. */
static void reap(struct svlogd *s, bool ending)
{
	int status;

	if (!s->child)
		return;
	s->child = false;
	for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
		for (unsigned int i = 0; i < s->ndirs; i++)
			if (s->dirs[i].queue.pid == pid)
				reaped(&s->dirs[i], !WIFEXITED(status) || WEXITSTATUS(status),
				       ending);
}

/* Starts what is due, if it may be started. */
static void begin(struct svlogd *s, struct logdir *d)
{
	struct rotate_old old;

	if (!logdir_is_open(d) || !d->config.processor_len ||
	    !queue_wants(&d->queue, stamp_past(&d->again)))
		return;
	if (!old_see(&old, d->dir, false) && !*old.waits) {
		queue_empty(&d->queue);
		return;
	}
	pid_t const pid = start(s, d);
	if (pid > 0)
		queue_started(&d->queue, pid);
	else
		ended(d, true);
}

void queues_serve(struct svlogd *s)
{
	reap(s, false);
	for (unsigned int i = 0; i < s->ndirs; i++)
		begin(s, &s->dirs[i]);
}

/* Whether there may be something to process, by one that has not failed too often. */
static bool wants(struct logdir const *d, unsigned int most)
{
	return logdir_is_open(d) && d->config.processor_len && queue_wants(&d->queue, true) &&
	       d->queue.pause <= most;
}

static tain due_of(struct svlogd const *s, unsigned int most)
{
	tain due = s->child ? (tain)TAIN_ZERO : tain_infinite;

	for (unsigned int i = 0; i < s->ndirs; i++)
		if (wants(&s->dirs[i], most) && tain_less(&s->dirs[i].again, &due))
			due = s->dirs[i].again;
	return due;
}

tain queues_due(struct svlogd const *s)
{
	return due_of(s, QUEUE_PAUSE_MAX);
}

/* Whether one works, or will once more. */
static bool any_works(struct svlogd *s)
{
	bool any = false;

	reap(s, true);
	for (unsigned int i = 0; i < s->ndirs; i++) {
		struct logdir *const d = &s->dirs[i];
		if (d->queue.pause <= LAST_PAUSE)
			begin(s, d);
		any = any || d->queue.pid || wants(d, LAST_PAUSE);
	}
	return any;
}

void queues_end(struct svlogd *s)
{
	struct pollfd x = { .fd = s->signals, .events = POLLIN };
	tain end = tain_infinite;
	bool hurries = false;

	while (any_works(s) && !(hurries && stamp_past(&end))) {
		if (s->term && !hurries) {
			hurries = true;
			stamp_ahead(&end, LAST);
		}
		tain const next = due_of(s, LAST_PAUSE);
		tain const due = tain_less(&next, &end) ? next : end;
		if (events_wait(&x, 1, &due) > 0)
			signals_read(s);
	}
}
