#include "command.h"
#include "goal.h"
#include "tap.h"

/* Statuses for the tables: since is in seconds of a small clock; the letters went out at 100. */
#define S(...)                                                                                     \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}
struct shown {
	unsigned int since, pid;
	char want;
	enum status_state state;
	bool term, paused;
};

#define RUNS S(50, 7, 'u', STATUS_RUN, false, false)
#define ENDS S(50, 7, 'u', STATUS_RUN, true, false)
#define STOPS S(50, 7, 'd', STATUS_RUN, true, false)
#define ONCE S(50, 7, 'd', STATUS_RUN, false, false)
#define PAUSED S(50, 7, 'u', STATUS_RUN, false, true)
#define FINISHES S(50, 8, 'u', STATUS_FINISH, false, false)
#define FINISHES_D S(50, 8, 'd', STATUS_FINISH, false, false)
#define OWED S(50, 0, 'd', STATUS_FINISH, false, false)
#define DOWN S(50, 0, 'd', STATUS_DOWN, false, false)
#define COMES S(50, 0, 'u', STATUS_DOWN, false, false)
#define ENDED S(101, 0, 'd', STATUS_DOWN, false, false)
#define NEW S(101, 9, 'u', STATUS_RUN, false, false)
#define NEW_ENDS S(101, 9, 'u', STATUS_RUN, true, false)
#define NEW_PAUSED S(101, 9, 'u', STATUS_RUN, false, true)
#define NEW_DOWN S(101, 9, 'd', STATUS_RUN, false, false)
#define EARLY S(90, 9, 'u', STATUS_RUN, false, false)
#define PAST S(10, 9, 'u', STATUS_RUN, false, false)

static struct status status_of(struct shown const *s)
{
	struct status st = { .pid = s->pid,
			     .want = s->want,
			     .paused = s->paused,
			     .term = s->term,
			     .state = (uint8_t)s->state };

	tain_uint(&st.since, s->since);
	return st;
}

static struct facts facts_of(struct shown const *before, struct shown const *now)
{
	struct facts f = { .before = status_of(before), .now = status_of(now) };

	tain_uint(&f.sent, 100);
	return f;
}

#define RESTART (GOAL_FRESH | GOAL_CONT | GOAL_UP)
#define TRY (GOAL_FRESH | GOAL_CONT)

