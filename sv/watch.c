#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include <skalibs/uint32.h>

#include "watch.h"

bool watch_init(struct watch *w)
{
	int const taken[] = { SIGRTMIN, SIGIO, SIGCHLD };
	int const ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction act;
	sigset_t set;

	w->inotify = -1;
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
		signal(taken[i], SIG_DFL);
		sigaddset(&set, taken[i]);
	}
	/* a signal that is blocked is queued although it is ignored */
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (!sigaction(ends[i], NULL, &act) && act.sa_handler != SIG_IGN)
			sigaddset(&set, ends[i]);
	w->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	/* blocked but not read: a write to a runsv that has just ended is a warning, not our end */
	sigaddset(&set, SIGPIPE);
	return w->signals >= 0 && !sigprocmask(SIG_BLOCK, &set, &w->inherited);
}

/* Makes a descriptor, which does not block, say so by a signal when something can be done with it.
 */
static void drive(int fd)
{
	fcntl(fd, F_SETSIG, SIGRTMIN);
	fcntl(fd, F_SETOWN, getpid());
	fcntl(fd, F_SETFL, O_NONBLOCK | O_ASYNC);
}

/* Closing an inotify descriptor waits for the kernel (milliseconds), so it is the second choice. */
static bool watch_inotify(struct watch *w, int fd)
{
	char path[sizeof "/proc/self/fd/" + UINT32_FMT] = "/proc/self/fd/";

	if (w->inotify < 0) {
		w->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
		if (w->inotify < 0)
			return false;
		drive(w->inotify);
	}
	path[14 + uint32_fmt(path + 14, (uint32_t)fd)] = 0;
	return inotify_add_watch(w->inotify, path, IN_CREATE | IN_MOVED_TO | IN_MODIFY) >= 0;
}

bool watch_directory(struct watch *w, int fd)
{
	if (!fcntl(fd, F_SETSIG, SIGRTMIN) &&
	    !fcntl(fd, F_NOTIFY, DN_RENAME | DN_CREATE | DN_MODIFY | DN_MULTISHOT))
		return true;
	return watch_inotify(w, fd);
}

void watch_reader(int fd)
{
	drive(fd);
}

void watch_wait(struct watch const *w, int64_t deadline)
{
	struct pollfd p = { .fd = w->signals, .events = POLLIN };
	int64_t const left = deadline < 0 ? 0 : deadline - watch_clock();
	struct timespec t = { .tv_sec = 0 };

	if (left > 0) {
		t.tv_sec = (time_t)(left / 1000000000);
		t.tv_nsec = (long)(left % 1000000000);
	}
	ppoll(&p, 1, deadline < 0 ? NULL : &t, NULL);
}

static struct watch_event event_of(struct watch *w, struct signalfd_siginfo const *s)
{
	int const sig = (int)s->ssi_signo;

	if (sig == SIGCHLD)
		return (struct watch_event){ NEWS_CHILD, 0 };
	if (sig == SIGIO)
		return (struct watch_event){ NEWS_ALL, 0 };
	if (sig != SIGRTMIN)
		return (struct watch_event){ NEWS_END, sig };
	if (s->ssi_fd != w->inotify || w->inotify < 0)
		return (struct watch_event){ NEWS_FD, s->ssi_fd };
	char unread[4096];
	while (read(w->inotify, unread, sizeof unread) > 0)
		;
	return (struct watch_event){ NEWS_ALL, 0 };
}

int watch_read(struct watch *w, struct watch_event events[WATCH_EVENTS])
{
	struct signalfd_siginfo info[WATCH_EVENTS];
	ssize_t const n = read(w->signals, info, sizeof info);
	int count = 0;

	for (ssize_t i = 0; i < n / (ssize_t)sizeof *info; i++)
		events[count++] = event_of(w, &info[i]);
	return count;
}

void watch_obey(int sig)
{
	sigset_t set;

	signal(sig, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, sig);
	raise(sig);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

int64_t watch_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}
