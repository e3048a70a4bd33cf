/* svlogd's ledger: what is believed lies within, what is committed comes back, and a commit that a
 * kill has cut short is none. */
#include "fuzz.h"
#include "ledger.h"

/* Where the stores that count end, from the beginning: magic, id, which image. */
enum { HEAD = 20, SPACE = LEDGER_OVERHEAD + 256 };

static struct ledger *memory(size_t size)
{
	void *const block = calloc(1, size ? size : 1);

	must(block != NULL, "there is memory");
	return block;
}

/* What is read of bytes that somebody else has written. */
static void believes(struct feed f)
{
	size_t const n = f.left, size = feed_byte(&f) & 1 ? SPACE - feed_byte(&f) : n;
	struct ledger *const l = memory(size);
	struct ledger_input in;
	struct ledger_cursor cursors[LEDGER_DIRS];

	/* a fuzzer seldom hits eight bytes */
	if (size >= LEDGER_OVERHEAD && feed_byte(&f) & 1)
		ledger_create(l, 1);
	size_t const at = size > 8 && feed_byte(&f) & 1 ? 8 : 0;
	memcpy((char *)l + at, f.at, f.left < size - at ? f.left : size - at);
	if (ledger_valid(l, size)) {
		must(size >= LEDGER_OVERHEAD, "one that is cut off is none");
		ledger_read(l, &in, cursors);
		must(in.end <= size - LEDGER_OVERHEAD && in.carried <= in.end, "offsets");
		must(in.stamp_len[0] <= LINE_STAMP_MAX && in.stamp_len[1] <= LINE_STAMP_MAX,
		     "stamps");
		for (size_t k = 0; k < LEDGER_DIRS; k++)
			must(cursors[k].at <= in.end, "every cursor lies within");
	}
	free(l);
}

struct state {
	struct ledger_input in;
	struct ledger_cursor cursors[LEDGER_DIRS];
	size_t n;
};

/* A state as svlogd makes them: offsets within. */
static void feed_state(struct feed *f, struct state *s)
{
	memset(s, 0, sizeof *s);
	s->in.end = feed_byte(f);
	s->in.carried = feed_byte(f) % (s->in.end + 1);
	s->in.stale = feed_byte(f) & 1;
	s->in.last = feed_byte(f) & 1;
	for (size_t i = 0; i < 2; i++) {
		s->in.stamp_len[i] = feed_byte(f) % (LINE_STAMP_MAX + 1);
		memset(s->in.stamp[i], (int)feed_byte(f), s->in.stamp_len[i]);
	}
	s->n = feed_byte(f) % (LEDGER_DIRS + 1);
	for (size_t k = 0; k < s->n; k++) {
		struct ledger_cursor *const c = &s->cursors[k];
		c->dir = feed_number(f, 2);
		c->file = feed_byte(f);
		c->size = feed_number(f, 3);
		c->done = feed_byte(f);
		c->at = feed_byte(f) % (s->in.end + 1);
		c->middle = feed_byte(f) % 3;
	}
}

static bool holds(struct ledger const *l, struct state const *s)
{
	struct ledger_input in;
	struct ledger_cursor cursors[LEDGER_DIRS];

	must(ledger_valid(l, SPACE), "what was committed is valid");
	ledger_read(l, &in, cursors);
	return !memcmp(&in, &s->in, sizeof in) && !memcmp(cursors, s->cursors, sizeof cursors);
}

/* A kill while `after` takes the place of `before`: any of its stores but the one that counts may
 * have been made, and that one only after all others. */
static void torn(struct feed *f, struct ledger const *before, struct ledger const *after,
		 struct state const *old, struct state const *new)
{
	struct ledger *const l = memory(SPACE), *const copy = memory(SPACE);
	unsigned int const from = feed_byte(f) * 8, upto = feed_byte(f) * 8;

	memcpy(l, before, SPACE);
	for (unsigned int i = HEAD; i < SPACE; i++)
		if (from <= upto ? i >= from && i < upto : i >= from || i < upto)
			((char *)l)[i] = ((char const *)after)[i];
	must(holds(l, old), "until it is told which image counts, the commit before does");
	ledger_copy(copy, l, SPACE);
	must(holds(copy, old) && ledger_id(copy) == ledger_id(l), "a copy is the same");
	memset(copy, 0, 8);
	must(!ledger_valid(copy, SPACE), "and none before it is complete");
	memcpy((char *)l + HEAD, (char const *)after + HEAD, SPACE - HEAD);
	must(holds(l, old), "nor when all of the new one is there");
	memcpy(l, after, HEAD);
	must(holds(l, new), "but then it does");
	free(copy);
	free(l);
}

static void commits(struct feed f)
{
	struct ledger *const l = memory(SPACE), *const before = memory(SPACE);
	struct state old, new;

	memset(&old, 0, sizeof old);
	ledger_create(l, 1 + feed_byte(&f));
	for (int round = 0; f.left && round < 8; round++, old = new) {
		must(holds(l, &old), "what was committed is read");
		memcpy(before, l, SPACE);
		feed_state(&f, &new);
		if (feed_byte(&f) & 1)
			memset(l, 0, 8); /* somebody has written there */
		ledger_commit(l, &new.in, new.cursors, new.n);
		torn(&f, before, l, &old, &new);
	}
	free(before);
	free(l);
}

static void found(char const *input, size_t size, size_t end)
{
	size_t const got = ledger_found(input, end, size);

	must(got >= end && got <= size, "nothing recorded is lost, nothing else is found");
	must(got == end || input[got - 1], "it ends in a byte that was read");
	for (size_t i = got; i < size; i++)
		must(!input[i], "nothing that was read is behind it");
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
	struct feed const f = { data, size };

	believes(f);
	commits(f);
	if (size)
		found((char const *)data, size, data[0] % (size + 1));
	return 0;
}
