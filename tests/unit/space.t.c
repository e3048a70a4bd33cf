/* The whole state space: every state of pair and tickets that any sequence of events can reach, and
 * in each of them what must always hold. */
#include <stdint.h>
#include <stdlib.h>

#include "space_world.h"
#include "tap.h"

/* Times and numbers that behaviour does not depend on are made equal. */
static void canonical(struct world *w)
{
	pid_t const pid = w->pair.slot[SERVICE].pid;

	for (size_t i = 0; i < LETTERS; i++) {
		struct ticket *const t = &w->tickets.of[i];
		if (t->pid)
			t->asked = t->asked == pid && pid ? CURRENT : OTHER;
		if (t->again)
			t->again = t->again == pid && pid ? CURRENT : OTHER;
	}
	for (unsigned int who = 0; who < 2; who++) {
		struct slot *const s = &w->pair.slot[who];
		s->pid = s->pid ? CURRENT : 0;
		s->wstat = 0;
		s->since = s->started = s->due = s->trusted = tain_zero;
		s->late = tain_less(&s->late, &tain_infinite) ? tain_zero : tain_infinite;
		/* who has sent what matters where an end may be the last one */
		s->sent = s->sent && s->policy.restart != RESTART_ALWAYS ? UINT64_MAX : 0;
	}
	w->pair.late = tain_zero;
}

static void check(struct world const *w)
{
	for (unsigned int who = 0; who < w->pair.slots; who++) {
		struct slot const *const s = &w->pair.slot[who];
		int const waits = tain_less(slot_deadline(s), &tain_infinite);
		struct status shown;

		slot_status(s, &shown);
		must(shown.state != STATUS_DOWN || !shown.pid, "down has no pid");
		must(s->phase != PHASE_RUN || s->pid, "run has a pid");
		must(s->phase != PHASE_FINISH || s->pid || waits, "finish has a pid or a deadline");
		must(s->phase != PHASE_PREPARE || w->tickets.of[letter_find('u') - letters].pid,
		     "prepare has a script");
		must(!(s->phase == PHASE_DOWN && s->want == WANT_UP) || waits,
		     "down and wanted up has a deadline");
		must(s->pid || (!s->term && !s->paused && !s->told), "flags belong to a process");
		must(s->phase != PHASE_CLEAR || (s->pid && waits && !shown.pid),
		     "clear has a deadline, and shows no pid");
		must(s->over != OVER_YES || s->want != WANT_UP, "what is over is not wanted up");
		must(who == LOGGER || s->phase != PHASE_DOWN || !want_exits(s->want) ||
			     w->pair.slots == 1 || w->pair.closed,
		     "leaving closes the pipe");
	}
	must(!w->pair.closed || w->pair.slot[SERVICE].phase == PHASE_DOWN,
	     "nothing runs with a closed pipe");
}

/* Everything that lives ends, what is due is done, and the system says yes: n rounds of it. */
static void let_die(struct world *w, int rounds)
{
	struct answers yes = { 0 };

	for (int i = 0; i < rounds; i++) {
		for (char const *c = scripted; *c; c++)
			if (w->tickets.of[letter_find(*c) - letters].pid)
				script_ends(w, *c, 0, &yes);
		for (unsigned int who = 0; who < w->pair.slots; who++) {
			yes.used = 0;
			struct slot const *const s = &w->pair.slot[who];
			enum event_kind const end = s->phase == PHASE_CLEAR ? EV_CLEARED : EV_ENDED;
			if (s->pid)
				dispatch(w, who, (struct event){ .kind = end }, &yes);
			if (!s->pid && tain_less(slot_deadline(s), &tain_infinite))
				dispatch(w, who, (struct event){ .kind = EV_DUE }, &yes);
		}
		canonical(w);
	}
}

static void send(struct world *w, unsigned int who, char letter, struct answers *a)
{
	static enum event_kind const kinds[] = {
		[LETTER_UP] = EV_UP,       [LETTER_DOWN] = EV_STOP,   [LETTER_ONCE] = EV_ONCE,
		[LETTER_EXIT] = EV_EXIT,   [LETTER_TERM] = EV_TERM,   [LETTER_KILL] = EV_KILL,
		[LETTER_PAUSE] = EV_PAUSE, [LETTER_CONT] = EV_CONT,   [LETTER_SIGNAL] = EV_SIGNAL,
		[LETTER_LAST] = EV_LAST,   [LETTER_FORCE] = EV_FORCE,
	};

	if (who == LOGGER && (letter == 'x' || letter == '\f'))
		return;
	dispatch(w, who,
		 (struct event){ .kind = kinds[letter_find(letter)->kind], .letter = letter }, a);
}

