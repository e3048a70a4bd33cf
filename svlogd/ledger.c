#include <stdatomic.h>
#include <string.h>

#include "ledger.h"

struct image {
	struct ledger_input input;
	uint32_t count;
	struct ledger_cursor cursors[LEDGER_DIRS];
};

struct ledger {
	char magic[8];
	uint64_t id;
	uint32_t which;
	struct image images[2];
};

_Static_assert(sizeof(struct ledger) <= LEDGER_OVERHEAD, "a ledger fits");

static char const magic[8] = "svlogd2\n";

/* The compiler keeps the order of the stores on both sides; the processor does for its own thread.
 */
static void order(void)
{
	atomic_signal_fence(memory_order_seq_cst);
}

static void set_magic(struct ledger *l)
{
	order();
	memcpy(l->magic, magic, sizeof magic);
	order();
}

void ledger_create(struct ledger *l, uint64_t id)
{
	l->id = id;
	set_magic(l);
}

void ledger_copy(struct ledger *l, struct ledger const *from, size_t size)
{
	size_t const m = sizeof magic;

	memcpy((char *)l + m, (char const *)from + m, size - m);
	set_magic(l);
}

uint64_t ledger_id(struct ledger const *l)
{
	return l->id;
}

static bool image_valid(struct image const *i, size_t size)
{
	struct ledger_input const *const in = &i->input;

	if (in->end > size || in->carried > in->end || in->stamp_len[0] > LINE_STAMP_MAX ||
	    in->stamp_len[1] > LINE_STAMP_MAX || i->count > LEDGER_DIRS)
		return false;
	for (size_t k = 0; k < i->count; k++)
		if (i->cursors[k].at > in->end)
			return false;
	return true;
}

bool ledger_valid(struct ledger const *l, size_t size)
{
	return size >= LEDGER_OVERHEAD && !memcmp(l->magic, magic, sizeof magic) && l->which < 2 &&
	       image_valid(&l->images[l->which], size - LEDGER_OVERHEAD);
}

void ledger_read(struct ledger const *l, struct ledger_input *in,
		 struct ledger_cursor cursors[LEDGER_DIRS])
{
	struct image const *const i = &l->images[l->which];

	*in = i->input;
	for (size_t k = 0; k < LEDGER_DIRS; k++)
		cursors[k] = k < i->count ? i->cursors[k] : (struct ledger_cursor){ 0 };
}

void ledger_commit(struct ledger *l, struct ledger_input const *in,
		   struct ledger_cursor const *cursors, size_t n)
{
	uint32_t const other = !l->which;
	struct image *const i = &l->images[other];

	i->input = *in;
	i->count = n < LEDGER_DIRS ? (uint32_t)n : LEDGER_DIRS;
	memcpy(i->cursors, cursors, i->count * sizeof *cursors);
	order();
	l->which = other;
	set_magic(l); /* somebody may have written to the file */
}

size_t ledger_found(char const *input, size_t end, size_t size)
{
	while (size > end && !input[size - 1])
		size--;
	return size;
}