/* clang-format off */
static struct {
	char const *name;
	unsigned int goal;
	struct shown before, now;
	enum verdict want; /* with the check not run */
	enum verdict good; /* with the check good */
} const table[] = {
	{ "nothing to see", 0, RUNS, RUNS, VERDICT_DONE, VERDICT_DONE },

	{ "start: runs already", GOAL_UP, RUNS, RUNS, VERDICT_CHECK, VERDICT_DONE },
	{ "start: runs once, want not yet taken back", GOAL_UP, ONCE, ONCE, VERDICT_WAIT, VERDICT_WAIT },
	{ "start: once taken back", GOAL_UP, ONCE, RUNS, VERDICT_CHECK, VERDICT_DONE },
	{ "start: is down", GOAL_UP, DOWN, DOWN, VERDICT_WAIT, VERDICT_WAIT },
	{ "start: will come", GOAL_UP, DOWN, COMES, VERDICT_WAIT, VERDICT_WAIT },
	{ "start: has come", GOAL_UP, DOWN, NEW, VERDICT_CHECK, VERDICT_DONE },
	{ "start: came by itself meanwhile", GOAL_UP, COMES, EARLY, VERDICT_CHECK, VERDICT_DONE },
	{ "start: the old one is being stopped", GOAL_UP, STOPS, STOPS, VERDICT_WAIT, VERDICT_WAIT },
	{ "start: the old one still ends", GOAL_UP, STOPS, ENDS, VERDICT_WAIT, VERDICT_WAIT },
	{ "start: a d before ours was read after the status", GOAL_UP, RUNS, ENDS, VERDICT_WAIT, VERDICT_WAIT },
	{ "start: finish works", GOAL_UP, RUNS, FINISHES, VERDICT_WAIT, VERDICT_WAIT },
	{ "start: paused is up", GOAL_UP, PAUSED, PAUSED, VERDICT_CHECK, VERDICT_DONE },

	{ "stop: is down", GOAL_DOWN, DOWN, DOWN, VERDICT_DONE, VERDICT_DONE },
	{ "stop: runs", GOAL_DOWN, RUNS, RUNS, VERDICT_WAIT, VERDICT_WAIT },
	{ "stop: stops", GOAL_DOWN, RUNS, STOPS, VERDICT_WAIT, VERDICT_WAIT },
	{ "stop: finish works", GOAL_DOWN, RUNS, FINISHES_D, VERDICT_WAIT, VERDICT_WAIT },
	{ "stop: down, but up is wanted still", GOAL_DOWN, COMES, COMES, VERDICT_WAIT, VERDICT_WAIT },
	{ "stop: has ended", GOAL_DOWN, RUNS, ENDED, VERDICT_DONE, VERDICT_DONE },

	{ "restart: the old process", RESTART, RUNS, RUNS, VERDICT_WAIT, VERDICT_WAIT },
	{ "restart: the old process ends", RESTART, RUNS, ENDS, VERDICT_WAIT, VERDICT_WAIT },
	{ "restart: finish of the old", RESTART, RUNS, FINISHES, VERDICT_WAIT, VERDICT_WAIT },
	{ "restart: between", RESTART, RUNS, COMES, VERDICT_WAIT, VERDICT_WAIT },
	{ "restart: a new one", RESTART, RUNS, NEW, VERDICT_CHECK, VERDICT_DONE },
	{ "restart: the new one has a TERM", RESTART, RUNS, NEW_ENDS, VERDICT_WAIT, VERDICT_WAIT },
	{ "restart: the new one is paused", RESTART, RUNS, NEW_PAUSED, VERDICT_WAIT, VERDICT_WAIT },
	{ "restart: one from before the letters", RESTART, RUNS, EARLY, VERDICT_WAIT, VERDICT_WAIT },
	{ "restart: the clock was set back", RESTART, RUNS, PAST, VERDICT_CHECK, VERDICT_DONE },
	{ "restart: of a down one, still down", RESTART, DOWN, DOWN, VERDICT_WAIT, VERDICT_WAIT },
	{ "restart: of a down one", RESTART, DOWN, NEW, VERDICT_CHECK, VERDICT_DONE },
	{ "restart: new, u not yet taken", RESTART, RUNS, NEW_DOWN, VERDICT_WAIT, VERDICT_WAIT },

	{ "try-restart: down and wanted down", TRY, DOWN, DOWN, VERDICT_DONE, VERDICT_DONE },
	{ "try-restart: down, will come", TRY, COMES, COMES, VERDICT_WAIT, VERDICT_WAIT },
	{ "try-restart: the old process", TRY, RUNS, RUNS, VERDICT_WAIT, VERDICT_WAIT },
	{ "try-restart: a new one", TRY, RUNS, NEW, VERDICT_CHECK, VERDICT_DONE },
	{ "try-restart: a paused new one", TRY, RUNS, NEW_PAUSED, VERDICT_WAIT, VERDICT_WAIT },
	{ "try-restart: of a stopping one", TRY, STOPS, STOPS, VERDICT_WAIT, VERDICT_WAIT },
	{ "try-restart: it stopped", TRY, STOPS, ENDED, VERDICT_DONE, VERDICT_DONE },

	{ "term while want down", GOAL_FRESH, ONCE, STOPS, VERDICT_WAIT, VERDICT_WAIT },
	{ "term while want down: its finish is about to start", GOAL_FRESH, ONCE, OWED, VERDICT_WAIT, VERDICT_WAIT },
	{ "term while want down: ended", GOAL_FRESH, ONCE, ENDED, VERDICT_DONE, VERDICT_DONE },
	{ "kill: the old process", GOAL_FRESH, RUNS, RUNS, VERDICT_WAIT, VERDICT_WAIT },
	{ "kill: a paused new one", GOAL_FRESH, RUNS, NEW_PAUSED, VERDICT_CHECK, VERDICT_DONE },

	{ "once: runs, wanted up", GOAL_ONCE, RUNS, RUNS, VERDICT_WAIT, VERDICT_WAIT },
	{ "once: runs, wanted down", GOAL_ONCE, RUNS, ONCE, VERDICT_DONE, VERDICT_DONE },
	{ "once: was down, still is", GOAL_ONCE, DOWN, DOWN, VERDICT_WAIT, VERDICT_WAIT },
	{ "once: was down, has run", GOAL_ONCE, DOWN, ENDED, VERDICT_DONE, VERDICT_DONE },
	{ "once: finish works", GOAL_ONCE, ONCE, FINISHES_D, VERDICT_DONE, VERDICT_DONE },

	{ "pause: runs", GOAL_PAUSED, RUNS, RUNS, VERDICT_WAIT, VERDICT_WAIT },
	{ "pause: paused", GOAL_PAUSED, RUNS, PAUSED, VERDICT_DONE, VERDICT_DONE },
	{ "pause: nothing there", GOAL_PAUSED, DOWN, DOWN, VERDICT_DONE, VERDICT_DONE },
	{ "cont: paused", GOAL_CONT, PAUSED, PAUSED, VERDICT_WAIT, VERDICT_WAIT },
	{ "cont: runs", GOAL_CONT, PAUSED, RUNS, VERDICT_DONE, VERDICT_DONE },
	{ "cont: nothing there", GOAL_CONT, DOWN, DOWN, VERDICT_DONE, VERDICT_DONE },

	{ "shutdown: nothing there is not enough", GOAL_GONE, RUNS, ENDED, VERDICT_WAIT, VERDICT_WAIT },

	{ "check: a process", GOAL_CHECKED, RUNS, RUNS, VERDICT_CHECK, VERDICT_DONE },
	{ "check: no process", GOAL_CHECKED, COMES, COMES, VERDICT_DONE, VERDICT_DONE },
};
/* clang-format on */

