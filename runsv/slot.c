#include <stddef.h>
#include <sys/wait.h>

#include "letters.h"
#include "slot.h"

#define P(x) (1u << PHASE_##x)
#define W(x) (1u << WANT_##x)
/* OPEN: the tree does not end */
enum { ANY = 0xff, SAME = 0xff, OPEN = W(UP) | W(ONCE) | W(DOWN) | W(EXIT) };

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
	{ EV_LATE,           P(CLEAR),    ANY,              SAME,         SAME,       ACT_TREE_KILL },
	{ EV_PREPARED,       P(PREPARE),  W(UP) | W(ONCE),  PHASE_RUN,    SAME,       ACT_RUN },
	{ EV_PREPARED,       P(PREPARE),  ANY,              PHASE_DOWN,   SAME,       0 },

	{ EV_UP,             ANY,         OPEN,             SAME,         WANT_UP,    0 },
	/* o in finish is a down: the reference starts only what is down when the letter comes */
	{ EV_ONCE,           P(FINISH) | P(CLEAR), OPEN,             SAME,         WANT_DOWN,  0 },
	{ EV_ONCE,           ANY,         OPEN,             SAME,         WANT_ONCE,  0 },
	{ EV_STOP,           P(RUN),      OPEN,             SAME,         WANT_DOWN,  ACT_ASK_TERM },
	{ EV_STOP,           ANY,         OPEN,             SAME,         WANT_DOWN,  0 },
	{ EV_EXIT,           P(RUN),      OPEN,             SAME,         WANT_EXIT,  ACT_ASK_TERM },
	/* a control/u that hangs must not hold up the exit: it is let go */
	{ EV_EXIT,           P(PREPARE),  OPEN,             PHASE_DOWN,   WANT_EXIT,  0 },
	{ EV_EXIT,           ANY,         OPEN,             SAME,         WANT_EXIT,  0 },

	{ EV_LAST,           P(PREPARE),  OPEN,             PHASE_DOWN,   WANT_LAST,  0 },
	/* it was told to stop already */
	{ EV_LAST,           P(RUN),      W(DOWN) | W(EXIT), SAME,        WANT_FINAL, 0 },
	{ EV_LAST,           ANY,         OPEN,             SAME,         WANT_LAST,  0 },
	{ EV_STOP,           P(RUN),      W(LAST) | W(FINAL), SAME,       WANT_FINAL, ACT_ASK_TERM },
	{ EV_EXIT,           P(RUN),      W(LAST) | W(FINAL), SAME,       WANT_FINAL, ACT_ASK_TERM },
	{ EV_FORCE,          P(RUN) | P(FINISH), ANY,       SAME,         SAME,       ACT_KILL | ACT_SCRIPTS_KILL },
	{ EV_FORCE,          P(CLEAR),    ANY,              SAME,         SAME,       ACT_TREE_KILL | ACT_SCRIPTS_KILL },
	{ EV_FORCE,          ANY,         ANY,              SAME,         SAME,       ACT_SCRIPTS_KILL },

	{ EV_TERM,           P(RUN),      ANY,              SAME,         SAME,       ACT_ASK_TERM },
	{ EV_TERM_DENIED,    P(RUN),      W(UP) | W(LAST),  SAME,         SAME,       ACT_TERM },
	{ EV_TERM_DENIED,    P(RUN),      W(EXIT) | W(FINAL), SAME,         SAME,       ACT_TERM | ACT_CONT | ACT_SCRIPT_EXIT },
	{ EV_TERM_DENIED,    P(RUN),      ANY,              SAME,         SAME,       ACT_TERM | ACT_CONT | ACT_SCRIPT_DOWN },
	{ EV_TERM_TAKEN,     P(RUN),      W(UP) | W(LAST),  SAME,         SAME,       0 },
	{ EV_TERM_TAKEN,     P(RUN),      W(EXIT) | W(FINAL), SAME,         SAME,       ACT_CONT | ACT_SCRIPT_EXIT },
	{ EV_TERM_TAKEN,     P(RUN),      ANY,              SAME,         SAME,       ACT_CONT | ACT_SCRIPT_DOWN },

	{ EV_KILL,           P(FINISH),   ANY,              SAME,         SAME,       ACT_KILL },
	{ EV_KILL,           P(CLEAR),    ANY,              SAME,         SAME,       ACT_TREE_KILL },
	{ EV_KILL,           P(RUN),      ANY,              SAME,         SAME,       ACT_ASK },
	{ EV_SIGNAL,         P(RUN),      ANY,              SAME,         SAME,       ACT_ASK },
	{ EV_PAUSE,          P(RUN),      ANY,              SAME,         SAME,       ACT_ASK },
	{ EV_CONT,           P(RUN),      ANY,              SAME,         SAME,       ACT_ASK },
	{ EV_SIGNAL_DENIED,  P(RUN),      ANY,              SAME,         SAME,       ACT_SEND },
	{ EV_SIGNAL_TAKEN,   P(RUN),      ANY,              SAME,         SAME,       0 },
	{ EV_PAUSE_DENIED,   P(RUN),      ANY,              SAME,         SAME,       ACT_SEND },
	{ EV_PAUSE_TAKEN,    P(RUN),      ANY,              SAME,         SAME,       0 },
	{ EV_CONT_DENIED,    P(RUN),      ANY,              SAME,         SAME,       ACT_SEND },
	{ EV_CONT_TAKEN,     P(RUN),      ANY,              SAME,         SAME,       0 },

	{ EV_ENDED_FINISH,   P(RUN),      W(ONCE),          PHASE_FINISH, WANT_DOWN,  ACT_FINISH },
	{ EV_ENDED_FINISH,   P(RUN),      ANY,              PHASE_FINISH, SAME,       ACT_FINISH },
	{ EV_ENDED,          P(RUN),      W(ONCE),          PHASE_DOWN,   WANT_DOWN,  0 },
	{ EV_ENDED,          P(RUN),      ANY,              PHASE_DOWN,   SAME,       0 },
	{ EV_ENDED_LEFT,     P(RUN),      W(ONCE),          PHASE_CLEAR,  WANT_DOWN,  ACT_TREE_TERM },
	{ EV_ENDED_LEFT,     P(RUN),      ANY,              PHASE_CLEAR,  SAME,       ACT_TREE_TERM },
	{ EV_CLEARED_FINISH, P(CLEAR),    ANY,              PHASE_FINISH, SAME,       ACT_FINISH },
	{ EV_CLEARED,        P(CLEAR),    ANY,              PHASE_DOWN,   SAME,       0 },
	{ EV_ENDED_FINISH,   P(FINISH),   ANY,              PHASE_DOWN,   SAME,       0 },
	{ EV_ENDED,          P(FINISH),   ANY,              PHASE_DOWN,   SAME,       0 },

	{ EV_SPAWNED,        P(RUN),      ANY,              SAME,         SAME,       0 },
	{ EV_SPAWNED,        P(FINISH),   ANY,              SAME,         SAME,       0 },
	{ EV_SPAWN_FAILED,   P(RUN),      ANY,              PHASE_DOWN,   SAME,       0 },
	{ EV_SPAWN_FAILED,   P(PREPARE),  ANY,              PHASE_DOWN,   SAME,       0 },
	/* finish is owed: it is tried again */
	{ EV_SPAWN_FAILED,   P(FINISH),   ANY,              SAME,         SAME,       0 },

	{ EV_FOUND_RUN,      P(DOWN),     ANY,              PHASE_RUN,    SAME,       0 },
	{ EV_FOUND_CLEAR,    P(DOWN),     ANY,              PHASE_CLEAR,  SAME,       ACT_TREE_TERM },
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
 * Of an end that nobody has seen every signal may have been the cause. A control/t that took TERM
 * need not have meant a stop (a graceful reload): it counts for a while only. */
