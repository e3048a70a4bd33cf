#include "pair.h"
#include "tap.h"

static struct pair p;
static unsigned int acts;

static unsigned int step(unsigned int who, struct event e)
{
	return pair_step(&p, who, &e, &acts);
}

static void both_run(void)
{
	tain const zero = tain_zero;

	pair_init(&p, 2);
	for (unsigned int who = 0; who < 2; who++) {
		slot_init(&p.slot[who], WANT_UP, &zero);
		step(who, (struct event){ .kind = EV_DUE });
		step(who, (struct event){ .kind = EV_SPAWNED, .pid = 7 });
	}
}

static void exits(void)
{
	both_run();
	is_int(step(SERVICE, (struct event){ .kind = EV_EXIT }), 0,
	       "the pipe stays open while the service stops");
	is_int(step(SERVICE, (struct event){ .kind = EV_ENDED }), PAIR_CLOSE, "then it is closed");
	is_int(acts, 0, "the logger gets no signal");
	ok(p.slot[LOGGER].want == WANT_EXIT && !pair_over(&p), "it is waited for");
	step(LOGGER, (struct event){ .kind = EV_ENDED });
	ok(pair_over(&p), "over");
}

static void taken_back(void)
{
	both_run();
	step(SERVICE, (struct event){ .kind = EV_EXIT });
	step(SERVICE, (struct event){ .kind = EV_ENDED });
	is_int(step(SERVICE, (struct event){ .kind = EV_UP }), PAIR_OPEN,
	       "u opens the pipe again: §8 (18)");
	ok(p.slot[LOGGER].want == WANT_UP, "and the logger is wanted");
}

static void taken_back_from_one_that_drains(void)
{
	both_run();
	step(LOGGER, (struct event){ .kind = EV_STOP });
	step(LOGGER, (struct event){ .kind = EV_TERM_DENIED, .pid = 7 });
	step(SERVICE, (struct event){ .kind = EV_EXIT });
	step(SERVICE, (struct event){ .kind = EV_ENDED });
	step(LOGGER, (struct event){ .kind = EV_ENDED, .unread = true });
	step(LOGGER, (struct event){ .kind = EV_DUE });
	step(LOGGER, (struct event){ .kind = EV_SPAWNED, .pid = 8 });
	step(SERVICE, (struct event){ .kind = EV_UP });
	is_int(p.slot[LOGGER].want, WANT_ONCE,
	       "a logger that was wanted down and lives to drain ends by itself");
}

static void drains(void)
{
	both_run();
	step(LOGGER, (struct event){ .kind = EV_ENDED });
	step(SERVICE, (struct event){ .kind = EV_EXIT });
	step(SERVICE, (struct event){ .kind = EV_ENDED, .unread = true });
	ok(!pair_over(&p) && p.slot[LOGGER].want == WANT_UP,
	   "unread: a logger between two lives lives once more");
	step(LOGGER, (struct event){ .kind = EV_DUE, .unread = true });
	step(LOGGER, (struct event){ .kind = EV_SPAWN_FAILED, .unread = true });
	ok(!pair_over(&p) && tain_less(pair_deadline(&p), &tain_infinite),
	   "it can't be started: again later");
	step(LOGGER, (struct event){ .kind = EV_DUE, .unread = true });
	step(LOGGER, (struct event){ .kind = EV_SPAWNED, .pid = 8, .unread = true });
	step(LOGGER, (struct event){ .kind = EV_ENDED, .unread = true });
	ok(!pair_over(&p), "killed while draining: once more");
	step(LOGGER, (struct event){ .kind = EV_DUE, .unread = true });
	step(LOGGER, (struct event){ .kind = EV_SPAWNED, .pid = 9, .unread = true });
	step(LOGGER, (struct event){ .kind = EV_ENDED, .unread = true });
	ok(pair_over(&p), "one that never reads does not hold up the exit");
}

/* A runsv that took over just then: the first that it hears is that the logger is due. */
static void drains_after_a_crash(void)
{
	tain const zero = tain_zero;

	pair_init(&p, 2);
	slot_init(&p.slot[SERVICE], WANT_EXIT, &zero);
	slot_init(&p.slot[LOGGER], WANT_UP, &zero);
	is_int(step(LOGGER, (struct event){ .kind = EV_DUE, .unread = true }), PAIR_CLOSE,
	       "a successor closes the pipe and starts the logger");
	step(LOGGER, (struct event){ .kind = EV_SPAWN_FAILED, .unread = true });
	ok(!pair_over(&p), "which can't be started: again later");
}

/* The exit was of an earlier life, whose logger had ended already. */
static void taken_back_after_a_crash(void)
{
	tain const zero = tain_zero;

	pair_init(&p, 2);
	slot_init(&p.slot[SERVICE], WANT_EXIT, &zero);
	slot_init(&p.slot[LOGGER], WANT_EXIT, &zero);
	is_int(step(SERVICE, (struct event){ .kind = EV_UP }), 0, "u: the pipe is open,");
	ok(p.slot[LOGGER].want == WANT_UP, "and the logger is wanted again");
}

/* What is in the pipe waits for a reader, whatever keeps it from being started. */
static void drains_late(void)
{
	both_run();
	step(LOGGER, (struct event){ .kind = EV_ENDED });
	step(SERVICE, (struct event){ .kind = EV_EXIT });
	step(SERVICE, (struct event){ .kind = EV_ENDED, .unread = true });
	step(LOGGER, (struct event){ .kind = EV_DUE, .unread = true });
	is_int(p.slot[LOGGER].want, WANT_UP, "killed before its fork: the next runsv drains");
	step(LOGGER, (struct event){ .kind = EV_SPAWN_FAILED, .unread = true });
	ok(!pair_over(&p) && tain_less(pair_deadline(&p), &tain_infinite),
	   "its fork fails: it is tried again");
	step(LOGGER, (struct event){ .kind = EV_DUE, .unread = true });
	step(LOGGER, (struct event){ .kind = EV_SPAWNED, .pid = 8, .unread = true });
	is_int(p.slot[LOGGER].want, WANT_EXIT, "until it lives");
	step(LOGGER, (struct event){ .kind = EV_ENDED });
	ok(pair_over(&p), "and then runsv leaves");
}

static void late(void)
{
	tain const soon = { .sec.x = 4 }, then = { .sec.x = 5 };

	both_run();
	step(SERVICE, (struct event){ .kind = EV_EXIT });
	step(SERVICE, (struct event){ .kind = EV_ENDED });
	is_int((long)pair_deadline(&p)->sec.x, 5, "after five seconds");
	is_int(pair_late(&p, &soon), 0, "not before");
	ok(pair_late(&p, &then), "who holds the pipe is said");
	is_int(pair_late(&p, &then), 0, "once");
	ok(!tain_less(pair_deadline(&p), &tain_infinite), "and nothing is due any more");
}

static void alone(void)
{
	tain const zero = tain_zero;

	pair_init(&p, 1);
	slot_init(&p.slot[SERVICE], WANT_DOWN, &zero);
	is_int(step(SERVICE, (struct event){ .kind = EV_EXIT }), 0,
	       "without a logger there is no pipe");
	ok(pair_over(&p), "down and exit: over at once");
}

int main(void)
{
	exits();
	taken_back();
	taken_back_from_one_that_drains();
	drains();
	drains_after_a_crash();
	taken_back_after_a_crash();
	drains_late();
	late();
	alone();
	return done();
}
