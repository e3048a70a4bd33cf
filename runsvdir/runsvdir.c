#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>

#include "budget.h"
#include "cmd.h"
#include "ending.h"
#include "essential.h"
#include "events.h"
#include "files.h"
#include "options.h"
#include "saying.h"
#include "scan.h"
#include "std.h"

#define SYSTEMD_HALT 37 /* SIGRTMIN+3 as glibc and Docker count; musl's SIGRTMIN is another */

static void set_prog(char const *dir)
{
	static char prog[512] = "runsvdir ";

	if (!dir)
		return;
	strncat(prog, dir, sizeof prog - strlen(prog) - 1);
	PROG = prog;
}

static void leave_all(struct scanner const *s)
{
	for (size_t i = 0; i < roster_len(&s->roster); i++)
		service_term(roster_at(&s->roster, i));
}

/* PIPE: whoever read its messages has gone, and the stop goes on. */
static bool is_nothing(int sig)
{
	return sig == SIGUSR1 || sig == SIGUSR2 || sig == SIGWINCH || sig == SIGPIPE;
}

/* Those that CMD gets, if there is one. */
static bool is_passed_on(int sig)
{
	return sig == SIGHUP || sig == SIGUSR1 || sig == SIGUSR2 || sig == SIGWINCH;
}

static void obey_as_init(struct scanner *s, int sig)
{
	/* also when it has ended: a terminal that is closed says so twice */
	if (s->command_argv && is_passed_on(sig)) {
		command_signal(s, sig);
		return;
	}
	if (is_nothing(sig))
		return;
	s->stop_signal = s->stop_signal ? s->stop_signal : sig;
	ending_ask(s, sig == SIGHUP ? CAUSE_HUP : CAUSE_SIGNAL, 0);
}

/* Without init TERM leaves every runsv alive, and HUP ends them: contract §3. As init, every signal
 * that was asked for asks for the ordered stop. */
static int obey(struct scanner *s, int sig)
{
	if (sig == SIGCHLD)
		return -1;
	if (s->init) {
		obey_as_init(s, sig);
		return -1;
	}
	if (sig == SIGHUP)
		leave_all(s);
	return sig == SIGHUP ? 111 : 0;
}

/* What a runsv has told by it: its pipe is there, its service is essential, has ended, or is down
 * in a stop. */
static void reported(struct scanner *s, pid_t sender)
{
	struct entry *const e = sender > 0 && s->init ? roster_of_pid(&s->roster, sender) : NULL;

	pipe_reported(s, sender);
	if (e && s->stopping)
		ending_look(s, e);
	else if (e)
		essential_note(s, e);
}

/* A service has ended, and that may be the end of all: it is essential, or one too many. */
static void look_at_ends(struct scanner *s)
{
	enum stop_cause cause = CAUSE_ESSENTIAL;
	int code;
	struct entry const *e = essential_over(s, &code);

	if (!e) {
		cause = CAUSE_BUDGET;
		code = STOP_TROUBLE;
		e = budget_spent(s);
	}
	if (!e)
		return;
	strncpy(s->ended_by, roster_name(&s->roster, e), sizeof s->ended_by - 1);
	ending_ask(s, cause, code);
}

static void reap(struct scanner *s)
{
	enum { MOST = 4000 }; /* they may end as fast as they are reaped, and deadlines wait */
	bool orphans = false;
	int wstat, n = 0;

	for (pid_t pid; n < MOST && (pid = wait_nohang(&wstat)) > 0; n++)
		if (!service_reaped(s, pid, wstat) && s->init)
			orphans = !ending_reaped(s, pid, wstat) || orphans;
	if (n == MOST)
		kill(getpid(), SIGCHLD); /* the rest in the next turn */
	if (orphans)
		ending_orphans(s);
	command_resume(s);
}

static int handle_signals(struct scanner *s)
{
	pid_t sender;

	for (int sig, code; (sig = events_signal(s->signals, &sender)) != 0;) {
		/* one that a process has sent is runsv's word that its pipe is there */
		if (sig == SIGCHLD)
			reported(s, sender);
		if ((code = obey(s, sig)) >= 0)
			return code;
	}
	reap(s);
	if (s->init && !s->stopping)
		look_at_ends(s);
	return -1;
}

