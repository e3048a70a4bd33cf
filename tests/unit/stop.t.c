#include "stop_tree.h"
#include "tap.h"

static void services_only(void)
{
	struct tree t = tree(2, false);

	ok(stop_deadline(&t.stop) == UINT64_MAX && !step(&t, STOP_EV_CHANGED, 0, 5),
	   "nothing was asked");
	is_int((long)step(&t, STOP_EV_ASKED, 0, 100), STOP_ACT_HOOK | STOP_ACT_TELL,
	       "no CMD: the hook, and nothing is started any more");
	ok(service(&t, 0)->level == LEVEL_LAST && service(&t, 1)->level == LEVEL_LAST,
	   "all of them");
	obey(&t);
	is_int((long)step(&t, STOP_EV_HOOK, 0, 100), STOP_ACT_TELL, "no hook: they are told");
	ok(service(&t, 0)->level == LEVEL_TERM && service(&t, 0)->told < service(&t, 0)->level,
	   "to end");
	obey(&t);
	is_int((long)step(&t, STOP_EV_CHANGED, 0, 1099), 0, "it waits");
	is_int((long)step(&t, STOP_EV_CHANGED, 0, 1100), STOP_ACT_NAME, "and names them");
	is_int((long)step(&t, STOP_EV_CHANGED, 0, 1101), 0, "each second");
	is_int((long)step(&t, STOP_EV_CHANGED, 0, 4350), STOP_ACT_NAME, "or later");
	gone(&t, 0);
	is_int((long)step(&t, STOP_EV_CHANGED, 0, 4360), 0, "one has gone");
	gone(&t, 0);
	is_int((long)step(&t, STOP_EV_CHANGED, 0, 4370), STOP_ACT_ORPHANS_TERM,
	       "all have: what is nobody's");
	is_int((long)step(&t, STOP_EV_EMPTY, 0, 4370), STOP_ACT_HOOK, "there is none: finish");
	is_int((long)step(&t, STOP_EV_HOOK, 0, 4370), STOP_ACT_ORPHANS_KILL, "once more");
	is_int((long)step(&t, STOP_EV_EMPTY, 0, 4370), STOP_ACT_END, "it is over");
	is_int(stop_code(&t.stop), 0, "in order");
	end(&t);
}

static void kills(void)
{
	struct tree t = tree(1, false);

	step(&t, STOP_EV_ASKED, 0, 0);
	step(&t, STOP_EV_HOOK, 0, 0);
	obey(&t);
	ok(!(step(&t, STOP_EV_CHANGED, 0, 7999) & STOP_ACT_TELL), "patience until the end");
	ok(step(&t, STOP_EV_CHANGED, 0, 8000) & STOP_ACT_TELL, "then it is told again");
	ok(service(&t, 0)->level == LEVEL_KILL && service(&t, 0)->told < service(&t, 0)->level,
	   "KILL");
	obey(&t);
	step(&t, STOP_EV_KILLED, 0, 8000);
	ok(t.stop.step == 9000, "a second is left");
	ok(step(&t, STOP_EV_CHANGED, 0, 9000) & STOP_ACT_GIVE_UP, "then it is given up");
	is_int(stop_code(&t.stop), STOP_KILLED, "and the code tells it");
	end(&t);

	t = tree(1, false);
	step(&t, STOP_EV_ASKED, 0, 0);
	step(&t, STOP_EV_HOOK, 0, 0);
	step(&t, STOP_EV_ASKED, 0, 50);
	ok(service(&t, 0)->level == LEVEL_KILL, "another signal makes it now");
	step(&t, STOP_EV_UNTOLD, 0, 50);
	ok(stop_deadline(&t.stop) == 75, "who could not be told is told again");
	ok(step(&t, STOP_EV_CHANGED, 0, 75) & STOP_ACT_TELL, "soon");
	end(&t);
}

