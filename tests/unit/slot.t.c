#include "slot.h"
#include "tap.h"

static struct {
	char const *name;
	enum phase in;
	enum want want;
	enum event_kind kind;
	enum phase to;
	enum want wants;
	unsigned int acts;
} const rows[] = {
	{ "wanted up and due: run", PHASE_DOWN, WANT_UP, EV_DUE, PHASE_RUN, WANT_UP, ACT_RUN },
	{ "due with control/u: prepare", PHASE_DOWN, WANT_UP, EV_DUE_SCRIPT, PHASE_PREPARE, WANT_UP,
	  ACT_PREPARE },
	{ "prepared: run", PHASE_PREPARE, WANT_UP, EV_PREPARED, PHASE_RUN, WANT_UP, ACT_RUN },
	{ "d takes a prepared start back", PHASE_PREPARE, WANT_DOWN, EV_PREPARED, PHASE_DOWN,
	  WANT_DOWN, 0 },
	{ "x does not wait for control/u", PHASE_PREPARE, WANT_UP, EV_EXIT, PHASE_DOWN, WANT_EXIT,
	  0 },
	{ "not wanted: nothing is due", PHASE_DOWN, WANT_DOWN, EV_DUE, PHASE_DOWN, WANT_DOWN, 0 },
	{ "d asks control/t", PHASE_RUN, WANT_UP, EV_STOP, PHASE_RUN, WANT_DOWN, ACT_ASK_TERM },
	{ "d in finish stops nothing", PHASE_FINISH, WANT_UP, EV_STOP, PHASE_FINISH, WANT_DOWN, 0 },
	{ "t denied: TERM alone", PHASE_RUN, WANT_UP, EV_TERM_DENIED, PHASE_RUN, WANT_UP,
	  ACT_TERM },
	{ "t denied, down: TERM, CONT, control/d", PHASE_RUN, WANT_DOWN, EV_TERM_DENIED, PHASE_RUN,
	  WANT_DOWN, ACT_TERM | ACT_CONT | ACT_SCRIPT_DOWN },
	{ "t taken, exit: CONT, control/x", PHASE_RUN, WANT_EXIT, EV_TERM_TAKEN, PHASE_RUN,
	  WANT_EXIT, ACT_CONT | ACT_SCRIPT_EXIT },
	{ "t after o: as after d", PHASE_RUN, WANT_ONCE, EV_TERM_DENIED, PHASE_RUN, WANT_ONCE,
	  ACT_TERM | ACT_CONT | ACT_SCRIPT_DOWN },
	{ "k in run asks control/k", PHASE_RUN, WANT_UP, EV_KILL, PHASE_RUN, WANT_UP, ACT_ASK },
	{ "k in finish kills", PHASE_FINISH, WANT_UP, EV_KILL, PHASE_FINISH, WANT_UP, ACT_KILL },
	{ "a signal in down is nothing", PHASE_DOWN, WANT_DOWN, EV_SIGNAL, PHASE_DOWN, WANT_DOWN,
	  0 },
	{ "run ended, finish is there", PHASE_RUN, WANT_UP, EV_ENDED_FINISH, PHASE_FINISH, WANT_UP,
	  ACT_FINISH },
	{ "run ended", PHASE_RUN, WANT_UP, EV_ENDED, PHASE_DOWN, WANT_UP, 0 },
	{ "once has run: down", PHASE_RUN, WANT_ONCE, EV_ENDED, PHASE_DOWN, WANT_DOWN, 0 },
	{ "finish ended", PHASE_FINISH, WANT_UP, EV_ENDED_FINISH, PHASE_DOWN, WANT_UP, 0 },
	{ "o in finish is a down", PHASE_FINISH, WANT_UP, EV_ONCE, PHASE_FINISH, WANT_DOWN, 0 },
	{ "fork failed: finish is owed", PHASE_FINISH, WANT_UP, EV_SPAWN_FAILED, PHASE_FINISH,
	  WANT_UP, 0 },
	{ "fork failed: down", PHASE_RUN, WANT_UP, EV_SPAWN_FAILED, PHASE_DOWN, WANT_UP, 0 },
	{ "found alive", PHASE_DOWN, WANT_DOWN, EV_FOUND_RUN, PHASE_RUN, WANT_DOWN, 0 },
};

