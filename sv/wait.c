#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "goal.h"
#include "stamp.h"
#include "wait.h"
#include "watch.h"

#define MS INT64_C(1000000)
#define CHECKS_AT_ONCE 32

/* Grow by doubling up to the reference's interval. */
enum { DELAY_UNREAD = 1, DELAY_CHECK = 20, DELAY_MOST = 420 };

struct wanted {
	struct service service;
	struct status now;
	struct status checked; /* what the check was run for */
	enum check check;
	pid_t pid;     /* of the check that runs; 0: none */
	int64_t retry; /* when to look without an event; 0: never */
	int delay;     /* ms until the retry after that */
	bool open;     /* still waited for */
	bool look;     /* something has happened */
	bool watched;
	bool settled; /* no matter when runsv reads our letters */
	bool warned;
	bool gone; /* the reader of ok has gone */
};

struct waiting {
	struct command const *command;
	struct wanted *all;
	size_t count, open;
	struct watch watch;
	struct check_setup setup;
	int checks;
	int *owner; /* descriptor -> index of the service that it belongs to, -1: none */
	int owners;
	int64_t deadline;
	struct out *out;
};

static void drop(struct waiting *w, struct wanted *x)
{
	if (x->pid)
		check_kill(x->pid);
	ask_leave(&x->service);
	x->open = false;
	w->open--;
}

static void line(struct waiting *w, struct wanted *x, char const *prefix)
{
	tain now;

	stamp_now(&now);
	ask_print(&x->service, prefix, x->service.name, &x->now, &now, w->out);
	out_put(w->out, "\n");
}

/* Whether the runsv that was asked is gone. For a command that wants something else of it, one that
 * took its place at once will do: the letters lie in the same FIFO. */
