/* The scanner's roster: entries come, go, are renamed, swapped and linked twice, and nobody hears
 * of it in order; runsvs are started or can't be, are killed and leave. */
#include "tree.h"

enum { ROUNDS = 30 };

/* Who leaves ends; of one that came back, u may have taken the end back. */
static bool is_to_end(struct entry const *e, struct feed *f)
{
	return e->state == ROSTER_LEAVING || (e->state == ROSTER_RETURNED && feed_byte(f) & 1);
}

/* Until nothing changes any more: entries are looked at, who leaves ends. */
static void settle(struct tree *t, bool stopping, struct feed *f)
{
	t->fails = 0;
	for (int round = 0; round < ROUNDS; round++) {
		if (!stopping)
			tree_scan(t, (size_t)round % NAMES);
		for (size_t i = 0; i < roster_len(&t->r); i++)
			roster_release(roster_at(&t->r, i), t->now);
		tree_due(t, 1);
		tree_check(t);
		for (size_t ino = 1; ino <= INODES; ino++)
			if (t->runsv[ino] && is_to_end(roster_of_pid(&t->r, t->runsv[ino]), f))
				tree_ends(t, ino, feed_byte(f));
		if (roster_deadline(&t->r) > t->now && roster_deadline(&t->r) < UINT64_MAX)
			t->now = roster_deadline(&t->r);
	}
	for (size_t ino = 1; ino <= INODES; ino++)
		must((t->runsv[ino] != 0) == (!stopping && tree_leads(t, NULL, ino)),
		     "what is there runs, and nothing else");
	for (size_t i = 0; i < roster_len(&t->r); i++)
		must(!stopping && roster_at(&t->r, i)->pid, "all have come to rest");
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
	struct feed f = { data, size };
	struct tree t;

	memset(&t, 0, sizeof t);
	while (f.left) {
		unsigned int const byte = feed_byte(&f), by = byte >> 3, more = feed_byte(&f);
		switch (byte & 7) {
		case 0:
		case 1:
			t.dir[by % NAMES] = more % (INODES + 1);
			break;
		case 2:
			tree_look(&t, by % NAMES, more & 1);
			break;
		case 3:
			tree_scan(&t, by % NAMES);
			break;
		case 4:
			tree_ends(&t, 1 + by % INODES, more);
			break;
		case 5:
			t.fails = by % 4;
			break;
		case 6:
			t.now += more * 10;
			tree_due(&t, by);
			break;
		default:
			for (size_t i = more & 1; !(more & 1) && i < roster_len(&t.r); i++)
				roster_release(roster_at(&t.r, i), t.now);
			if (roster_deadline(&t.r) > t.now && roster_deadline(&t.r) < UINT64_MAX)
				t.now = roster_deadline(&t.r);
			tree_due(&t, by);
		}
		tree_check(&t);
	}
	settle(&t, false, &f);
	f = (struct feed){ data, size };
	roster_begin(&t.r);
	tree_leave_gone(&t);
	settle(&t, true, &f);
	genalloc_free(struct entry, &t.r.entries);
	stralloc_free(&t.r.names);
	return 0;
}