static void table(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct slot s = { .policy = policy_none,
				  .phase = rows[i].in,
				  .want = rows[i].want,
				  .pid = rows[i].in == PHASE_RUN || rows[i].in == PHASE_FINISH
						 ? 7
						 : 0 };
		struct event const e = { .kind = rows[i].kind, .pid = 7 };
		unsigned int const acts = slot_step(&s, &e);

		if (!ok(acts == rows[i].acts && s.phase == rows[i].to && s.want == rows[i].wants,
			rows[i].name))
			printf("# %s %s, actions %x\n", phase_names[s.phase], want_names[s.want],
			       acts);
	}
}

static tain at(uint64_t seconds)
{
	return (tain){ .sec.x = seconds };
}

static void deadlines(void)
{
	struct slot s;
	tain const zero = tain_zero;

	slot_init(&s, WANT_UP, &zero);
	ok(!tain_less(&zero, slot_deadline(&s)), "a fresh slot is due at once");
	slot_step(&s, &(struct event){ .kind = EV_DUE, .now = at(100) });
	ok(!tain_less(slot_deadline(&s), &tain_infinite), "while it runs nothing is due");
	slot_step(&s, &(struct event){
			      .kind = EV_SPAWNED, .pid = 7, .now = at(100), .wall = at(1000) });
	is_int((long)s.since.sec.x, 1000, "the stamp is that of the start");
	slot_step(&s, &(struct event){ .kind = EV_ENDED_FINISH,
				       .now = at(100),
				       .wall = at(1001),
				       .wstat = 256 });
	is_int((long)s.since.sec.x, 1000, "finish keeps run's stamp");
	slot_step(&s, &(struct event){
			      .kind = EV_SPAWNED, .pid = 8, .now = at(100), .wall = at(1001) });
	slot_step(&s, &(struct event){
			      .kind = EV_ENDED, .now = at(100), .wall = at(1002), .wstat = 9 });
	is_int(s.wstat, 256, "how finish ended is not how run ended");
	is_int((long)s.since.sec.x, 1002, "down has a stamp of its own");
	is_int((long)slot_deadline(&s)->sec.x, 101, "again a second after the start");
	for (int i = 0; i < 5; i++) {
		static long const wait[] = { 1, 2, 4, 5, 5 };
		slot_step(&s, &(struct event){ .kind = EV_DUE, .now = at(200) });
		slot_step(&s, &(struct event){ .kind = EV_SPAWN_FAILED, .now = at(200) });
		is_int((long)slot_deadline(&s)->sec.x - 200, wait[i],
		       "fork failed: 1, 2, 4, 5 seconds");
	}
	is_int((long)s.since.sec.x, 1002, "a start that failed is no change");
}

static void flags(void)
{
	struct slot s = { .policy = policy_none, .phase = PHASE_RUN, .want = WANT_UP, .pid = 7 };
	struct status shown;

	slot_step(&s, &(struct event){ .kind = EV_PAUSE_DENIED, .pid = 7, .letter = 'p' });
	slot_step(&s, &(struct event){ .kind = EV_TERM_TAKEN, .pid = 7 });
	ok(s.paused && !s.term && s.told, "a TERM that was taken is not flagged, but told");
	slot_step(&s, &(struct event){ .kind = EV_TERM_DENIED, .pid = 6 });
	ok(!s.term, "an answer for another process is void");
	slot_step(&s, &(struct event){ .kind = EV_TERM_DENIED, .pid = 7 });
	slot_status(&s, &shown);
	ok(shown.term && shown.paused && shown.pid == 7 && shown.state == STATUS_RUN,
	   "the status shows both");
	slot_step(&s, &(struct event){ .kind = EV_ENDED });
	ok(!s.term && !s.paused && !s.told && !s.pid,
	   "they end with the process: contract §8 (20)");
	slot_step(&s, &(struct event){ .kind = EV_PAUSE, .letter = 'p' });
	ok(!s.paused, "what does not run is not paused");
}

