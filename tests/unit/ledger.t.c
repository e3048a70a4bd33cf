#include <string.h>

#include "../../svlogd/ledger.h"
#include "tap.h"

enum { SPACE = 4096 };

static _Alignas(8) char memory[SPACE];

static struct ledger *fresh(void)
{
	struct ledger *const l = (void *)memory;

	memset(memory, 0, sizeof memory);
	ledger_create(l, 7);
	return l;
}

static void is_as_created(void)
{
	struct ledger_input in;
	struct ledger_cursor cursors[LEDGER_DIRS];

	memset(memory, 0, sizeof memory);
	ok(!ledger_valid((void *)memory, SPACE), "zeros are no ledger");
	struct ledger *const l = fresh();
	ok(ledger_valid(l, SPACE), "a fresh one is valid");
	ok(!ledger_valid(l, LEDGER_OVERHEAD - 1), "one that is cut off is not");
	ledger_read(l, &in, cursors);
	ok(in.end == 0 && cursors[0].dir == 0, "nothing was read, nobody has got anywhere");
}

static void keeps_what_is_committed(void)
{
	struct ledger *const l = fresh();
	struct ledger_input in = { .end = 700, .carried = 300, .stamp_len = { 26, 26 } }, out;
	struct ledger_cursor const cursors[2] = {
		{ .dir = 7, .file = 8, .size = UINT64_C(1) << 40, .at = 500, .done = 3 },
		{ .dir = 9, .at = 700, .middle = 1 },
	};
	struct ledger_cursor back[LEDGER_DIRS];

	memcpy(in.stamp[0], "earlier", 8);
	ledger_commit(l, &in, cursors, 2);
	ok(ledger_valid(l, SPACE), "valid");
	ledger_read(l, &out, back);
	ok(!memcmp(&in, &out, sizeof in), "the input comes back");
	ok(!memcmp(cursors, back, sizeof cursors), "the cursors come back");
	ok(back[2].dir == 0 && back[LEDGER_DIRS - 1].dir == 0, "the others are none");
}

/* Killed while it wrote the other image: all that it had stored so far does not count. */
static void torn_commit_is_none(void)
{
	struct ledger *const l = fresh();
	struct ledger_input in = { .end = 5 }, out;
	struct ledger_cursor cursor = { .dir = 1, .at = 5 }, back[LEDGER_DIRS];
	static char before[SPACE], after[SPACE];
	bool same = true;

	ledger_commit(l, &in, &cursor, 1);
	memcpy(before, memory, SPACE);
	in.end = cursor.at = 90;
	ledger_commit(l, &in, &cursor, 1);
	memcpy(after, memory, SPACE);
	/* everything new but the bytes that tell which image counts, which are among the first 16
	 */
	memcpy(memory, after, SPACE);
	memcpy(memory, before, 20);
	ok(ledger_valid(l, SPACE), "valid");
	ledger_read(l, &out, back);
	same = out.end == 5 && back[0].at == 5;
	ok(same, "the commit before counts");
	memcpy(memory, after, 20);
	ledger_read(l, &out, back);
	ok(out.end == 90 && back[0].at == 90, "until it is told");
}

/* Whatever lies there: offsets that are believed lie within the memory. */
static void believes_no_nonsense(void)
{
	uint32_t x = 1;
	unsigned int believed = 0;
	bool within = true;

	for (int round = 0; round < 200000; round++) {
		struct ledger *const l = fresh();
		struct ledger_input in = { .end = 2000, .carried = 10, .stamp_len = { 26, 26 } };
		struct ledger_cursor cursors[LEDGER_DIRS];
		struct ledger_cursor const cursor = { .dir = 1, .at = 100 };
		ledger_commit(l, &in, &cursor, 1);
		for (int k = 0; k < 3; k++) {
			x = x * 1664525 + 1013904223;
			memory[8 + (x >> 8) % (LEDGER_OVERHEAD - 8)] = (char)(x >> 24);
		}
		if (!ledger_valid(l, SPACE))
			continue;
		believed++;
		ledger_read(l, &in, cursors);
		within = within && in.end <= SPACE - LEDGER_OVERHEAD && in.carried <= in.end &&
			 in.stamp_len[0] <= LINE_STAMP_MAX && in.stamp_len[1] <= LINE_STAMP_MAX;
		for (size_t k = 0; k < LEDGER_DIRS; k++)
			within = within && cursors[k].at <= in.end;
	}
	ok(within, "what is believed lies within");
	ok(believed > 0 && believed < 200000, "some is believed and some is not");
}

static void finds_what_was_read(void)
{
	static char const input[10] = "ab\0cd\n";

	ok(ledger_found(input, 0, 10) == 6, "up to the last byte that is not 0");
	ok(ledger_found(input, 6, 10) == 6, "nothing behind what is recorded");
	ok(ledger_found(input, 8, 10) == 8, "never before it");
	ok(ledger_found(input, 10, 10) == 10, "no room is nothing");
}

int main(void)
{
	is_as_created();
	keeps_what_is_committed();
	torn_commit_is_none();
	believes_no_nonsense();
	finds_what_was_read();
	return done();
}
