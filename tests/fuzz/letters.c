/* Any bytes in the FIFOs of a service and its logger, between them whatever can happen to their
 * processes, their scripts and to runsv: what must always hold, and that the last word counts. */
#include "fuzz.h"
#include "world.h"

/* The world at its best: forks succeed, scripts end, who is told to end does, a logger also at the
 * end of its input. */
static void settle(struct world *w)
{
	w->fails = 0;
	w->unread = false;
	w->actions = -1;
	for (int round = 0; round < 24 && !world_over(w); round++) {
		/* x does not wait for a control/u that hangs */
		for (size_t i = 0; i < LETTERS; i++)
			if (letters[i].letter != 'u' || (w->wanted[SERVICE] != 'x' && !w->ending))
				world_script_ends(w, i, false);
		for (unsigned int who = 0; who < w->pair.slots; who++)
			if (w->process[who].finish || w->process[who].dying ||
			    (who == LOGGER && w->pipe_closed))
				world_ends(w, who, round & 1);
		if (tain_less(&w->now, pair_deadline(&w->pair)) &&
		    tain_less(pair_deadline(&w->pair), &tain_infinite))
			w->now = *pair_deadline(&w->pair);
		world_due(w);
		world_check(w);
	}
}

static void last_word(struct world const *w)
{
	struct slot const *const s = &w->pair.slot[SERVICE];
	bool const goes_on = s->phase == PHASE_RUN && s->want == WANT_LAST;

	if (w->ending) {
		must(world_over(w) || (goes_on && w->wanted[SERVICE] != 'x'),
		     "L: runsv leaves, or what runs is left alone");
		return;
	}
	switch (w->wanted[SERVICE]) {
	case 'u':
		must(s->phase == PHASE_RUN && s->want == WANT_UP && s->pid, "u: it runs");
		must(!w->pipe_closed, "and has its pipe");
		return;
	case 'd':
		must(s->phase == PHASE_DOWN && s->want == WANT_DOWN, "d: it is down");
		return;
	case 'x':
		must(world_over(w), "x: runsv leaves");
		return;
	default:
		must(s->want == (s->phase == PHASE_RUN ? WANT_ONCE : WANT_DOWN) &&
			     (s->phase == PHASE_RUN || s->phase == PHASE_DOWN),
		     "o: it runs for the last time, or has");
	}
}

/* Bytes from 33 on go into the service's FIFO, if they are letters or not. */
static void happen(struct world *w, unsigned int byte, struct feed *f)
{
	unsigned int const more = byte && byte < 16 ? feed_byte(f) : 0;
	struct pair const before = w->pair;

	/* two that are no letters come as the letters that look like them */
	if (byte == 'L' || byte == 'K')
		byte &= 0x1f;
	if (byte > ' ' || byte == '\f' || byte == '\v') {
		must(world_letter(w, SERVICE, (char)byte) ||
			     !memcmp(&before, &w->pair, sizeof before),
		     "others mean nothing");
		must(byte != 'k' || w->dead || !w->process[SERVICE].pid ||
			     !w->process[SERVICE].finish || w->process[SERVICE].dying,
		     "k reaches a finish");
	} else if (byte >= 16 && byte < 32) {
		world_script_ends(w, byte - 16, feed_byte(f) & 1);
	} else if (byte == 1 && w->pair.slots > 1) {
		world_letter(w, LOGGER, (char)more);
	} else if (byte == 2) {
		world_ends(w, more & 1 && w->pair.slots > 1, more & 2);
	} else if (byte == 3) {
		w->fails = more % 8;
	} else if (byte == 4) {
		w->unread = more & 1;
	} else if (byte == 5) {
		w->scripted = more << 8 | feed_byte(f);
	} else if (byte == 6) {
		w->actions = (int)(more % 8);
	} else if (byte == 7) {
		tain_add(&w->now, &w->now,
			 &(tain){ .sec.x = more % 8, .nano = (more >> 3) * 31250000 });
	} else if (byte == 8) { /* killed between two turns */
		w->dead = true;
	} else if (tain_less(pair_deadline(&w->pair), &tain_infinite) &&
		   tain_less(&w->now, pair_deadline(&w->pair))) {
		w->now = *pair_deadline(&w->pair);
	}
	if (byte <= ' ' && !w->dead)
		world_due(w);
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
	struct feed f = { data, size };
	unsigned int const how = feed_byte(&f);
	struct world w;

	memset(&w, 0, sizeof w);
	world_init(&w, 1 + (how & 1), how & 2 ? WANT_DOWN : WANT_UP, how & 4 ? 0 : 0xffff);
	world_due(&w);
	while (f.left && !world_over(&w)) {
		happen(&w, feed_byte(&f), &f);
		if (w.dead) {
			unsigned int const died = feed_byte(&f);
			for (unsigned int who = 0; who < 2; who++)
				w.process[who].pid *= !(died >> who & 1);
			for (size_t i = 0; i < LETTERS; i++)
				w.script[i] *= !(died & 4);
			world_again(&w, died & 8);
		}
		world_check(&w);
	}
	if (!world_over(&w)) {
		settle(&w);
		last_word(&w);
	}
	return 0;
}