static unsigned int step(struct slot *s, enum event_kind kind, int wstat, uint64_t now)
{
	struct event const e = { .kind = kind,
				 .letter = 'k',
				 .pid = 7,
				 .wstat = wstat,
				 .now = at(now),
				 .wall = at(now) };

	return slot_step(s, &e);
}

static struct slot running(struct policy const *p)
{
	struct slot s;
	tain const zero = tain_zero;

	slot_init(&s, WANT_UP, &zero);
	s.policy = *p;
	step(&s, EV_DUE, 0, 100);
	step(&s, EV_SPAWNED, 0, 100);
	return s;
}

static void patience(void)
{
	struct policy p = policy_none;

	p.timeout_kill = 2500;
	p.timeout_finish = 1000;
	struct slot s = running(&p);
	ok(!tain_less(slot_deadline(&s), &tain_infinite), "patience begins when it is told");
	step(&s, EV_STOP, 0, 110);
	step(&s, EV_TERM_DENIED, 0, 110);
	ok(slot_deadline(&s)->sec.x == 112 && slot_deadline(&s)->nano == 500000000,
	   "so long after TERM");
	step(&s, EV_TERM_TAKEN, 0, 111);
	is_int((long)slot_deadline(&s)->sec.x, 112, "and not longer when it is told again");
	is_int((long)step(&s, EV_LATE, 0, 113), ACT_KILL, "then it is killed");
	ok(!tain_less(slot_deadline(&s), &tain_infinite), "once");
	step(&s, EV_ENDED_FINISH, 9, 113);
	step(&s, EV_SPAWNED, 0, 113);
	is_int((long)slot_deadline(&s)->sec.x, 114, "finish has a time of its own");
	is_int((long)step(&s, EV_LATE, 0, 114), ACT_KILL, "and is killed as well");
	s = running(&p);
	step(&s, EV_TERM, 0, 110);
	step(&s, EV_TERM_TAKEN, 0, 110);
	ok(!tain_less(slot_deadline(&s), &tain_infinite),
	   "a control/t that took TERM may have meant something else");
	step(&s, EV_STOP, 0, 120);
	is_int((long)slot_deadline(&s)->sec.x, 122, "a control/t that hangs holds up nothing");
	s = running(&policy_none);
	step(&s, EV_TERM_DENIED, 0, 110);
	ok(!tain_less(slot_deadline(&s), &tain_infinite),
	   "without a setting there is no end of it");
}

/* One that was told to stop by an earlier runsv, whose control/t took TERM. */
static bool is_patient(enum want want)
{
	struct slot s;
	tain const zero = tain_zero;

	slot_init(&s, want, &zero);
	s.policy.timeout_kill = 2500;
	slot_step(&s, &(struct event){ .kind = EV_FOUND_RUN,
				       .pid = 7,
				       .told = true,
				       .now = at(110),
				       .started = at(100) });
	return !tain_less(slot_deadline(&s), &tain_infinite);
}

static void found_told(void)
{
	ok(!is_patient(WANT_DOWN) && !is_patient(WANT_EXIT) && !is_patient(WANT_FINAL),
	   "a stop goes on under the next runsv");
	ok(is_patient(WANT_UP) && is_patient(WANT_ONCE) && is_patient(WANT_LAST),
	   "where none was meant nobody is killed");
}