/* Not before the services' time, nor after it. */
static bool serves(struct scanner const *s)
{
	return s->stop.phase != STOP_START && s->stop.phase < STOP_LEFT;
}

static void deadline_of(struct scanner const *s, tain *deadline)
{
	uint64_t const scan = serves(s) ? scan_deadline(s) : UINT64_MAX;
	uint64_t const stop = stop_deadline(&s->stop);
	uint64_t ms = s->title.dot < scan ? s->title.dot : scan;

	ms = stop < ms ? stop : ms;
	*deadline = tain_infinite;
	if (ms == UINT64_MAX)
		return;
	deadline->sec.x = ms / 1000;
	deadline->nano = (uint32_t)(ms % 1000 * 1000000);
}

static void start_command(struct scanner *s)
{
	int code;

	if (!s->command_argv || s->commanded || s->stopping)
		return;
	s->commanded = true;
	if (!command_start(s, &code))
		ending_command(s, code);
}

/* One turn's doing; the exit code when it is over. */
static int settle(struct scanner *s)
{
	proctitle_tick(&s->title, stamp_ms());
	if (serves(s)) {
		scan_settle(s);
		start_command(s);
	}
	return s->init ? ending_step(s) : -1;
}

static int loop(struct scanner *s)
{
	for (;;) {
		tain deadline;
		int code;

		if ((code = settle(s)) >= 0)
			return code;
		deadline_of(s, &deadline);
		struct pollfd x[] = { { .fd = s->signals, .events = POLLIN },
				      { .fd = s->stopping ? -1 : s->watch.fd, .events = POLLIN },
				      { .fd = s->ends, .events = POLLIN },
				      { .fd = s->title.read, .events = POLLIN },
				      { .fd = s->stopping ? -1 : s->watch.mounts,
					.events = POLLPRI } };
		if (events_wait(x, sizeof x / sizeof *x, &deadline) < 0)
			strerr_diefusys(100, "wait for events");
		if (x[0].revents && (code = handle_signals(s)) >= 0)
			return code;
		if (x[1].revents && !s->stopping)
			scan_events(s);
		if (x[2].revents)
			service_ends(s);
		if (x[3].revents)
			proctitle_read(&s->title);
		if (x[4].revents && !s->stopping) /* the way may lead elsewhere now */
			scan_resolve(s);
	}
}

static void watch_signals(struct scanner *s)
{
	static int const caught[] = { SIGCHLD, SIGTERM, SIGHUP, 0 };
	static int const by_init[] = { SIGCHLD, SIGTERM, SIGHUP,   SIGINT,  SIGQUIT,      SIGPWR,
				       SIGUSR1, SIGUSR2, SIGWINCH, SIGPIPE, SYSTEMD_HALT, 0 };

	s->signals = events_signals(&s->mask, s->init ? by_init : caught);
	sigaddset(&s->mask, SIGTERM);
	if (s->signals < 0 || getrlimit(RLIMIT_NOFILE, &s->nofile) < 0)
		strerr_diefusys(100, "watch signals");
	files_raise(&s->nofile);
	/* what loses its parent is ours to reap */
	if (s->init)
		prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

int main(int argc, char **argv)
{
	struct scanner s = { .dir = -1,
			     .ends = -1,
			     .null = -1,
			     .look = UINT64_MAX,
			     .timeout = UINT64_MAX,
			     .holds = GENALLOC_ZERO };

	(void)argc;
	PROG = "runsvdir";
	s.init = getpid() == 1;
	stamp_now(&s.began);
	stop_init(&s.stop, STOP_TIMEOUT, false);
	argv = options_read(&s, argv);
	s.path = argv[1];
	set_prog(s.path);
	std_reserve();
	s.stop.has_command = s.stop.command_lives = s.command_argv != NULL;
	watch_signals(&s);
	proctitle_init(&s.title, s.path ? argv[2] : NULL, stamp_ms());
	watch_init(&s.watch);
	s.part = files_above();
	scan_resolve(&s);
	if (s.init)
		ending_hook(&s);
	int const code = loop(&s);
	if (s.init && !s.quiet)
		say_end(&s);
	return code;
}
