#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "essential.h"
#include "living.h"
#include "place.h"
#include "pidfd.h"
#include "scan.h"
#include "spawn.h"

/* The wait status of a runsv in a tree that ends, whose service had to be killed: runsv.c. */
enum { SERVICE_KILLED = 137 << 8 };

int service_part(struct scanner const *s)
{
	enum { FEW = 32 };

	/* copying the descriptors of a few services costs nothing, and valgrind knows no other way
	 */
	return roster_len(&s->roster) > FEW ? s->part : 0;
}

/* TERM stays blocked until runsv has taken it over: one that comes in between is not lost, and
 * kills none that would stop its service otherwise. */
static pid_t start_runsv(struct scanner *s, struct place at)
{
	char const *const argv[] = { "runsv", at.name, NULL };
	char what[300] = "start runsv ";
	struct spawn const child = { .path = "runsv",
				     .argv = argv,
				     .search = true,
				     .session = s->session,
				     .hangup = true,
				     .dir = at.dir,
				     .fd = { s->null, -1 },
				     .err = s->title.read < 0 ? 0 : s->title.write,
				     .part = service_part(s),
				     .mask = &s->mask,
				     .nofile = &s->nofile,
				     .what = what,
				     .code = 100 };

	strncat(what, at.name, sizeof what - strlen(what) - 1);
	return spawn(&child);
}

static void take_up(struct scanner *s, struct entry *e, pid_t pid, int pidfd)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = pidfd };

	if (s->init)
		essential_note(s, e);
	if (s->ends < 0)
		s->ends = epoll_create1(EPOLL_CLOEXEC);
	if (s->ends < 0 || epoll_ctl(s->ends, EPOLL_CTL_ADD, pidfd, &ev) < 0) {
		strerr_warnwusys("watch the runsv of ", roster_name(&s->roster, e));
		fd_close(pidfd);
		roster_failed(e, stamp_ms());
		return;
	}
	roster_started(e, pid, pidfd, stamp_ms());
}

/* TAKEN: it is another entry's, whose supervise/ this one shares, or whose place it has now. */
static enum living find(struct scanner const *s, struct entry const *e, pid_t *pid, int *pidfd)
{
	struct place const at = place_of(s, e);
	enum living const found = living_runsv(at, e, pid, pidfd);

	if (found != LIVING_FOUND || !roster_of_pid(&s->roster, *pid))
		return found;
	fd_close(*pidfd);
	return LIVING_TAKEN;
}

/* What has its name in the scan directory now. */
static struct place by_name(struct scanner const *s, struct entry const *e)
{
	char const *const name = roster_name(&s->roster, e);

	return (struct place){ s->dir, name, name };
}

static void start(struct scanner *s, struct entry *e, struct place at)
{
	if (s->init)
		essential_note(s, e);
	pid_t const pid = start_runsv(s, at);

	if (pid >= 0) {
		roster_started(e, pid, -1, stamp_ms());
		return;
	}
	strerr_warnwusys("fork for ", roster_name(&s->roster, e));
	roster_failed(e, stamp_ms());
}

void service_start(struct scanner *s, struct entry *e)
{
	pid_t pid;
	int pidfd = -1;

	switch (find(s, e, &pid, &pidfd)) {
	case LIVING_FOUND:
		take_up(s, e, pid, pidfd);
		return;
	case LIVING_HIDDEN:
		if (!e->failures)
			strerr_warnwusys("find the runsv that supervises ",
					 roster_name(&s->roster, e));
		roster_failed(e, stamp_ms());
		return;
	case LIVING_TAKEN:
		roster_failed(e, stamp_ms());
		return;
	case LIVING_NONE:
		start(s, e, by_name(s, e));
		return;
	}
}

