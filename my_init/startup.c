#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "events.h"
#include "files.h"
#include "leftover.h"
#include "say.h"
#include "spawn.h"
#include "stamp.h"
#include "startup.h"

#define NEVER UINT64_MAX

/* runsvdir's codes for the same ends of its start hook. */
enum { FAILED = 1, TROUBLE = 111, KILLED = 137, TERMED = 143 };

enum { SAY = 1000 };

/* Those of runsvdir that end nothing. */
static bool is_nothing(int sig)
{
	return sig == SIGCHLD || sig == SIGUSR1 || sig == SIGUSR2 || sig == SIGWINCH ||
	       sig == SIGPIPE;
}

/* The first one asks, the next one cuts the patience short. */
static void obey(struct startup *s, int sig)
{
	uint64_t const now = stamp_ms();

	if (is_nothing(sig))
		return;
	if (s->signal) {
		s->due = s->due == NEVER ? NEVER : now;
		return;
	}
	s->signal = sig;
	s->code = TERMED;
	s->say = now + SAY;
	s->due = now + s->times.process;
	if (s->pid) {
		kill(s->pid, SIGTERM);
		kill(s->pid, SIGCONT);
	}
}

static void take_signals(struct startup *s)
{
	for (int sig; (sig = events_signal(s->signals, NULL)) != 0;)
		obey(s, sig);
}

bool startup_is_asked(struct startup *s)
{
	take_signals(s);
	return s->code != 0;
}

static void wait_for_events(struct startup const *s)
{
	uint64_t const ms = s->due < s->say ? s->due : s->say;
	tain deadline = tain_infinite;
	struct pollfd x = { .fd = s->signals, .events = POLLIN };

	if (ms != NEVER) {
		deadline.sec.x = ms / 1000;
		deadline.nano = (uint32_t)(ms % 1000 * 1000000);
	}
	if (events_wait(&x, 1, &deadline) < 0)
		strerr_diefusys(TROUBLE, "wait for events");
}

/* Reaps all that has ended. True: pid was among them, with *wstat, or nothing is left. */
static bool reap(pid_t pid, int *wstat)
{
	pid_t ended;
	int w;

	while ((ended = wait_nohang(&w)) > 0)
		if (ended == pid) {
			*wstat = w;
			return true;
		}
	return ended < 0;
}

static void do_what_is_due(struct startup *s)
{
	uint64_t const now = stamp_ms();

	if (now >= s->say) {
		strerr_warnw("stopping, waiting for: ", s->path);
		s->say = now + SAY;
	}
	if (now < s->due)
		return;
	s->due = NEVER;
	if (s->pid) {
		strerr_warnw("stopping, killed because the time is up: ", s->path);
		s->code = KILLED;
		kill(s->pid, SIGKILL);
	}
}

static bool started(struct startup *s, char const *path)
{
	char const *const argv[] = { path, NULL };
	stralloc what = STRALLOC_ZERO;

	if (!stralloc_cats(&what, "start ") || !stralloc_cats(&what, path) || !stralloc_0(&what))
		strerr_dief(TROUBLE, "out of memory");
	s->path = path;
	s->pid = spawn(&(struct spawn){ .path = path,
					.argv = argv,
					.hangup = true,
					.dir = -1,
					.fd = { -1, -1 },
					.mask = &s->mask,
					.what = what.s,
					.code = TROUBLE });
	stralloc_free(&what);
	if (s->pid > 0)
		return true;
	strerr_warnwusys("fork for ", path);
	s->pid = 0;
	s->code = TROUBLE;
	return false;
}

bool startup_run(struct startup *s, char const *path)
{
	int wstat = 0;

	if (startup_is_asked(s) || !started(s, path))
		return false;
	while (!reap(s->pid, &wstat)) {
		wait_for_events(s);
		take_signals(s);
		do_what_is_due(s);
	}
	s->pid = 0;
	take_signals(s); /* who has sent one before this end is not to see another start */
	if (s->code)
		return false;
	if (!wstat)
		return true;
	say_failed(true, path, wstat);
	s->code = FAILED;
	return false;
}

bool startup_run_all(struct startup *s, char const *dir, bool (*after)(void *), void *context)
{
	struct dirent **list;
	stralloc path = STRALLOC_ZERO;
	bool good = true;
	int const n = files_list(dir, &list);

	for (int i = 0; good && i < n; i++) {
		if (!stralloc_copys(&path, dir) || !stralloc_cats(&path, "/") ||
		    !stralloc_cats(&path, list[i]->d_name) || !stralloc_0(&path))
			strerr_dief(TROUBLE, "out of memory");
		if (!files_is_program(path.s))
			continue;
		say_running(s->quiet, path.s);
		good = startup_run(s, path.s) && after(context);
	}
	if (n >= 0)
		files_forget(list, n);
	stralloc_free(&path);
	return good;
}

/* Without /proc some can't be told: nobody is waited for for ever. */
static void end_leftover(struct startup *s)
{
	uint64_t last = NEVER;
	int wstat;

	s->path = "what startup files have left";
	s->due = s->say = stamp_ms();
	s->due += s->times.orphans;
	s->say += SAY;
	leftover_signal(SIGTERM);
	while (!reap(0, &wstat) && stamp_ms() < last) {
		wait_for_events(s);
		take_signals(s);
		do_what_is_due(s);
		if (s->due != NEVER)
			continue;
		/* also to whose parent has just gone: it is ours now */
		leftover_signal(SIGKILL);
		last = last == NEVER ? stamp_ms() + SAY : last;
	}
}

void startup_end(struct startup *s)
{
	char code[UINT_FMT];

	if (!s->spare_orphans)
		end_leftover(s);
	code[uint_fmt(code, (unsigned int)s->code)] = 0;
	if (s->quiet)
		return;
	if (s->signal)
		strerr_warni("ended by signal ", strsignal(s->signal), ", exit code ", code);
	else
		strerr_warni("ended by a startup file, exit code ", code);
}