static bool was_asked(struct slot const *s, struct event const *e)
{
	if (s->term || (s->told && tain_less(&e->now, &s->trusted)))
		return true;
	if (e->wstat == WSTAT_UNKNOWN)
		return s->sent != 0;
	return WIFSIGNALED(e->wstat) && s->sent >> (WTERMSIG(e->wstat) - 1) & 1;
}

static void soon_over(struct slot *s, int code)
{
	s->over = OVER_SOON;
	s->code = (uint8_t)code;
}

/* How run, or its finish, has ended: was that the last time? Not if it was told to, or was started
 * once only: that was an operator's will. */
static void judge(struct slot *s, enum want wanted, struct event const *e)
{
	bool const stays = wanted != WANT_UP && wanted != WANT_LAST;

	if (s->phase == PHASE_RUN)
		s->wstat = e->wstat;
	if (stays)
		return;
	if (s->phase == PHASE_RUN && !was_asked(s, e) && policy_last(&s->policy, e->wstat))
		soon_over(s, policy_code(&s->policy, e->wstat));
	if (s->phase == PHASE_FINISH && policy_last_by_finish(&s->policy, e->wstat))
		soon_over(s, policy_failed(&s->policy, s->wstat) ? policy_code(&s->policy, s->wstat)
								 : WEXITSTATUS(e->wstat));
}