void service_leave(struct scanner const *s, struct entry *e)
{
	e->quick = 0; /* of its life before */
	if (e->state == ROSTER_HELD)
		return;
	/* what was short of descriptors has no directory yet */
	if (e->dir < 0)
		place_hold(s, e);
	place_hold_of(e->pid, e);
	if (!s->stopping)
		service_term(e);
	/* one that is just starting may lose the lock, or have lost it, to one that an earlier
	 * runsvdir had just started */
	if (e->dir < 0)
		place_hold_of(living_in(by_name(s, e), e), e);
	if (!e->pid && e->dir < 0)
		pipe_release(e);
}

static void forget(struct scanner *s, struct entry *e)
{
	if (s->stopping)
		stop_gone(e, &s->order);
	pipe_release(e);
	place_release(e);
	roster_leave(&s->roster, e);
}

static bool is_recorded(struct scanner const *s, struct entry const *e)
{
	int const fd = files_state(place_of(s, e), "/record", O_PATH);

	if (fd >= 0)
		fd_close(fd);
	return fd >= 0;
}

void service_stop(struct scanner *s, struct entry *e)
{
	int pidfd = -1;
	pid_t pid;
	enum living const found = find(s, e, &pid, &pidfd);

	/* an orderly end has removed its record: nothing was left */
	if (found == LIVING_TAKEN || (found != LIVING_FOUND && !is_recorded(s, e))) {
		forget(s, e);
		return;
	}
	/* it may have lost the lock to one that an earlier runsvdir had just started */
	if (found == LIVING_FOUND)
		take_up(s, e, pid, pidfd);
	else
		start(s, e, place_of(s, e));
	if (e->state != ROSTER_RUNNING)
		return; /* again later */
	roster_leave(&s->roster, e);
	if (!s->stopping)
		service_term(e);
}

void service_term(struct entry const *e)
{
	if (e->pidfd >= 0)
		pidfd_signal(e->pidfd, SIGTERM);
	else if (e->pid > 0)
		kill(e->pid, SIGTERM);
}

/* One that could not have its lock leaves at once: whoever has it is ours to watch from now on. */
static void find_other(struct scanner *s, struct entry *e)
{
	int pidfd = -1;
	pid_t pid;

	/* without its directory its name must do, if it still leads there */
	if (e->state == ROSTER_DUE && (e->dir >= 0 || place_hold(s, e)) &&
	    find(s, e, &pid, &pidfd) == LIVING_FOUND)
		take_up(s, e, pid, pidfd);
}

static void ended(struct scanner *s, struct entry *e, int wstat)
{
	if (s->stopping && wstat == SERVICE_KILLED) {
		if (e->told < LEVEL_KILL)
			strerr_warnw("stopping, killed since its timeout-kill was up: ",
				     roster_name(&s->roster, e));
		s->killed = true;
		wstat = 0;
	}
	if (wstat == 0) /* an orderly end: a writer that is left is to learn that nobody reads */
		pipe_release(e);
	if (e->pidfd >= 0) /* also of a child: what loses its parent may have become ours */
		fd_close(e->pidfd);
	struct entry old = *e;
	if (roster_ended(&s->roster, e, wstat, stamp_ms())) {
		find_other(s, e);
		return;
	}
	if (s->stopping)
		stop_gone(&old, &s->order);
	pipe_release(&old);
	place_release(&old);
}

bool service_reaped(struct scanner *s, pid_t pid, int wstat)
{
	struct entry *const e = roster_of_pid(&s->roster, pid);

	if (e)
		ended(s, e, wstat);
	return e != NULL;
}

/* What is left after one turn is an event again. */
void service_ends(struct scanner *s)
{
	struct epoll_event ev[16];
	int const n = s->ends < 0 ? 0 : epoll_wait(s->ends, ev, sizeof ev / sizeof *ev, 0);

	for (int i = 0; i < n; i++) {
		int const fd = ev[i].data.fd;
		struct entry *const e = roster_of_pidfd(&s->roster, fd);
		if (e)
			ended(s, e, pidfd_wstat(fd));
		else if (epoll_ctl(s->ends, EPOLL_CTL_DEL, fd, NULL) == 0)
			fd_close(fd); /* nobody's, or it would be told of for ever */
	}
}
