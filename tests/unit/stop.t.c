#include <stdio.h>

#include "../../runsvdir/stop.h"
#include "tap.h"

/* A tree of a few services, and what it was told. */
struct tree {
	struct stop stop;
	struct roster roster;
	struct order order;
	unsigned int acts; /* all since the last look */
};

static unsigned int step(struct tree *t, enum stop_event_kind k, int code, uint64_t now)
{
	struct stop_event const e = { .kind = k, .cause = CAUSE_SIGNAL, .code = code, .now = now };

	return stop_step(&t->stop, &e, &t->roster, &t->order);
}

static struct tree tree(unsigned int services, bool command)
{
	struct tree t = { .acts = 0 };
	char name[] = "a";

	stop_init(&t.stop, STOP_TIMEOUT, command);
	for (unsigned int i = 0; i < services; i++, name[0]++)
		roster_see(&t.roster, name, 1, i + 1, false, 0);
	return t;
}

static void depends(struct tree *t, uint64_t who, uint64_t on)
{
	order_add(&t->order, (struct order_id){ who, 1 }, (struct order_id){ on, 1 });
}

static struct entry *service(struct tree const *t, size_t i)
{
	return roster_at(&t->roster, i);
}

static void gone(struct tree *t, size_t i)
{
	stop_gone(service(t, i), &t->order);
	roster_leave(&t->roster, service(t, i));
}

/* All know what they should. */
static void obey(struct tree *t)
{
	for (size_t i = 0; i < roster_len(&t->roster); i++)
		service(t, i)->told = service(t, i)->level;
}

static void end(struct tree *t)
{
	genalloc_free(struct entry, &t->roster.entries);
	stralloc_free(&t->roster.names);
	order_forget(&t->order);
}

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
	is_int((long)step(&t, STOP_EV_CHANGED, 0, 4370), STOP_ACT_ORPHANS_TERM | STOP_ACT_LOOK,
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
	ok(stop_deadline(&t.stop) == 9000, "a second is left");
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
	is_int((long)t.stop.step, 8100, "finish has what is left of the time");
	ok(step(&t, STOP_EV_ASKED, 0, 300) & STOP_ACT_HOOK_KILL, "or until another signal");
	end(&t);

	t = without_services(3000);
	is_int((long)t.stop.step, 3100, "orphans have what was said");
	ok(step(&t, STOP_EV_ASKED, 0, 300) & STOP_ACT_ORPHANS_KILL, "or until another signal");
	end(&t);

	t = without_services(50000);
	is_int((long)t.stop.step, 8100, "within the time");
	step(&t, STOP_EV_CHANGED, 0, 8100);
	is_int((long)t.stop.step, 9100, "finish has a second after it");
	end(&t);

	t = without_services(50000);
	step(&t, STOP_EV_CHANGED, 0, 9000);
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

	t = tree(1, true);
	t.stop.phase = STOP_START;
	is_int((long)step(&t, STOP_EV_HOOK, 3, 100), STOP_ACT_ORPHANS_KILL, "start fails");
	is_int(stop_code(&t.stop), 3, "its code");
	end(&t);

	t = tree(1, true);
	t.stop.phase = STOP_START;
	step(&t, STOP_EV_HOOK, -1, 100);
	is_int(stop_code(&t.stop), STOP_TROUBLE, "it can't be started");
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
		step(&failed, STOP_EV_HOOK, code, 0);
		is_int(stop_code(&failed.stop), code < 0 ? STOP_TROUBLE : code, "start's own code");
		end(&failed);
	}
}

/* The whole state space: three services with each of the relations between them, with and without
 * CMD, events in any order. Time is two questions: is it later than the next deadline, or now. */
enum { SERVICES = 3, RELATIONS = 1 << (SERVICES * (SERVICES - 1)), DEPTH = 9 };

static char const *broken;
static unsigned long states;

static void must(bool cond, char const *what)
{
	if (!cond && !broken)
		broken = what;
}

struct play {
	unsigned int relations;
	enum stop_level level[SERVICES];
	bool down[SERVICES], there[SERVICES];
	bool hurried; /* a second signal, or the time is up */
	unsigned int killed[SERVICES];
	uint64_t now, begun;
	enum stop_phase phase;
};

static bool on(unsigned int relations, unsigned int who, unsigned int what)
{
	unsigned int const bit = who * (SERVICES - 1) + (what > who ? what - 1 : what);

	return who != what && relations >> bit & 1;
}

/* Who depends on it and is not down; a circle has nobody who could be first. */
static bool is_waited_for(struct play const *p, unsigned int what)
{
	for (unsigned int who = 0; who < SERVICES; who++)
		if (on(p->relations, who, what) && p->there[who] && !p->down[who] &&
		    p->level[who] == LEVEL_LAST && !on(p->relations, what, who))
			return true;
	return false;
}

static bool has_circle(struct play const *p)
{
	bool reach[SERVICES][SERVICES];

	for (unsigned int i = 0; i < SERVICES; i++)
		for (unsigned int k = 0; k < SERVICES; k++)
			reach[i][k] = on(p->relations, i, k);
	for (unsigned int m = 0; m < SERVICES; m++)
		for (unsigned int i = 0; i < SERVICES; i++)
			for (unsigned int k = 0; k < SERVICES; k++)
				reach[i][k] = reach[i][k] || (reach[i][m] && reach[m][k]);
	for (unsigned int i = 0; i < SERVICES; i++)
		if (reach[i][i])
			return true;
	return false;
}