static void goals(void)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct facts f = facts_of(&table[i].before, &table[i].now);
		unsigned int const goal = table[i].goal;
		is_int(goal_reached(goal, &f), table[i].want, table[i].name);
		f.check = CHECK_GOOD;
		is_int(goal_reached(goal, &f), table[i].good, "with a good check");
		bool const done_without = table[i].want == VERDICT_DONE;
		f.check = CHECK_BAD;
		is_int(goal_reached(goal, &f), done_without ? VERDICT_DONE : VERDICT_WAIT,
		       "with a bad check");
		f.check = CHECK_RUNS;
		is_int(goal_reached(goal, &f), done_without ? VERDICT_DONE : VERDICT_WAIT,
		       "while the check runs");
		f.late = true;
		is_int(goal_reached(goal, &f), done_without ? VERDICT_DONE : VERDICT_LATE,
		       "late: a check that runs counts as bad");
		f.check = CHECK_UNKNOWN;
		is_int(goal_reached(goal, &f), done_without ? VERDICT_DONE : VERDICT_LATE,
		       "late: no check is begun");
		f.unread = true;
		is_int(goal_reached(goal, &f), VERDICT_LATE, "late, and the letters not read");
		f.late = false;
		is_int(goal_reached(goal, &f), VERDICT_WAIT, "nothing is sure of unread letters");
		f.gone = true;
		is_int(goal_reached(goal, &f), goal & GOAL_GONE ? VERDICT_DONE : VERDICT_FAIL,
		       "runsv is gone");
		f.late = true;
		is_int(goal_reached(goal, &f), goal & GOAL_GONE ? VERDICT_DONE : VERDICT_FAIL,
		       "gone, and late");
	}
}

int main(void)
{
	goals();
	return done();
}
