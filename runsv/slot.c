#include <stddef.h>
#include <sys/wait.h>

#include "letters.h"
#include "slot.h"

#define P(x) (1u << PHASE_##x)
#define W(x) (1u << WANT_##x)
enum { ANY = 0xff, SAME = 0xff };

/* First match wins; no match does nothing. */
struct row {
	uint8_t event, in, want, to, wants;
	unsigned int acts;
};

/* clang-format off */
static struct row const rows[] = {
	/* event             phase        want              phase'        want'       actions */
	{ EV_DUE,            P(DOWN),     W(UP) | W(ONCE),  PHASE_RUN,    SAME,       ACT_RUN },
	{ EV_DUE_SCRIPT,     P(DOWN),     W(UP) | W(ONCE),  PHASE_PREPARE, SAME,      ACT_PREPARE },
	{ EV_DUE,            P(FINISH),   ANY,              SAME,         SAME,       ACT_FINISH },
	{ EV_DUE_SCRIPT,     P(FINISH),   ANY,              SAME,         SAME,       ACT_FINISH },
	{ EV_LATE,           P(RUN),      ANY,              SAME,         SAME,       ACT_KILL },
	{ EV_LATE,           P(FINISH),   ANY,              SAME,         SAME,       ACT_KILL },
	{ EV_PREPARED,       P(PREPARE),  W(UP) | W(ONCE),  PHASE_RUN,    SAME,       ACT_RUN },
	{ EV_PREPARED,       P(PREPARE),  ANY,              PHASE_DOWN,   SAME,       0 },

	{ EV_UP,             ANY,         ANY,              SAME,         WANT_UP,    0 },
	/* o in finish is a down: the reference starts only what is down when the letter comes */
	{ EV_ONCE,           P(FINISH),   ANY,              SAME,         WANT_DOWN,  0 },
	{ EV_ONCE,           ANY,         ANY,              SAME,         WANT_ONCE,  0 },
	{ EV_STOP,           P(RUN),      ANY,              SAME,         WANT_DOWN,  ACT_ASK_TERM },
	{ EV_STOP,           ANY,         ANY,              SAME,         WANT_DOWN,  0 },
	{ EV_EXIT,           P(RUN),      ANY,              SAME,         WANT_EXIT,  ACT_ASK_TERM },
	/* a control/u that hangs must not hold up the exit: it is let go */
	{ EV_EXIT,           P(PREPARE),  ANY,              PHASE_DOWN,   WANT_EXIT,  0 },
	{ EV_EXIT,           ANY,         ANY,              SAME,         WANT_EXIT,  0 },

	{ EV_TERM,           P(RUN),      ANY,              SAME,         SAME,       ACT_ASK_TERM },
	{ EV_TERM_DENIED,    P(RUN),      W(UP),            SAME,         SAME,       ACT_TERM },
	{ EV_TERM_DENIED,    P(RUN),      W(EXIT),          SAME,         SAME,       ACT_TERM | ACT_CONT | ACT_SCRIPT_EXIT },
	{ EV_TERM_DENIED,    P(RUN),      ANY,              SAME,         SAME,       ACT_TERM | ACT_CONT | ACT_SCRIPT_DOWN },
	{ EV_TERM_TAKEN,     P(RUN),      W(UP),            SAME,         SAME,       0 },
	{ EV_TERM_TAKEN,     P(RUN),      W(EXIT),          SAME,         SAME,       ACT_CONT | ACT_SCRIPT_EXIT },
	{ EV_TERM_TAKEN,     P(RUN),      ANY,              SAME,         SAME,       ACT_CONT | ACT_SCRIPT_DOWN },

	{ EV_KILL,           P(FINISH),   ANY,              SAME,         SAME,       ACT_KILL },
	{ EV_KILL,           P(RUN),      ANY,              SAME,         SAME,       ACT_ASK },
	{ EV_SIGNAL,         P(RUN),      ANY,              SAME,         SAME,       ACT_ASK },
	{ EV_PAUSE,          P(RUN),      ANY,              SAME,         SAME,       ACT_ASK },
	{ EV_CONT,           P(RUN),      ANY,              SAME,         SAME,       ACT_ASK },
	{ EV_SIGNAL_DENIED,  P(RUN),      ANY,              SAME,         SAME,       ACT_SEND },
	{ EV_PAUSE_DENIED,   P(RUN),      ANY,              SAME,         SAME,       ACT_SEND },
	{ EV_PAUSE_TAKEN,    P(RUN),      ANY,              SAME,         SAME,       0 },
	{ EV_CONT_DENIED,    P(RUN),      ANY,              SAME,         SAME,       ACT_SEND },
	{ EV_CONT_TAKEN,     P(RUN),      ANY,              SAME,         SAME,       0 },

