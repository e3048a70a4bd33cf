#include <stdio.h>

#include "stop_tree.h"
#include "tap.h"

/* The whole state space: three services with each of the relations between them, with and without
 * CMD, events in any order. Time is two questions: is it later than the next deadline, or now. */
enum {
	SERVICES = 3,
	RELATIONS = 1 << (SERVICES * (SERVICES - 1)),
	DEPTH = 9,
	MOVES = SERVICES + 5
};

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
	must(p->phase == STOP_RUN ||
		     p->now <= p->begun + STOP_TIMEOUT + STOP_AFTER + 3 * STOP_ORPHANS,
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
	case 3:
		event(t, p, STOP_EV_ORPHAN);
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
	for (int i = 0; i < 100 && t->stop.phase != STOP_OVER; i++) {
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
	for (unsigned int d = 0; d < DEPTH && t.stop.phase != STOP_OVER; d++, moves /= MOVES)
		states += happens(&t, &p, (unsigned int)(moves % MOVES));
	must_end(&t, p);
	end(&t);
}

int main(void)
{
	/* its upper bits have no pattern */
	uint64_t seed = 1;

	for (unsigned int r = 0; r < RELATIONS && !broken; r++)
		for (unsigned int n = 0; n < 3000 && !broken; n++) {
			seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
			play(r, n & 1, (unsigned long)(seed >> 33));
		}
	printf("# %d relations, %lu events\n", RELATIONS, states);
	ok(!broken, broken ? broken : "every invariant holds");
	ok(states > 100000, "there was something to look at");
	return done();
}