/* From here, the last want is reached. */
static void reach(struct world const *from)
{
	struct answers yes = { 0 };
	struct world w = *from;
	bool const ending = w.pair.slot[SERVICE].want > WANT_EXIT;

	send(&w, SERVICE, 'x', &yes);
	let_die(&w, 6);
	must(pair_over(&w.pair) && !tickets_any(&w.tickets),
	     "exit ends after a bounded number of deaths");
	w = *from;
	send(&w, SERVICE, '\f', &yes);
	send(&w, SERVICE, 'u', &yes);
	let_die(&w, 6);
	must(pair_over(&w.pair), "nobody takes the end of a tree back");
	if (ending)
		return;
	w = *from;
	send(&w, SERVICE, 'd', &yes);
	let_die(&w, 4);
	must(w.pair.slot[SERVICE].phase == PHASE_DOWN && w.pair.slot[SERVICE].want == WANT_DOWN,
	     "d is reached");
	w = *from;
	send(&w, SERVICE, 'd', &yes);
	send(&w, SERVICE, 'u', &yes);
	let_die(&w, 4);
	if (w.pair.slot[SERVICE].over == OVER_YES)
		return; /* it was reached on the way */
	must(w.pair.slot[SERVICE].phase == PHASE_RUN && w.pair.slot[SERVICE].want == WANT_UP,
	     "u is reached");
	must(!w.pair.closed, "u has its pipe");
}

/* The states that were seen, and a queue of them. */
static struct world *seen;
static size_t count, room, *table, table_size;

static uint64_t hash(struct world const *w)
{
	unsigned char const *const p = (unsigned char const *)w;
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < sizeof *w; i++)
		h = (h ^ p[i]) * UINT64_C(1099511628211);
	return h ^ h >> 29;
}

static void grow(void)
{
	room = room ? room * 2 : 1 << 12;
	seen = realloc(seen, room * sizeof *seen);
	free(table);
	table_size = room * 4;
	table = calloc(table_size, sizeof *table);
	if (!seen || !table)
		exit(1);
	for (size_t i = 0; i < count; i++) {
		size_t at = hash(&seen[i]) & (table_size - 1);
		while (table[at])
			at = (at + 1) & (table_size - 1);
		table[at] = i + 1;
	}
}

static void add(struct world const *w)
{
	if (count == room)
		grow();
	size_t at = hash(w) & (table_size - 1);
	for (; table[at]; at = (at + 1) & (table_size - 1))
		if (!memcmp(&seen[table[at] - 1], w, sizeof *w))
			return;
	seen[count++] = *w;
	table[at] = count;
}

static struct by_itself {
	enum event_kind kind;
	int wstat;
	bool service; /* happens to no logger */
} const by_itself[] = {
	{ EV_ENDED, 0, false },         { EV_ENDED_FINISH, 0, true },
	{ EV_ENDED, 15, false },        { EV_ENDED_FINISH, 125 << 8, true },
	{ EV_ENDED_LEFT, 15, true },    { EV_CLEARED, 0, true },
	{ EV_CLEARED_FINISH, 0, true }, { EV_LATE, 0, true },
	{ EV_DUE, 0, false },           { EV_DUE_SCRIPT, 0, true },
};

enum { ITSELF = sizeof by_itself / sizeof *by_itself };

static bool can_happen(struct slot const *s, enum event_kind kind)
{
	bool const waits = tain_less(slot_deadline(s), &tain_infinite);

	switch ((int)kind) {
	case EV_ENDED_LEFT:
		return s->phase == PHASE_RUN && s->pid && s->policy.kill_mode == KILL_TREE;
	case EV_CLEARED:
	case EV_CLEARED_FINISH:
		return s->phase == PHASE_CLEAR;
	case EV_LATE:
		return s->pid && waits;
	case EV_DUE:
	case EV_DUE_SCRIPT:
		return !s->pid && waits;
	default:
		return s->pid && s->phase != PHASE_CLEAR;
	}
}

/* A tree that ends starts nothing. */
static void compare(struct slot const *before, struct slot const *after)
{
	if (before->want <= WANT_EXIT)
		return;
	must(after->want > WANT_EXIT, "nobody takes it back");
	must(after->phase != PHASE_PREPARE, "nothing is prepared");
	must(after->phase != PHASE_RUN || before->phase == PHASE_RUN, "nothing is started");
}