	{ EV_ENDED_FINISH,   P(RUN),      W(ONCE),          PHASE_FINISH, WANT_DOWN,  ACT_FINISH },
	{ EV_ENDED_FINISH,   P(RUN),      ANY,              PHASE_FINISH, SAME,       ACT_FINISH },
	{ EV_ENDED,          P(RUN),      W(ONCE),          PHASE_DOWN,   WANT_DOWN,  0 },
	{ EV_ENDED,          P(RUN),      ANY,              PHASE_DOWN,   SAME,       0 },
	{ EV_ENDED_FINISH,   P(FINISH),   ANY,              PHASE_DOWN,   SAME,       0 },
	{ EV_ENDED,          P(FINISH),   ANY,              PHASE_DOWN,   SAME,       0 },

	{ EV_SPAWNED,        P(RUN),      ANY,              SAME,         SAME,       0 },
	{ EV_SPAWNED,        P(FINISH),   ANY,              SAME,         SAME,       0 },
	{ EV_SPAWN_FAILED,   P(RUN),      ANY,              PHASE_DOWN,   SAME,       0 },
	{ EV_SPAWN_FAILED,   P(PREPARE),  ANY,              PHASE_DOWN,   SAME,       0 },
	/* finish is owed: it is tried again */
	{ EV_SPAWN_FAILED,   P(FINISH),   ANY,              SAME,         SAME,       0 },

	{ EV_FOUND_RUN,      P(DOWN),     ANY,              PHASE_RUN,    SAME,       0 },
	{ EV_FOUND_FINISH,   P(DOWN),     ANY,              PHASE_FINISH, SAME,       0 },
};
/* clang-format on */

void slot_init(struct slot *s, enum want want, tain const *wall)
{
	*s = (struct slot){ .phase = PHASE_DOWN,
			    .want = want,
			    .since = *wall,
			    .due = tain_zero,
			    .late = tain_infinite,
			    .policy = policy_none };
}

/* Whether a letter has asked for this end: it was told to stop, or sent the signal that ended it.
 */
static bool was_asked(struct slot const *s, int wstat)
{
	return s->told || (wstat != WSTAT_UNKNOWN && WIFSIGNALED(wstat) &&
			   s->sent >> (WTERMSIG(wstat) - 1) & 1);
}

/* How run, or its finish, has ended: was that the last time? */
static void judge(struct slot *s, enum want wanted, int wstat)
{
	bool const stays = wanted == WANT_DOWN || wanted == WANT_EXIT;

	if (s->phase == PHASE_RUN) {
		s->wstat = wstat;
		if (!stays && !was_asked(s, wstat) &&
		    (wanted == WANT_ONCE || policy_last(&s->policy, wstat)))
			s->over = OVER_SOON;
	} else if (!stays && policy_last_by_finish(&s->policy, wstat)) {
		s->over = OVER_SOON;
	}
}

/* Leaving a process behind. Finish keeps run's stamp (contract §1), and so does a start that was
 * prepared but not made. */
static void leave(struct slot *s, enum phase to, enum want wanted, struct event const *e)
{
	bool const ended = e->kind == EV_ENDED || e->kind == EV_ENDED_FINISH;

	if (ended)
		judge(s, wanted, e->wstat);
	if (to == PHASE_DOWN && ended) {
		s->since = e->wall;
		tain_addsec(&s->due, &s->started, 1);
		if (s->over == OVER_SOON) {
			s->over = OVER_YES;
			s->want = s->want == WANT_EXIT ? WANT_EXIT : WANT_DOWN;
		}
	}
	s->phase = to;
	s->pid = 0;
	s->sent = 0;
	s->late = tain_infinite;
	s->term = s->paused = s->told = false;
}

/* From the first time that it is told. */
static void lose_patience(struct slot *s, uint64_t ms, tain const *now)
{
	tain const patience = { { ms / 1000 }, (uint32_t)(ms % 1000) * 1000000 };

	if (ms == VALUE_NEVER || tain_less(&s->late, &tain_infinite))
		return;
	tain_add(&s->late, now, &patience);
}

/* 1, 2, 4, then 5 seconds: contract §8 (21). */
static void back_off(struct slot *s, struct event const *e)
{
	tain_addsec(&s->due, &e->now, s->failures < 3 ? 1 << s->failures : 5);
	if (s->failures < 3)
		s->failures++;
}

