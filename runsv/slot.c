#include <stddef.h>

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
	*s = (struct slot){ .phase = PHASE_DOWN, .want = want, .since = *wall, .due = tain_zero };
}

/* Leaving a process behind. Finish keeps run's stamp (contract §1), and so does a start that was
 * prepared but not made. */
static void leave(struct slot *s, enum phase to, struct event const *e)
{
	bool const ended = e->kind == EV_ENDED || e->kind == EV_ENDED_FINISH;

	if (to == PHASE_DOWN && ended) {
		s->since = e->wall;
		tain_addsec(&s->due, &s->started, 1);
	}
	if (ended && s->phase == PHASE_RUN)
		s->wstat = e->wstat;
	s->phase = to;
	s->pid = 0;
	s->term = s->paused = s->told = false;
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
	if (s->phase == PHASE_RUN) {
		s->since = e->wall;
		s->started = e->now;
	}
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
		s->told = true, s->term = s->term || e->kind == EV_TERM_DENIED;
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
		if (r->wants != SAME)
			s->want = (enum want)r->wants;
		if (r->to != SAME)
			leave(s, (enum phase)r->to, e);
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

	return start || owed ? &s->due : &tain_infinite;
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
char const *const event_names[EVENTS] = {
	"due",           "due, script",   "up",
	"once",          "stop",          "exit",
	"term",          "kill",          "pause",
	"cont",          "signal",        "prepared",
	"term taken",    "term denied",   "pause taken",
	"pause denied",  "cont taken",    "cont denied",
	"signal denied", "spawned",       "spawn failed",
	"ended",         "ended, finish", "found run",
	"found finish",
};
char const *const action_names[ACTIONS] = { "TERM",    "CONT",  "KILL",     "SEND",
					    "ask",     "ask t", "script d", "script x",
					    "prepare", "run",   "finish" };