/* What was below an orphan is one when that has ended. */
static void orphans(void)
{
	struct tree t = tree(1, false);

	step(&t, STOP_EV_ASKED, 0, 0);
	ok(!step(&t, STOP_EV_ORPHAN, 0, 0) && stop_deadline(&t.stop) == 1000,
	   "while services run nobody looks for them");
	step(&t, STOP_EV_HOOK, 0, 0);
	obey(&t);
	service(&t, 0)->down = true;
	is_int((long)step(&t, STOP_EV_CHANGED, 0, 100), STOP_ACT_ORPHANS_TERM, "all are down");
	is_int((long)step(&t, STOP_EV_CHANGED, 0, 150), 0, "once");
	is_int((long)step(&t, STOP_EV_ORPHAN, 0, 200), STOP_ACT_ORPHANS_TERM, "one has ended");
	is_int((long)step(&t, STOP_EV_ORPHAN, 0, 201), 0, "and another one at once");
	is_int((long)stop_deadline(&t.stop), 200 + STOP_LOOKS, "which can wait");
	is_int((long)step(&t, STOP_EV_CHANGED, 0, 200 + STOP_LOOKS), STOP_ACT_ORPHANS_TERM,
	       "but not for long");
	is_int((long)stop_deadline(&t.stop), 1000, "no more of them");
	ok(step(&t, STOP_EV_ASKED, 0, 300) & STOP_ACT_ORPHANS_KILL, "the time is up");
	obey(&t);
	is_int((long)stop_deadline(&t.stop), 400, "what KILL makes an orphan tells nobody");
	is_int((long)step(&t, STOP_EV_CHANGED, 0, 400), STOP_ACT_ORPHANS_KILL, "so it looks");
	is_int((long)stop_deadline(&t.stop), 500, "and again");
	ok(step(&t, STOP_EV_CHANGED, 0, 1300) & STOP_ACT_GIVE_UP, "for a second");
	is_int(t.stop.phase, STOP_FINISH, "then the hook");
	step(&t, STOP_EV_ORPHAN, 0, 1310);
	is_int((long)step(&t, STOP_EV_CHANGED, 0, 1400), 0, "whose processes are its own");
	is_int((long)step(&t, STOP_EV_HOOK, 0, 1500), STOP_ACT_ORPHANS_KILL, "until it has ended");
	is_int((long)step(&t, STOP_EV_ORPHAN, 0, 1520), STOP_ACT_ORPHANS_KILL, "and those below");
	is_int((long)step(&t, STOP_EV_EMPTY, 0, 1520), STOP_ACT_END, "it is over");
	end(&t);
}

/* No service: what is nobody's, then the hook finish. At 100 it is asked for. */
static struct tree without_services(uint64_t orphans_time)
{
	struct tree t = tree(0, false);

	t.stop.orphans_time = orphans_time;
	step(&t, STOP_EV_ASKED, 0, 100);
	step(&t, STOP_EV_HOOK, 0, 100);
	is_int(t.stop.phase, STOP_LEFT, "at once what is left");
	return t;
}

static void last_times(void)
{
	struct tree t = without_services(STOP_ORPHANS);

	is_int((long)stop_deadline(&t.stop), 200, "orphans have a moment");
	ok(step(&t, STOP_EV_CHANGED, 0, 200) & STOP_ACT_ORPHANS_KILL, "then KILL");
	is_int((long)step(&t, STOP_EV_ORPHAN, 0, 210), STOP_ACT_ORPHANS_KILL,
	       "the next ones as well");
	is_int((long)step(&t, STOP_EV_EMPTY, 0, 210), STOP_ACT_HOOK, "they are gone: finish");
	is_int((long)t.stop.step, 8100, "it has what is left of the time");
	ok(step(&t, STOP_EV_ASKED, 0, 300) & STOP_ACT_HOOK_KILL, "or until another signal");
	end(&t);

	t = without_services(3000);
	is_int((long)t.stop.step, 3100, "orphans have what was said");
	ok(step(&t, STOP_EV_ASKED, 0, 300) & STOP_ACT_ORPHANS_KILL, "or until another signal");
	end(&t);

	t = without_services(50000);
	is_int((long)t.stop.step, 8100, "within the time");
	step(&t, STOP_EV_CHANGED, 0, 8100);
	step(&t, STOP_EV_EMPTY, 0, 8100);
	is_int((long)t.stop.step, 9100, "finish has a second after it");
	end(&t);

	t = without_services(50000);
	step(&t, STOP_EV_CHANGED, 0, 8900);
	is_int((long)step(&t, STOP_EV_CHANGED, 0, 9000), STOP_ACT_HOOK,
	       "those that KILL does not end have a moment");
	is_int((long)t.stop.step, 9600, "but ten are never passed");
	end(&t);
}