static void came_up(struct slot *s, struct event const *e)
{
	s->pid = e->pid;
	s->failures = 0;
	if (s->phase == PHASE_FINISH) {
		lose_patience(s, s->policy.timeout_finish, &e->now);
		return;
	}
	s->since = e->wall;
	s->started = e->now;
	s->over = OVER_NO;
}

static void found(struct slot *s, struct event const *e)
{
	s->pid = e->pid;
	s->since = e->wall;
	s->started = e->started;
	s->term = e->term;
	s->paused = e->paused;
	s->told = e->told;
	s->wstat = e->wstat;
	s->over = e->over;
	if (s->phase == PHASE_FINISH)
		lose_patience(s, s->policy.timeout_finish, &e->now);
	else if (s->told)
		lose_patience(s, s->policy.timeout_kill, &e->now);
}

static void told(struct slot *s, struct event const *e)
{
	s->told = true;
	s->term = s->term || e->kind == EV_TERM_DENIED;
	lose_patience(s, s->policy.timeout_kill, &e->now);
}

/* What an event means beside its row: the fields that no column holds. */
static void note(struct slot *s, struct event const *e)
{
	if (e->kind == EV_SPAWNED)
		came_up(s, e);
	else if (e->kind == EV_SPAWN_FAILED)
		back_off(s, e);
	else if (e->kind == EV_FOUND_RUN || e->kind == EV_FOUND_FINISH)
		found(s, e);
	else if (e->kind == EV_TERM_DENIED || e->kind == EV_TERM_TAKEN)
		told(s, e);
	else if (e->kind == EV_SIGNAL_DENIED)
		s->sent |= UINT64_C(1) << (letter_find(e->letter)->signal - 1);
	else if (e->kind == EV_LATE)
		s->late = tain_infinite;
	else if (e->kind >= EV_UP && e->kind <= EV_EXIT)
		s->over = OVER_NO;
	else if (e->kind == EV_PAUSE_TAKEN || e->kind == EV_PAUSE_DENIED)
		s->paused = true;
	else if (e->kind == EV_CONT_TAKEN || e->kind == EV_CONT_DENIED)
		s->paused = false;
}

static bool is_answer(enum event_kind kind)
{
	return kind >= EV_TERM_TAKEN && kind <= EV_SIGNAL_DENIED;
}

unsigned int slot_step(struct slot *s, struct event const *e)
{
	if (is_answer(e->kind) && e->pid != s->pid)
		return 0; /* the process it was asked for has gone */
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct row const *const r = &rows[i];

		if (r->event != e->kind || !(r->in & 1u << s->phase) || !(r->want & 1u << s->want))
			continue;
		enum want const wanted = s->want;
		if (r->wants != SAME)
			s->want = (enum want)r->wants;
		if (r->to != SAME)
			leave(s, (enum phase)r->to, wanted, e);
		note(s, e);
		/* a finish that is owed has no process to kill */
		return s->pid ? r->acts : r->acts & ~(unsigned int)ACT_SIGNALS;
	}
	return 0;
}

tain const *slot_deadline(struct slot const *s)
{
	bool const start = s->phase == PHASE_DOWN && (s->want == WANT_UP || s->want == WANT_ONCE);
	bool const owed = s->phase == PHASE_FINISH && !s->pid;

	if (start || owed)
		return &s->due;
	return s->pid ? &s->late : &tain_infinite;
}

void slot_status(struct slot const *s, struct status *shown)
{
	static uint8_t const states[PHASES] = { STATUS_DOWN, STATUS_DOWN, STATUS_RUN,
						STATUS_FINISH };

	*shown = (struct status){ .since = s->since,
				  .pid = (uint32_t)s->pid,
				  .want = s->want == WANT_UP ? 'u' : 'd',
				  .paused = s->paused,
				  .term = s->term,
				  .state = states[s->phase] };
}

char const *const phase_names[PHASES] = { "down", "prepare", "run", "finish" };
char const *const want_names[WANTS] = { "up", "once", "down", "exit" };
char const *const over_names[OVERS] = { "no", "soon", "yes" };
char const *const event_names[EVENTS] = {
	"due",          "due, script",  "late",        "up",
	"once",         "stop",         "exit",        "term",
	"kill",         "pause",        "cont",        "signal",
	"prepared",     "term taken",   "term denied", "pause taken",
	"pause denied", "cont taken",   "cont denied", "signal denied",
	"spawned",      "spawn failed", "ended",       "ended, finish",
	"found run",    "found finish",
};
char const *const action_names[ACTIONS] = { "TERM",    "CONT",  "KILL",     "SEND",
					    "ask",     "ask t", "script d", "script x",
					    "prepare", "run",   "finish" };