static void add_ms(tain *t, uint64_t ms, tain const *now)
{
	tain const patience = { { ms / 1000 }, (uint32_t)(ms % 1000) * 1000000 };

	tain_add(t, now, &patience);
}

static void forget_process(struct slot *s)
{
	s->pid = 0;
	s->sent = 0;
	s->late = tain_infinite;
	s->trusted = tain_zero;
	s->term = s->paused = s->told = false;
}

/* Those that run has left behind get TERM first. */
static void begin_to_clear(struct slot *s, pid_t pid, tain const *now)
{
	enum { PATIENCE = 2000, NONE = 100 };
	uint64_t const ms = s->policy.timeout_kill;
	uint64_t const patience = ms == VALUE_NEVER ? PATIENCE : ms;

	s->pid = pid;
	/* where run had to be killed, it is over */
	add_ms(&s->late, s->killed && patience > NONE ? NONE : patience, now);
}

/* Leaving a process behind. Finish keeps run's stamp (contract §1), and so does a start that was
 * prepared but not made. */
static void leave(struct slot *s, enum phase to, enum want wanted, struct event const *e)
{
	bool const ended = e->kind >= EV_ENDED && e->kind <= EV_CLEARED_FINISH;
	pid_t const pid = s->pid;

	if (ended)
		judge(s, wanted, e);
	if (to == PHASE_DOWN && ended) {
		s->since = e->wall;
		tain_addsec(&s->due, &s->started, 1);
		if (s->over == OVER_SOON) {
			s->over = OVER_YES;
			s->want = want_exits(s->want) ? s->want : WANT_DOWN;
		}
	}
	s->phase = to;
	forget_process(s);
	if (to == PHASE_CLEAR)
		begin_to_clear(s, pid, &e->now);
}

/* From the first time that it is told. */
static void lose_patience(struct slot *s, uint64_t ms, tain const *now)
{
	if (ms != VALUE_NEVER && !tain_less(&s->late, &tain_infinite))
		add_ms(&s->late, ms, now);
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
	s->late = tain_infinite;
	if (s->phase == PHASE_FINISH) {
		lose_patience(s, s->policy.timeout_finish, &e->now);
		return;
	}
	s->since = e->wall;
	s->started = e->now;
	s->over = OVER_NO;
	s->code = 0;
	s->killed = false;
}

/* KILL is enough for one process. A tree may have grown meanwhile. */
static void be_late(struct slot *s, tain const *now)
{
	s->late = tain_infinite;
	if (s->phase == PHASE_CLEAR)
		add_ms(&s->late, 1000, now);
}

static bool is_stopping(struct slot const *s)
{
	return s->want != WANT_UP && s->want != WANT_ONCE && s->want != WANT_LAST;
}

static void found(struct slot *s, struct event const *e)
{
	s->pid = e->pid;
	s->since = e->wall;
	s->started = e->started;
	s->term = e->term;
	s->paused = e->paused;
	s->told = e->told;
	s->sent = e->sent;
	s->wstat = e->wstat;
	if (s->phase == PHASE_FINISH)
		lose_patience(s, s->policy.timeout_finish, &e->now);
	else if (s->phase == PHASE_CLEAR)
		begin_to_clear(s, e->pid, &e->now);
	else if (s->term || (s->told && is_stopping(s)))
		lose_patience(s, s->policy.timeout_kill, &e->now);
}