/* Event number n of a world, with these answers; 0: there is no such event, -1: past the last. */
static int happen(struct world *w, unsigned int n, struct answers *a)
{
	unsigned int const sent = (unsigned int)strlen(letters_sent);
	unsigned int const who = n & 1;

	if (n < 2 * sent) {
		if (who >= w->pair.slots)
			return 0;
		send(w, who, letters_sent[n / 2], a);
		return 1;
	}
	n -= 2 * sent;
	if (n < ITSELF * 2) {
		struct by_itself const *const b = &by_itself[n / 2];

		if (who >= w->pair.slots || (who == LOGGER && b->service) ||
		    !can_happen(&w->pair.slot[who], b->kind))
			return 0;
		dispatch(w, who, (struct event){ .kind = b->kind, .wstat = b->wstat }, a);
		return 1;
	}
	n -= ITSELF * 2;
	if (n < 2 * (sizeof scripted - 1)) {
		if (!w->tickets.of[letter_find(scripted[n / 2]) - letters].pid)
			return 0;
		script_ends(w, scripted[n / 2], (int)(n & 1), a);
		return 1;
	}
	if (n == 2 * (sizeof scripted - 1))
		return (pair_late(&w->pair, &tain_infinite), 1);
	return -1;
}

static size_t expand(size_t i)
{
	size_t transitions = 0;
	int r = 0;

	if (pair_over(&seen[i].pair) && !tickets_any(&seen[i].tickets))
		return 0;
	for (unsigned int n = 0; r >= 0; n++) {
		struct answers a = { 0 };
		do {
			struct world w = seen[i];
			a.used = 0;
			r = happen(&w, n, &a);
			if (r <= 0)
				break;
			canonical(&w);
			check(&w);
			compare(&seen[i].pair.slot[SERVICE], &w.pair.slot[SERVICE]);
			add(&w);
			transitions++;
			a.bits++;
		} while (a.bits < 1u << (a.used < 6 ? a.used : 6));
	}
	return transitions;
}

/* What a successor can find, with every want that may be recorded. */
static void start_anew(struct world const *fresh)
{
	static struct event const found[] = {
		{ .kind = EV_FOUND_RUN, .pid = CURRENT },
		{ .kind = EV_FOUND_RUN,
		  .pid = CURRENT,
		  .told = true,
		  .term = true,
		  .paused = true },
		{ .kind = EV_FOUND_FINISH, .pid = CURRENT },
		{ .kind = EV_FOUND_FINISH }, /* owed */
		{ .kind = EV_FOUND_CLEAR, .pid = CURRENT },
	};

	for (unsigned int want = 0; want < WANTS; want++) {
		for (size_t i = 0; i < sizeof found / sizeof *found; i++) {
			struct answers yes = { 0 };
			struct world w = *fresh;
			w.pair.slot[SERVICE].want = (enum want)want;
			dispatch(&w, SERVICE, found[i], &yes);
			canonical(&w);
			add(&w);
			if (w.pair.slots > 1)
				dispatch(&w, LOGGER, found[0], &yes);
			canonical(&w);
			add(&w);
		}
	}
}

static void walk(unsigned int slots, enum want want, struct policy const *policy)
{
	struct world w;
	size_t transitions = 0, i = 0;

	memset(&w, 0, sizeof w);
	pair_init(&w.pair, slots);
	slot_init(&w.pair.slot[SERVICE], want, &tain_zero);
	slot_init(&w.pair.slot[LOGGER], WANT_UP, &tain_zero);
	w.pair.slot[SERVICE].policy = *policy;
	canonical(&w);
	count = 0;
	room = 0;
	add(&w);
	start_anew(&w);
	for (; i < count && !broken; i++) {
		transitions += expand(i);
		reach(&seen[i]);
	}
	printf("# %u slot(s), first want %s: %zu states, %zu transitions\n", slots,
	       want_names[want], count, transitions);
	if (broken) {
		struct slot const *const s = seen[i - 1].pair.slot;
		printf("# in: service %s %s pid %d, logger %s %s pid %d, closed %d\n",
		       phase_names[s[0].phase], want_names[s[0].want], (int)s[0].pid,
		       phase_names[s[1].phase], want_names[s[1].want], (int)s[1].pid,
		       seen[i - 1].pair.closed);
	}
	ok(!broken, broken ? broken : "every invariant holds in every state");
	ok(count > 100 && transitions > count, "there were states to look at");
}

int main(void)
{
	struct policy p = policy_none;

	letters_sent = "uodxtkpch\f\v";
	walk(1, WANT_UP, &p);
	walk(1, WANT_DOWN, &p);
	letters_sent = "uodxtkpch";
	walk(2, WANT_UP, &p);
	letters_sent = "uodxtkpch\f\v";
	p.restart = RESTART_ON_FAILURE;
	p.asked_for = true;
	p.timeout_kill = p.timeout_finish = 1000;
	p.kill_mode = KILL_TREE;
	walk(1, WANT_UP, &p);
	letters_sent = "uxt\f"; /* what couples the two, and no more: there are millions */
	walk(2, WANT_UP, &p);
	return done();
}
