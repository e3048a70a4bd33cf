#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "cmd.h"
#include "ending.h"
#include "files.h"
#include "orphans.h"
#include "place.h"
#include "saying.h"
#include "setting.h"
#include "stamp.h"
#include "status.h"
#include "value.h"

static void run(struct scanner *s, struct stop_event e);

/* What its runsv shows. Finish is also where it is still owed, or what run has left behind is being
 * ended. One that can't be read may be that of a service that runs; where there is none, nothing
 * has ever run. */
static void read_status(struct scanner const *s, struct entry const *e, struct status *shown)
{
	char bytes[STATUS_SIZE];
	struct place const at = place_of(s, e);
	int const fd = files_state(at, "/status", O_RDONLY);

	*shown = (struct status){ .state = STATUS_RUN, .want = 'u' };
	if (fd < 0) {
		if (errno == ENOENT)
			shown->state = STATUS_DOWN;
		return;
	}
	if (read(fd, bytes, sizeof bytes) == (ssize_t)sizeof bytes)
		status_unpack(shown, bytes);
	fd_close(fd);
}

static uint8_t state_of(struct scanner const *s, struct entry const *e)
{
	struct status shown;

	read_status(s, e, &shown);
	return shown.state;
}

/* And not to come up: what is wanted may have been started, and not be shown yet. */
static bool is_down(struct scanner const *s, struct entry const *e)
{
	struct status shown;

	read_status(s, e, &shown);
	return shown.state == STATUS_DOWN && shown.want != 'u';
}

/* The letters of runsv(8) for the end of a tree. */
enum { LAST = '\f', FORCE = '\v' };

enum letter_answer { LETTER_SENT, LETTER_NOBODY, LETTER_TROUBLE };

static enum letter_answer send_letter(struct scanner const *s, struct entry const *e, char letter)
{
	struct place const at = place_of(s, e);
	int const fd = files_state(at, "/control", O_WRONLY);
	enum letter_answer answer = LETTER_SENT;

	if (fd < 0 || write(fd, &letter, 1) != 1) {
		/* no reader, no FIFO: no runsv */
		answer = errno == ENXIO || errno == ENOENT ? LETTER_NOBODY : LETTER_TROUBLE;
		if (answer == LETTER_TROUBLE)
			strerr_warnwusys("stop ", roster_name(&s->roster, e));
	}
	if (fd >= 0)
		fd_close(fd);
	return answer;
}

/* Where nobody reads, a runsv that has just been started runs nothing yet, unless it is to take up
 * what another one has left: then it is told when it reads. */
static bool tell_last(struct scanner const *s, struct entry *e)
{
	if (send_letter(s, e, LAST) != LETTER_NOBODY)
		return true;
	if (!e->pid || state_of(s, e) != STATUS_DOWN)
		return false;
	service_term(e);
	return true;
}

/* Nobody is to take it back. */
static bool tell_term(struct scanner const *s, struct entry const *e)
{
	send_letter(s, e, LAST);
	service_term(e);
	return e->pid != 0;
}

/* Who had no TERM gets it first. A second one would be asked about a second time. */
static bool tell_kill(struct scanner const *s, struct entry const *e)
{
	if (e->told < LEVEL_TERM && !tell_term(s, e))
		return false;
	return send_letter(s, e, FORCE) != LETTER_NOBODY;
}

static bool tell(struct scanner const *s, struct entry *e)
{
	if (e->level == LEVEL_LAST)
		return tell_last(s, e);
	return e->level == LEVEL_TERM ? tell_term(s, e) : tell_kill(s, e);
}

static void tell_untold(struct scanner *s)
{
	bool const late = s->stop.phase >= STOP_KILLS;
	struct line killed = LINE_ZERO;
	bool untold = false;

	for (size_t i = 0; i < roster_len(&s->roster); i++) {
		struct entry *const e = roster_at(&s->roster, i);
		if (e->told >= e->level)
			continue;
		if (e->level == LEVEL_KILL && state_of(s, e) == STATUS_RUN)
			line_add(&killed, roster_name(&s->roster, e));
		if (tell(s, e))
			e->told = e->level;
		else
			untold = true;
	}
	if (killed.n)
		run(s, (struct stop_event){ .kind = STOP_EV_KILLED });
	line_say(&killed, late ? "stopping, killed because the time is up: "
			       : "stopping, killed because others wait for it: ");
	if (untold)
		run(s, (struct stop_event){ .kind = STOP_EV_UNTOLD });
}

/* Those of which that is not known yet. */
static void look_for_down(struct scanner *s)
{
	bool news = false;

	for (size_t i = 0; i < roster_len(&s->roster); i++) {
		struct entry *const e = roster_at(&s->roster, i);
		bool const down = !e->down && is_down(s, e);
		e->down = e->down || down;
		news = news || down;
	}
	if (news)
		run(s, (struct stop_event){ .kind = STOP_EV_CHANGED });
}

static void start_hook(struct scanner *s)
{
	char code[UINT_FMT];
	pid_t hook;

	code[uint_fmt(code, (unsigned int)stop_code(&s->stop))] = 0;
	if (s->stop.phase == STOP_FINISH)
		hook = hook_start(s, "finish", code);
	else
		hook = hook_start(s, "stop", NULL);
	if (hook <= 0)
		run(s, (struct stop_event){ .kind = STOP_EV_HOOK });
}

static void signal_orphans(struct scanner *s, int sig)
{
	if (!orphans_signal(s, sig))
		run(s, (struct stop_event){ .kind = STOP_EV_EMPTY });
}

