/* The ordered stop: whatever comes when, it ends in its time, nobody gets KILL twice, and what has
 * been decided is not taken back. */
#include "fuzz.h"
#include "../../runsvdir/stop.h"

enum { SERVICES = 6 };

struct play {
	struct stop stop;
	struct roster roster;
	struct order order;
	enum stop_phase phase;
	unsigned int level[SERVICES];
	uint64_t now, begun;
	bool over;
};

static struct entry *of(struct play const *p, unsigned int i)
{
	for (size_t k = 0; k < roster_len(&p->roster); k++)
		if (roster_at(&p->roster, k)->ino == i + 1)
			return roster_at(&p->roster, k);
	return NULL;
}

static void check(struct play *p)
{
	must(p->stop.phase >= p->phase || p->phase == STOP_START, "no phase comes again");
	p->phase = p->stop.phase;
	for (unsigned int i = 0; i < SERVICES; i++) {
		struct entry const *const e = of(p, i);
		must(!e || e->level >= p->level[i], "nobody is told less");
		p->level[i] = e ? e->level : 0;
		must(!e || p->phase == STOP_RUN || p->phase == STOP_START ||
			     p->phase >= STOP_LAST || e->level >= LEVEL_LAST,
		     "who is left knows that nothing is started");
	}
	must(stop_code(&p->stop) >= 0 && stop_code(&p->stop) <= 255, "the code is one");
	must(p->phase <= STOP_START ||
		     p->now <= p->begun + p->stop.timeout + STOP_AFTER + 3 * STOP_ORPHANS + 1,
	     "it ends in its time");
}

static void step(struct play *p, enum stop_event_kind kind, unsigned int more)
{
	struct stop_event const e = {
		.kind = kind, .cause = more % CAUSE_START, .code = (int)(more & 0xff), .now = p->now
	};

	if (p->over)
		return;
	if (p->stop.phase <= STOP_START)
		p->begun = p->now;
	unsigned int const acts = stop_step(&p->stop, &e, &p->roster, &p->order);
	p->over = acts & STOP_ACT_END;
	check(p);
	for (size_t i = 0; i < roster_len(&p->roster); i++)
		roster_at(&p->roster, i)->told = more & 3;
}

static void happen(struct play *p, unsigned int byte, struct feed *f)
{
	unsigned int const more = feed_byte(f);
	struct entry *const e = of(p, more % SERVICES);

	switch (byte % 8) {
	case 0:
		step(p, STOP_EV_ASKED, more);
		break;
	case 1:
		if (p->stop.command_lives && p->stop.phase != STOP_START)
			step(p, STOP_EV_COMMAND, more);
		break;
	case 2:
		step(p, STOP_EV_HOOK, more & 3);
		break;
	case 3:
		if (e && p->stop.phase >= STOP_COMMAND) {
			stop_gone(e, &p->order);
			roster_leave(&p->roster, e);
		}
		step(p, STOP_EV_CHANGED, more);
		break;
	case 4:
		if (e && p->stop.phase >= STOP_COMMAND)
			e->down = true;
		step(p, STOP_EV_CHANGED, more);
		break;
	case 5:
		step(p, STOP_EV_EMPTY, more);
		break;
	case 6:
		step(p,
		     more & 4   ? STOP_EV_ORPHAN
		     : more & 1 ? STOP_EV_KILLED
				: STOP_EV_UNTOLD,
		     more);
		break;
	default:
		p->now += more * more;
		if (p->now > stop_deadline(&p->stop))
			p->now = stop_deadline(&p->stop);
		step(p, STOP_EV_CHANGED, more);
	}
}

/* Time alone, and the end of CMD that KILL brings. */
static void settle(struct play *p)
{
	p->now++;
	if (p->stop.phase == STOP_START)
		step(p, STOP_EV_HOOK, 1);
	step(p, STOP_EV_ASKED, 0);
	for (int i = 0; i < 200 && !p->over; i++) {
		if (stop_deadline(&p->stop) != UINT64_MAX && stop_deadline(&p->stop) > p->now)
			p->now = stop_deadline(&p->stop);
		step(p, STOP_EV_CHANGED, 1);
		if (p->stop.command_killed && p->stop.command_lives)
			step(p, STOP_EV_COMMAND, 137);
	}
	must(p->over, "time alone ends it");
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
	struct feed f = { data, size };
	struct play p = { .phase = STOP_RUN };
	char name[] = "a";

	unsigned int const how = feed_byte(&f);
	stop_init(&p.stop, 1 + feed_number(&f, 2), how & 1);
	if (how & 2)
		p.stop.phase = p.phase = STOP_START;
	for (unsigned int i = 0; i < SERVICES; i++, name[0]++)
		must(roster_see(&p.roster, name, 1, i + 1, false, 0) != NULL, "there is memory");
	for (unsigned int n = feed_byte(&f) % 16; n--;) {
		unsigned int const pair = feed_byte(&f);
		order_add(&p.order, (struct order_id){ 1 + pair % SERVICES, 1 },
			  (struct order_id){ 1 + pair / SERVICES % SERVICES, 1 });
	}
	must(order_ready(&p.order), "there is memory");
	while (f.left && !p.over)
		happen(&p, feed_byte(&f), &f);
	settle(&p);
	genalloc_free(struct entry, &p.roster.entries);
	stralloc_free(&p.roster.names);
	order_forget(&p.order);
	return 0;
}