static void with_command(void)
{
	struct tree t = tree(1, true);

	is_int((long)step(&t, STOP_EV_ASKED, 0, 0), STOP_ACT_COMMAND_TERM | STOP_ACT_TELL,
	       "CMD first");
	is_int((long)stop_deadline(&t.stop), 1000, "it is named");
	obey(&t);
	ok(step(&t, STOP_EV_CHANGED, 0, 4000) & STOP_ACT_COMMAND_KILL, "half of the time is its");
	ok(step(&t, STOP_EV_COMMAND, 137, 4001) & STOP_ACT_HOOK, "then the hook");
	ok(step(&t, STOP_EV_CHANGED, 0, 6001) & STOP_ACT_HOOK_KILL, "half of what is left");
	ok(service(&t, 0)->level == LEVEL_TERM, "the services");
	is_int(stop_code(&t.stop), STOP_KILLED, "CMD had to be killed");
	end(&t);

	t = tree(0, true);
	is_int((long)step(&t, STOP_EV_COMMAND, 42, 0), STOP_ACT_HOOK | STOP_ACT_TELL * 0,
	       "CMD ends");
	step(&t, STOP_EV_HOOK, 0, 0);
	is_int(t.stop.phase, STOP_LEFT, "and nothing is left");
	step(&t, STOP_EV_KILLED, 0, 0);
	is_int(stop_code(&t.stop), 42, "its code");
	end(&t);
}

static void at_start(void)
{
	struct tree t = tree(1, true);

	t.stop.phase = STOP_START;
	is_int((long)step(&t, STOP_EV_ASKED, 0, 100), STOP_ACT_HOOK_TERM, "start gets TERM");
	is_int((long)stop_deadline(&t.stop), 1100, "it is named, and has its time");
	is_int((long)step(&t, STOP_EV_ASKED, 0, 150), STOP_ACT_HOOK_KILL, "until another signal");
	is_int((long)step(&t, STOP_EV_ASKED, 0, 160), STOP_ACT_HOOK_KILL, "as often as it comes");
	is_int((long)step(&t, STOP_EV_HOOK, 137, 170), STOP_ACT_ORPHANS_KILL,
	       "no other hook comes then");
	is_int(service(&t, 0)->level, LEVEL_NONE, "nor is a service told, which none has started");
	is_int((long)stop_deadline(&t.stop), 270, "what is nobody's has a tenth of a second");
	is_int((long)step(&t, STOP_EV_CHANGED, 0, 269), 0, "which it may take");
	is_int((long)step(&t, STOP_EV_CHANGED, 0, 270), STOP_ACT_END, "to end, and no longer");
	is_int(stop_code(&t.stop), STOP_KILLED, "start had to be killed");
	end(&t);
}

static void codes(void)
{
	static struct {
		enum stop_cause cause;
		int code, expected;
		bool killed;
	} const t[] = {
		{ CAUSE_SIGNAL, 0, 0, false },     { CAUSE_SIGNAL, 0, 137, true },
		{ CAUSE_HUP, 0, 111, false },      { CAUSE_HUP, 0, 137, true },
		{ CAUSE_COMMAND, 3, 3, true },     { CAUSE_ESSENTIAL, 9, 9, true },
		{ CAUSE_ESSENTIAL, 0, 0, false },  { CAUSE_ESSENTIAL, 0, 137, true },
		{ CAUSE_BUDGET, 111, 111, false }, { CAUSE_BUDGET, 111, 111, true },
		{ CAUSE_START, 3, 3, false },
	};

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct stop s;
		stop_init(&s, STOP_TIMEOUT, false);
		s.cause = t[i].cause;
		s.code = t[i].code;
		s.killed = t[i].killed;
		is_int(stop_code(&s), t[i].expected, "the code of a cause");
	}
	for (int code = -1; code < 256; code += 64) {
		struct tree failed = tree(0, false);
		failed.stop.phase = STOP_START;
		is_int((long)step(&failed, STOP_EV_HOOK, code, 0), STOP_ACT_ORPHANS_KILL,
		       "start fails");
		is_int(stop_code(&failed.stop), code < 0 ? STOP_TROUBLE : code, "start's own code");
		end(&failed);
	}
}

int main(void)
{
	services_only();
	orphans();
	kills();
	last_times();
	with_command();
	at_start();
	codes();
	return done();
}