static bool is_gone(struct waiting *w, struct wanted *x)
{
	struct service *const s = &x->service;
	struct pollfd p = { .fd = s->ok };

	if (!x->gone && poll(&p, 1, 0) <= 0)
		return false;
	if (w->command->goal & GOAL_GONE)
		return true;
	int const fd = openat(s->supervise, "ok", O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return true;
	dup3(fd, s->ok, O_CLOEXEC);
	close(fd);
	watch_reader(s->ok);
	x->gone = false;
	return poll(&p, 1, 0) > 0;
}

static bool same(struct status const *a, struct status const *b)
{
	return a->pid == b->pid && a->state == b->state && a->since.sec.x == b->since.sec.x &&
	       a->since.nano == b->since.nano;
}

static void run_check(struct waiting *w, struct wanted *x)
{
	if (w->checks == CHECKS_AT_ONCE)
		return;
	if (!same(&x->now, &x->checked))
		x->delay = DELAY_CHECK;
	x->checked = x->now;
	x->check = check_start(&w->setup, x->service.dir, x->service.name, !x->warned, &x->pid,
			       w->out);
	if (x->check == CHECK_RUNS)
		w->checks++;
	else
		x->warned = true;
}

/* When to look again if nothing happens: letters are read, and a check changes its mind, without
 * an event. */
static void retry_later(struct wanted *x, bool unread, int64_t now)
{
	int const first = unread ? DELAY_UNREAD : DELAY_CHECK;

	if (x->retry > now || !(unread || x->check == CHECK_BAD || !x->watched))
		return;
	if (x->delay < first)
		x->delay = first;
	x->retry = now + x->delay * MS;
	x->delay = x->delay * 2 < DELAY_MOST ? x->delay * 2 : DELAY_MOST;
}

/* The verdict on one service; runs its check if all depends on that. */
static enum verdict judge(struct waiting *w, struct wanted *x, struct facts *f)
{
	enum verdict v;

	f->check = x->check;
	v = goal_reached(w->command->goal, f);
	if (v != VERDICT_CHECK)
		return v;
	run_check(w, x);
	f->check = x->check;
	return goal_reached(w->command->goal, f);
}

static void conclude(struct waiting *w, struct wanted *x, enum verdict v, bool gone)
{
	if (gone && v == VERDICT_DONE)
		out_ok(w->out, x->service.name, "runsv not running");
	else if (gone)
		out_fail(w->out, x->service.name, "", "runsv not running", 0);
	else if (v == VERDICT_DONE)
		line(w, x, "ok: ");
	else {
		line(w, x, w->command->kill ? "kill: " : "timeout: ");
		w->out->troubles++;
		if (w->command->kill)
			ask_send(&x->service, "k", w->out);
	}
	drop(w, x);
}

static void look_at(struct waiting *w, struct wanted *x, bool late, int64_t now)
{
	struct service *const s = &x->service;
	struct facts f = { .before = s->before, .sent = s->sent, .late = late };
	bool const due = x->retry && now >= x->retry;

	x->look = false;
	if (due)
		x->retry = 0;
	f.gone = is_gone(w, x);
	f.unread = !x->settled && ask_unread(s);
	if (!f.gone && (!f.unread || late) && !ask_status(s, &x->now, w->out)) {
		drop(w, x);
		return;
	}
	f.now = x->now;
	/* a result is good for the process that it was about, and a bad one until the next try */
	if (x->check != CHECK_RUNS &&
	    (!same(&x->now, &x->checked) || (x->check == CHECK_BAD && due)))
		x->check = CHECK_UNKNOWN;
	enum verdict const v = judge(w, x, &f);
	if (v == VERDICT_WAIT || v == VERDICT_CHECK)
		retry_later(x, f.unread, now);
	else
		conclude(w, x, v, f.gone);
}

/* Looks at those that something has happened to, in the order given, and at all that are left when
 * the time is up. Returns when the next must be looked at without an event. */
static int64_t look_round(struct waiting *w)
{
	int64_t const now = watch_clock();
	int64_t next = w->deadline;

	for (size_t i = 0; i < w->count; i++) {
		struct wanted *const x = &w->all[i];
		bool const late = now >= w->deadline;
		if (!x->open)
			continue;
		if (x->look || late || (x->retry && now >= x->retry))
			look_at(w, x, late, now);
		if (x->open && x->retry && x->retry < next)
			next = x->retry;
	}
	return next;
}

static void reap(struct waiting *w)
{
	bool const full = w->checks == CHECKS_AT_ONCE;
	int wstat;

	for (pid_t pid; (pid = waitpid(-1, &wstat, WNOHANG)) > 0;)
		for (size_t i = 0; i < w->count; i++) {
			struct wanted *const x = &w->all[i];
			if (x->pid != pid) {
				/* a place is free for one that had to queue for its check */
				x->look |= full && x->check == CHECK_UNKNOWN;
				continue;
			}
			x->pid = 0;
			x->check = check_result(wstat);
			x->retry = 0;
			x->look = true;
			w->checks--;
		}
}

/* Kills what checks are left and reaps them, which a process 1 in a container might not do. */
static void end_checks(struct waiting *w)
{
	int64_t const patience = watch_clock() + 100 * MS;
	struct watch_event events[WATCH_EVENTS];

	if (!w->checks)
		return;
	for (size_t i = 0; i < w->count; i++)
		if (w->all[i].pid)
			check_kill(w->all[i].pid);
	for (reap(w); w->checks && watch_clock() < patience; reap(w)) {
		watch_wait(&w->watch, patience);
		watch_read(&w->watch, events);
	}
}

static void end_by(struct waiting *w, int sig)
{
	end_checks(w);
	out_flush(w->out);
	watch_obey(sig);
}

static void take_descriptor(struct waiting *w, int fd)
{
	int const i = fd < w->owners ? w->owner[fd] : -1;

	if (i < 0 || !w->all[i].open)
		return;
	w->all[i].look = true;
	if (fd == w->all[i].service.ok)
		w->all[i].gone = true;
}

static void take_events(struct waiting *w)
{
	struct watch_event events[WATCH_EVENTS];
	int n;

	do {
		n = watch_read(&w->watch, events);
		for (int i = 0; i < n; i++)
			switch (events[i].news) {
			case NEWS_FD:
				take_descriptor(w, events[i].value);
				break;
			case NEWS_ALL:
				for (size_t k = 0; k < w->count; k++)
					w->all[k].look = true;
				break;
			case NEWS_CHILD:
				reap(w);
				break;
			case NEWS_END:
				end_by(w, events[i].value);
				break;
			}
	} while (n == WATCH_EVENTS);
}

/* Each descriptor tells its events by its number. */
static bool index_descriptors(struct waiting *w)
{
	for (size_t i = 0; i < w->count; i++) {
		struct service const *const s = &w->all[i].service;
		int const top = s->ok > s->supervise ? s->ok : s->supervise;
		if (w->all[i].open && top >= w->owners)
			w->owners = top + 1;
	}
	w->owner = malloc((size_t)w->owners * sizeof *w->owner + 1);
	if (!w->owner)
		return false;
	memset(w->owner, 0xff, (size_t)w->owners * sizeof *w->owner);
	for (size_t i = 0; i < w->count; i++)
		if (w->all[i].open) {
			w->owner[w->all[i].service.ok] = (int)i;
			w->owner[w->all[i].service.supervise] = (int)i;
		}
	return true;
}

/* A goal that was reached before, with nobody's letters under way, is reached: no matter when runsv
 * reads ours, which may be called from a script that it waits for. */
static bool was_reached(struct waiting *w, struct wanted *x)
{
	struct service const *const s = &x->service;
	struct facts const f = {
		.before = s->before, .now = s->before, .sent = s->sent, .check = CHECK_GOOD
	};

	return !w->command->goal ||
	       (s->quiet && goal_reached(w->command->goal, &f) == VERDICT_DONE);
}

/* The watch is set up before the letters are sent, so that nothing that they do can be missed. */
static void send(struct waiting *w, struct wanted *x, char const *name, struct svdir *v)
{
	struct service *const s = &x->service;
	char const *const letters = w->command->letters;

	if (!ask_enter(s, name, v, w->out))
		return;
	ask_supervise(s);
	if (s->supervise >= 0)
		x->watched = watch_directory(&w->watch, s->supervise);
	if (ask_alive(s, letters[0] == 'x', w->out) == ANSWER_YES) {
		watch_reader(s->ok);
		if (ask_send(s, letters, w->out) == ANSWER_YES) {
			x->settled = was_reached(w, x);
			x->now = s->before;
			x->open = x->look = true;
			w->open++;
			return;
		}
	}
	ask_leave(s);
}

/* Each service holds up to four descriptors. Check scripts keep the limit that we were given. */
static void raise_limit(struct waiting *w)
{
	struct rlimit r;

	getrlimit(RLIMIT_NOFILE, &r);
	w->setup.nofile = r;
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
}

int64_t wait_end(unsigned long seconds)
{
	return watch_clock() + (seconds ? (int64_t)seconds * 1000 : WAIT_LEAST) * MS;
}

bool wait_for(struct command const *c, char const *const *names, size_t count,
	      unsigned long seconds, struct svdir *v, struct out *o)
{
	struct waiting w = { .command = c, .count = count, .setup = { .null = -1 }, .out = o };

	w.deadline = wait_end(seconds);
	w.all = calloc(count, sizeof *w.all);
	if (!w.all || !watch_init(&w.watch))
		return false;
	w.setup.mask = w.watch.inherited;
	raise_limit(&w);
	for (size_t i = 0; i < count; i++)
		send(&w, &w.all[i], names[i], v);
	if (!index_descriptors(&w))
		return false;
	while (w.open) {
		int64_t const next = look_round(&w);
		if (!w.open)
			break;
		out_flush(o);
		watch_wait(&w.watch, next);
		take_events(&w);
	}
	end_checks(&w);
	free(w.owner);
	free(w.all);
	return true;
}