static void signal_hook(struct scanner *s, int sig)
{
	if (s->hook > 0)
		kill(s->hook, sig);
	if (sig == SIGKILL && s->stop.phase != STOP_START)
		s->hook = 0; /* nobody waits for its end */
}

static void perform(struct scanner *s, unsigned int act)
{
	switch (act) {
	case STOP_ACT_NAME:
		look_for_down(s);
		say_waits(s);
		break;
	case STOP_ACT_COMMAND_TERM:
		command_signal(s, SIGTERM);
		break;
	case STOP_ACT_COMMAND_KILL:
		strerr_warnw("stopping, killed because the time is up: ", s->command_argv[0]);
		command_signal(s, SIGKILL);
		break;
	case STOP_ACT_HOOK_TERM:
		signal_hook(s, SIGTERM);
		break;
	case STOP_ACT_HOOK_KILL:
		signal_hook(s, SIGKILL);
		break;
	case STOP_ACT_HOOK:
		start_hook(s);
		break;
	case STOP_ACT_TELL:
		tell_untold(s);
		break;
	case STOP_ACT_GIVE_UP:
		say_left(s);
		break;
	case STOP_ACT_ORPHANS_TERM:
		signal_orphans(s, SIGTERM);
		break;
	case STOP_ACT_ORPHANS_KILL:
		signal_orphans(s, SIGKILL);
		break;
	case STOP_ACT_END:
		s->over = true;
		break;
	}
}

static void run(struct scanner *s, struct stop_event e)
{
	e.now = stamp_ms();
	unsigned int const acts = stop_step(&s->stop, &e, &s->roster, &s->order);
	for (unsigned int i = 0; i < STOP_ACTIONS; i++)
		if (acts & 1u << i)
			perform(s, 1u << i);
}

struct dependant {
	struct scanner *s;
	struct entry *e;
};

static void depends(void *context, char const *name)
{
	struct dependant const *const d = context;
	struct entry const *const on = roster_named(&d->s->roster, name);

	if (on && !order_add(&d->s->order, (struct order_id){ d->e->ino, d->e->dev },
			     (struct order_id){ on->ino, on->dev }))
		strerr_warnw("unable to remember a dependency of ",
			     roster_name(&d->s->roster, d->e), ": out of memory");
}

/* dependencies.d of all of them, as it is now. */
static void read_order(struct scanner *s)
{
	for (size_t i = 0; i < roster_len(&s->roster); i++) {
		struct dependant d = { s, roster_at(&s->roster, i) };
		struct place const at = place_of(s, d.e);
		int const fd = files_open(at, "/dependencies.d", O_RDONLY | O_DIRECTORY);
		if (fd < 0)
			continue;
		files_each(fd, depends, &d);
		fd_close(fd);
	}
	if (!order_ready(&s->order))
		strerr_warnw("out of memory: services are stopped without an order");
}

/* -t, or .runsvdir/timeout-stop, as it is now. */
static uint64_t read_timeout(struct scanner const *s)
{
	static char text[SETTING_SIZE + 1];
	uint64_t ms = STOP_TIMEOUT;

	if (s->timeout != UINT64_MAX)
		return s->timeout;
	int const dir = files_settings(s->dir);
	if (dir < 0)
		return ms;
	if (setting_read(dir, ".runsvdir/", "timeout-stop", text, sizeof text) &&
	    (!value_time(text, &ms) || ms == VALUE_NEVER))
		setting_warn_value(".runsvdir/", "timeout-stop", text, "a time");
	fd_close(dir);
	return ms;
}

static void begin(struct scanner *s)
{
	s->stopping = true;
	s->rescan = false;
	s->look = UINT64_MAX;
	watch_end(&s->watch);
	s->stop.timeout = read_timeout(s);
	if (s->stop.phase == STOP_START)
		return;
	read_order(s);
	scan_leave_all(s);
}

/* One that can't be started has failed: the services would do without what it was to prepare. */
void ending_hook(struct scanner *s)
{
	pid_t const hook = hook_start(s, "start", NULL);

	if (hook)
		s->stop.phase = STOP_START;
	if (hook < 0)
		run(s, (struct stop_event){ .kind = STOP_EV_HOOK, .code = -1 });
}

void ending_ask(struct scanner *s, enum stop_cause cause, int code)
{
	if (!s->stopping)
		begin(s);
	run(s, (struct stop_event){ .kind = STOP_EV_ASKED, .cause = cause, .code = code });
}

void ending_command(struct scanner *s, int code)
{
	s->command = 0;
	if (!s->stopping)
		begin(s);
	run(s, (struct stop_event){ .kind = STOP_EV_COMMAND, .code = code });
}

void ending_look(struct scanner *s, struct entry *e)
{
	e->down = e->down || is_down(s, e);
}

bool ending_reaped(struct scanner *s, pid_t pid, int wstat)
{
	int const code = command_code(wstat);

	if (pid == s->command) {
		ending_command(s, code);
	} else if (pid == s->hook) {
		s->hook = 0;
		run(s, (struct stop_event){ .kind = STOP_EV_HOOK, .code = code });
	} else {
		return false;
	}
	return true;
}

void ending_orphans(struct scanner *s)
{
	if (s->stopping)
		run(s, (struct stop_event){ .kind = STOP_EV_ORPHAN });
}

int ending_step(struct scanner *s)
{
	if (s->killed)
		run(s, (struct stop_event){ .kind = STOP_EV_KILLED });
	s->killed = false;
	if (s->stop.phase != STOP_RUN)
		run(s, (struct stop_event){ .kind = STOP_EV_CHANGED });
	return s->over ? stop_code(&s->stop) : -1;
}