static void told(struct slot *s, struct event const *e)
{
	enum { TRUST = 10000 };

	s->told = true;
	if (e->kind == EV_TERM_DENIED) {
		s->term = true;
		s->sent |= UINT64_C(1) << (s->policy.down_signal - 1);
		lose_patience(s, s->policy.timeout_kill, &e->now);
	} else {
		add_ms(&s->trusted,
		       s->policy.timeout_kill == VALUE_NEVER ? TRUST : s->policy.timeout_kill,
		       &e->now);
	}
}

/* What an event means beside its row: the fields that no column holds. */
static void note(struct slot *s, struct event const *e)
{
	if (e->kind == EV_SPAWNED)
		came_up(s, e);
	else if (e->kind == EV_SPAWN_FAILED)
		back_off(s, e);
	else if (e->kind >= EV_FOUND_RUN && e->kind <= EV_FOUND_FINISH)
		found(s, e);
	else if (e->kind == EV_TERM_DENIED || e->kind == EV_TERM_TAKEN)
		told(s, e);
	else if (e->kind == EV_SIGNAL_DENIED || e->kind == EV_SIGNAL_TAKEN)
		s->sent |= UINT64_C(1) << (letter_find(e->letter)->signal - 1);
	else if (e->kind == EV_LATE)
		be_late(s, &e->now);
	else if (e->kind >= EV_UP && e->kind <= EV_EXIT && s->want <= WANT_EXIT)
		s->over = OVER_NO;
	else if (e->kind == EV_PAUSE_TAKEN || e->kind == EV_PAUSE_DENIED)
		s->paused = true;
	else if (e->kind == EV_CONT_TAKEN || e->kind == EV_CONT_DENIED)
		s->paused = false;
	/* whoever was killed before the end of the tree was not killed by it */
	if (e->kind == EV_LAST)
		s->killed = false;
	/* the stop is taken back; a TERM that was sent is not */
	if ((e->kind == EV_UP || e->kind == EV_ONCE) && s->phase == PHASE_RUN && !s->term)
		s->late = tain_infinite;
	/* a control/t that hangs must not hold up the end of it */
	if ((e->kind == EV_STOP || e->kind == EV_EXIT) && s->phase == PHASE_RUN && s->pid)
		lose_patience(s, s->policy.timeout_kill, &e->now);
	if ((e->kind == EV_LATE || e->kind == EV_FORCE) && s->phase == PHASE_RUN && s->pid)
		s->killed = true;
	/* one that could not be forked: what took the processes has been killed, too, and is reaped
	 * soon */
	if (e->kind == EV_FORCE && s->phase == PHASE_FINISH && !s->pid) {
		s->failures = 0;
		add_ms(&s->due, 100, &e->now);
	}
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
	static uint8_t const states[PHASES] = { STATUS_DOWN, STATUS_DOWN, STATUS_RUN, STATUS_FINISH,
						STATUS_FINISH };

	*shown = (struct status){ .since = s->since,
				  .pid = s->phase == PHASE_CLEAR ? 0 : (uint32_t)s->pid,
				  .want = s->want == WANT_UP ? 'u' : 'd',
				  .paused = s->paused,
				  .term = s->term,
				  .state = states[s->phase] };
}

char const *const phase_names[PHASES] = { "down", "prepare", "run", "clear", "finish" };
char const *const want_names[WANTS] = { "up", "once", "down", "exit", "last", "final" };
char const *const over_names[OVERS] = { "no", "soon", "yes" };
char const *const event_names[EVENTS] = {
	"due",         "due, script",   "late",          "up",           "once",
	"stop",        "exit",          "last",          "force",        "term",
	"kill",        "pause",         "cont",          "signal",       "prepared",
	"term taken",  "term denied",   "pause taken",   "pause denied", "cont taken",
	"cont denied", "signal taken",  "signal denied", "spawned",      "spawn failed",
	"ended",       "ended, finish", "ended, left",   "cleared",      "cleared, finish",
	"found run",   "found clear",   "found finish",
};
char const *const action_names[ACTIONS] = { "TERM",      "CONT",        "KILL",     "SEND",
					    "ask",       "ask t",       "script d", "script x",
					    "prepare",   "run",         "finish",   "tree TERM",
					    "tree KILL", "scripts KILL" };