static void taken_back(void)
{
	struct policy p = policy_none;

	p.timeout_kill = 10000;
	p.kill_mode = KILL_TREE;
	struct slot s = running(&p);
	step(&s, EV_STOP, 0, 110);
	step(&s, EV_TERM_TAKEN, 0, 110);
	step(&s, EV_UP, 0, 111);
	ok(!tain_less(slot_deadline(&s), &tain_infinite), "a stop that is taken back kills nobody");
	step(&s, EV_STOP, 0, 120);
	step(&s, EV_TERM_DENIED, 0, 120);
	step(&s, EV_UP, 0, 121);
	is_int((long)slot_deadline(&s)->sec.x, 130, "a TERM that was sent keeps its patience");
	step(&s, EV_LATE, 0, 130);
	ok(s.killed, "it had to be killed");
	step(&s, EV_ENDED_LEFT, 9, 130);
	is_int((long)slot_deadline(&s)->sec.x, 130, "then its tree has no patience of its own");
	step(&s, EV_CLEARED, 0, 130);
	step(&s, EV_LAST, 0, 140);
	ok(!s.killed, "what was killed before the end of the tree was not killed by it");
}

/* One life with `restart no`, to which a letter has come: was that its last end? */
static void asked_for(void)
{
	static struct {
		enum event_kind letter;
		int wstat;
		uint64_t ended;
		enum over over;
		char const *what;
	} const t[] = {
		{ EV_TERM_DENIED, 15, 105, OVER_NO, "what was told to end is started again" },
		{ EV_SIGNAL_DENIED, 9, 105, OVER_NO, "and what a letter's signal has ended" },
		{ EV_SIGNAL_DENIED, 11, 105, OVER_YES, "but not if it was another signal" },
		{ EV_TERM_TAKEN, 0, 106, OVER_NO, "what control/t has ended in its way" },
		{ EV_TERM_TAKEN, 0, 205, OVER_YES, "but not what ends long after it" },
		{ EV_TERM_DENIED, WSTAT_UNKNOWN, 105, OVER_NO,
		  "an end that nobody has seen may have been the letter's" },
	};
	struct policy once = policy_none;

	once.restart = RESTART_NO;
	once.asked_for = true;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct slot s = running(&once);
		step(&s, t[i].letter, 0, 105);
		step(&s, EV_ENDED, t[i].wstat, t[i].ended);
		ok(s.over == t[i].over && s.want == (t[i].over == OVER_NO ? WANT_UP : WANT_DOWN),
		   t[i].what);
	}
}

static void last_ends(void)
{
	struct policy once = policy_none;

	once.restart = RESTART_NO;
	once.asked_for = true;
	struct slot s = running(&once);
	step(&s, EV_ENDED, 256, 105);
	ok(s.over == OVER_YES && s.want == WANT_DOWN, "the last end: over, and wanted down");
	step(&s, EV_UP, 0, 106);
	ok(s.over == OVER_NO && s.want == WANT_UP, "until somebody wants it");

	s = running(&once);
	step(&s, EV_ENDED_FINISH, 256, 105);
	ok(s.over == OVER_SOON && s.want == WANT_UP, "with a finish, not before that has ended");
	step(&s, EV_SPAWNED, 0, 105);
	step(&s, EV_ENDED_FINISH, 0, 106);
	ok(s.over == OVER_YES && s.want == WANT_DOWN, "but then");

	s = running(&once);
	step(&s, EV_STOP, 0, 105);
	step(&s, EV_ENDED, 0, 105);
	ok(s.over == OVER_NO && s.want == WANT_DOWN, "a stop is nobody's last end");

	s = running(&policy_none);
	step(&s, EV_ONCE, 0, 105);
	step(&s, EV_ENDED, 0, 105);
	ok(s.over == OVER_NO && s.want == WANT_DOWN, "the end of once is what was asked for");

	once.restart = RESTART_ALWAYS;
	s = running(&once);
	step(&s, EV_ENDED_FINISH, 256, 105);
	step(&s, EV_SPAWNED, 0, 105);
	step(&s, EV_ENDED_FINISH, 125 * 256, 106);
	ok(s.over == OVER_YES && s.want == WANT_DOWN,
	   "finish says that another start makes no sense");
}

int main(void)
{
	table();
	deadlines();
	flags();
	patience();
	found_told();
	taken_back();
	asked_for();
	last_ends();
	return done();
}
