#include <string.h>

#include "svlogd.h"

/* What the ledger has about directory i: two on different file systems may have one inode number,
 * so that of its place comes first. It is used once. */
static struct ledger_cursor *find(struct svlogd *s, unsigned int i, struct ledger_cursor *left)
{
	uint64_t const dir = s->cursors[i].dir;

	if (i < LEDGER_DIRS && left[i].dir == dir)
		return &left[i];
	for (size_t k = 0; k < LEDGER_DIRS; k++)
		if (left[k].dir == dir && (k >= s->ndirs || s->cursors[k].dir != dir))
			return &left[k];
	return NULL;
}

/* What this directory had got of the input that the ledger holds. */
static void resume(struct svlogd *s, unsigned int i, struct ledger_cursor *left, uint32_t from)
{
	struct ledger_cursor *const c = &s->cursors[i];
	struct ledger_cursor *const known = c->dir ? find(s, i, left) : NULL;
	uint32_t const rules = c->rules;
	uint64_t const waits = s->input.end - (known ? known->at : from);

	if (!known) {
		c->at = from;
		c->middle = 0;
		c->done = 0;
		return;
	}
	*c = *known;
	known->dir = 0;
	/* at most, each byte is an empty line with its stamp and prefix, after one or two of ours
	 */
	if (waits || s->input.last)
		logdir_resume(&s->dirs[i], (waits + 3) * (LINE_STAMP_MAX + c->prefix + 1) + 128);
	/* other lines are selected now: a line twice rather than one lost */
	if (c->rules != rules) {
		c->done = 0;
		logdir_mark(&s->dirs[i]);
	}
}

/* Bytes that were read and not recorded any more. */
static void find_unrecorded(struct svlogd *s)
{
	struct ledger_input *const in = &s->input;
	size_t const end = ledger_found(s->store.in, in->end, s->store.cap);

	if (in->stale) {
		memset(s->store.in + in->end, 0, s->store.cap - in->end);
		in->stale = 0;
	} else if (end > in->end) {
		in->end = (uint32_t)end;
		input_stamp(s);
	}
}

static uint32_t least_at(struct svlogd const *s, struct ledger_cursor const *left)
{
	uint32_t from = s->input.end;

	for (size_t k = 0; k < LEDGER_DIRS; k++)
		if (left[k].dir && left[k].at < from)
			from = left[k].at;
	return from;
}

static void take_over(struct svlogd *s)
{
	struct ledger_cursor left[LEDGER_DIRS];

	ledger_read(s->store.ledger, &s->input, left);
	s->big = s->big || s->store.cap > s->store.small;
	uint32_t const from = least_at(s, left);
	find_unrecorded(s);
	for (unsigned int i = 0; i < s->ndirs; i++)
		if (logdir_is_open(&s->dirs[i]))
			resume(s, i, left, from);
	input_record(s);
	for (unsigned int i = 0; i < s->ndirs; i++)
		if (logdir_is_open(&s->dirs[i]))
			flush_settle(s, &s->dirs[i]);
	deliver(s, s->input.last);
	for (unsigned int i = 0; i < s->ndirs; i++)
		if (logdir_is_open(&s->dirs[i]))
			logdir_resumed(&s->dirs[i]);
}

void recover(struct svlogd *s)
{
	bool found;

	for (unsigned int i = 0; i < s->ndirs && s->ndirs <= LEDGER_DIRS; i++) {
		if (!logdir_is_open(&s->dirs[i]) || !store_has_left(s->dirs[i].dir) ||
		    store_is_home(&s->store, s->dirs[i].dir) ||
		    store_drop_copy(&s->store, s->dirs[i].dir))
			continue;
		/* one ledger at a time: a line that waits in the one before waits no longer */
		if (s->input.end)
			deliver(s, true);
		if (input_held(s))
			return; /* TERM, or one that can't be written: the others stay for the next
				 */
		store_leave(&s->store);
		if (store_settle(&s->store, s->dirs[i].dir, 0, &found) && found)
			take_over(s);
	}
}