static struct entry *of(struct tree const *t, unsigned int i)
{
	for (size_t k = 0; k < roster_len(&t->roster); k++)
		if (roster_at(&t->roster, k)->ino == i + 1)
			return roster_at(&t->roster, k);
	return NULL;
}

static void look(struct tree *t, struct play *p)
{
	must(t->stop.phase >= p->phase, "no phase comes again");
	p->phase = t->stop.phase;
	for (unsigned int i = 0; i < SERVICES; i++) {
		struct entry *const e = of(t, i);
		if (!e)
			continue;
		must(e->level >= p->level[i], "nobody is told less");
		if (e->level == LEVEL_TERM && p->level[i] == LEVEL_LAST && !p->down[i] &&
		    !has_circle(p))
			must(!is_waited_for(p, i), "who is depended on waits");
		p->killed[i] += e->level == LEVEL_KILL && p->level[i] != LEVEL_KILL;
		must(p->killed[i] <= 1, "one KILL");
	}
	for (unsigned int i = 0; i < SERVICES; i++)
		if (of(t, i)) {
			p->level[i] = (enum stop_level)of(t, i)->level;
			of(t, i)->told = of(t, i)->level;
		}
	must(p->phase == STOP_RUN || p->now <= p->begun + STOP_TIMEOUT + STOP_AFTER + 200,
	     "it ends in its time");
}

static void event(struct tree *t, struct play *p, enum stop_event_kind kind)
{
	unsigned int const acts = step(t, kind, 0, p->now);

	look(t, p);
	if (acts & STOP_ACT_ORPHANS_KILL && t->stop.phase == STOP_LAST)
		step(t, STOP_EV_EMPTY, 0, p->now);
	look(t, p);
}

/* Event n of a play; false: it can't happen now. */
static bool happens(struct tree *t, struct play *p, unsigned int n)
{
	if (n < SERVICES) { /* it is down, or has gone */
		struct entry *const e = of(t, n);
		if (!e || e->level < LEVEL_LAST)
			return false;
		if (e->down) {
			p->there[n] = false;
			stop_gone(e, &t->order);
			roster_leave(&t->roster, e);
		} else {
			p->down[n] = e->down = true;
		}
		event(t, p, STOP_EV_CHANGED);
		return true;
	}
	switch (n - SERVICES) {
	case 0:
		event(t, p, STOP_EV_ASKED);
		return true;
	case 1: /* the next deadline */
		if (stop_deadline(&t->stop) == UINT64_MAX)
			return false;
		p->now = stop_deadline(&t->stop) > p->now ? stop_deadline(&t->stop) : p->now;
		event(t, p, STOP_EV_CHANGED);
		return true;
	case 2:
		if (!t->stop.command_lives)
			return false;
		event(t, p, STOP_EV_COMMAND);
		return true;
	default:
		if (t->stop.phase != STOP_HOOK && t->stop.phase != STOP_FINISH)
			return false;
		event(t, p, STOP_EV_HOOK);
		return true;
	}
}

/* Whatever has come: time alone brings it to its end. */
static void must_end(struct tree *t, struct play p)
{
	for (int i = 0; i < 60 && t->stop.phase != STOP_OVER; i++) {
		p.now = stop_deadline(&t->stop) > p.now ? stop_deadline(&t->stop) : p.now;
		event(t, &p, STOP_EV_CHANGED);
		/* who gets KILL ends, CMD too */
		if (t->stop.command_killed && t->stop.command_lives)
			event(t, &p, STOP_EV_COMMAND);
	}
	must(t->stop.phase == STOP_OVER, "time alone ends it");
}

static void play(unsigned int relations, bool command, unsigned long moves)
{
	struct tree t = tree(SERVICES, command);
	struct play p = { .relations = relations };

	for (unsigned int i = 0; i < SERVICES; i++) {
		p.there[i] = true;
		for (unsigned int k = 0; k < SERVICES; k++)
			if (on(relations, i, k))
				depends(&t, i + 1, k + 1);
	}
	order_ready(&t.order);
	event(&t, &p, STOP_EV_ASKED);
	for (unsigned int d = 0; d < DEPTH && t.stop.phase != STOP_OVER; d++, moves /= 7)
		states += happens(&t, &p, (unsigned int)(moves % 7));
	must_end(&t, p);
	end(&t);
}

static void walk(void)
{
	/* a number without a pattern in base 7 */
	uint64_t seed = 1;

	for (unsigned int r = 0; r < RELATIONS && !broken; r++)
		for (unsigned int n = 0; n < 3000 && !broken; n++) {
			seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
			play(r, n & 1, (unsigned long)(seed >> 33));
		}
	printf("# %d relations, %lu events\n", RELATIONS, states);
	ok(!broken, broken ? broken : "every invariant holds");
	ok(states > 100000, "there was something to look at");
}

int main(void)
{
	services_only();
	kills();
	last_times();
	with_command();
	at_start();
	codes();
	walk();
	return done();
}
