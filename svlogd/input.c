#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/strerr.h>

#include "stamp.h"
#include "svlogd.h"

void input_record(struct svlogd *s)
{
	ledger_commit(s->store.ledger, &s->input, s->cursors, s->ndirs);
}

/* The first byte that a directory still needs. */
static uint32_t start(struct svlogd const *s)
{
	uint32_t least = s->input.end;

	for (unsigned int i = 0; i < s->ndirs; i++)
		if (logdir_is_open(&s->dirs[i]) && s->cursors[i].at < least)
			least = s->cursors[i].at;
	return least;
}

size_t input_held(struct svlogd const *s)
{
	return s->input.end - start(s);
}

bool input_in_line(struct svlogd const *s)
{
	for (unsigned int i = 0; i < s->ndirs; i++)
		if (logdir_is_open(&s->dirs[i]) &&
		    (s->cursors[i].middle || s->cursors[i].at < s->input.end))
			return true;
	return false;
}

static void stamp_new(struct svlogd *s)
{
	tain now;

	stamp_now(&now);
	s->input.stamp_len[1] = (uint32_t)line_stamp(s->input.stamp[1], s->style, &now);
}

/* The wall clock is asked once a read: lines that came together carry one stamp. */
bool input_read(struct svlogd *s, size_t n)
{
	size_t const room = s->store.cap - s->input.end;
	size_t const want = n < room ? n : room;
	ssize_t got;

	if (!want)
		return false;
	do
		got = read(0, s->store.in + s->input.end, want);
	while (got < 0 && errno == EFAULT && store_rescue(&s->store));
	if (got > 0) {
		s->input.end += (uint32_t)got;
		stamp_new(s);
		input_record(s);
		return true;
	}
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (got < 0)
		strerr_warnwusys("read standard input");
	return false;
}

bool input_full(struct svlogd const *s)
{
	return s->input.end == s->store.cap;
}

/* The rest of the input to the front, so that all of the room behind it is free. It must not
 * overlap itself: killed in between, the old place counts. */
static void move(struct svlogd *s, uint32_t from)
{
	char *const in = s->store.in;
	uint32_t const rest = s->input.end - from, old = s->input.end;

	if (rest > from) {
		input_record(s);
		return;
	}
	memcpy(in, in + from, rest);
	memset(in + rest, 0, from - rest);
	for (unsigned int i = 0; i < s->ndirs; i++)
		s->cursors[i].at = s->cursors[i].at < from ? 0 : s->cursors[i].at - from;
	s->input.carried = s->input.carried < from ? 0 : s->input.carried - from;
	s->input.end = rest;
	s->input.stale = rest > 0;
	input_record(s);
	if (!rest)
		return;
	memset(in + from, 0, old - from);
	s->input.stale = 0;
	input_record(s);
}

/* A directory that is not open will go on with the others. */
static void skip_closed(struct svlogd *s, uint32_t from)
{
	uint32_t middle = 0;

	for (unsigned int i = 0; i < s->ndirs; i++)
		if (logdir_is_open(&s->dirs[i]) && s->cursors[i].at == from)
			middle = s->cursors[i].middle;
	for (unsigned int i = 0; i < s->ndirs; i++)
		if (!logdir_is_open(&s->dirs[i]))
			s->cursors[i] = (struct ledger_cursor){ .at = from, .middle = middle };
}

/* What was there is what came before, for the next read. */
static void carry(struct svlogd *s, uint32_t from)
{
	struct ledger_input *const in = &s->input;

	if (from >= in->carried) {
		memcpy(in->stamp[0], in->stamp[1], LINE_STAMP_MAX);
		in->stamp_len[0] = in->stamp_len[1];
	}
	in->carried = in->end;
}

void input_delivered(struct svlogd *s)
{
	uint32_t const from = start(s);

	skip_closed(s, from);
	carry(s, from);
	if (from == s->input.end)
		s->input.last = 0;
	input_record(s);
	/* all is written, or little room is left: a line that waits is at most half of it */
	if (from == s->input.end || s->store.cap - s->input.end < s->store.cap / 4)
		move(s, from);
	/* bytes that wait are not left where nobody looks for them */
	if (s->input.end && (!s->settled || s->store.gave_way))
		input_settle(s);
}

void input_quiet(struct svlogd *s)
{
	move(s, start(s));
	store_shrink(&s->store, s->input.end);
}

void input_keep(struct svlogd *s)
{
	for (unsigned int i = 0; i < s->ndirs; i++)
		if (logdir_is_open(&s->dirs[i]) && s->cursors[i].at == s->input.end)
			return;
	s->input.last = 0;
	input_record(s);
}

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
	uint64_t const waits = s->input.end - (known ? known->at : from);

	if (!known) {
		c->at = from;
		c->middle = 0;
		c->done = 0;
		return;
	}
	*c = *known;
	known->dir = 0;
	/* at most, each byte is an empty line with its stamp and prefix */
	if (waits || s->input.last)
		logdir_resume(&s->dirs[i], (waits + 1) * (LINE_STAMP_MAX + c->prefix + 1));
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
		stamp_new(s);
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
			deliver_settle(s, &s->dirs[i]);
	deliver(s, s->input.last);
	for (unsigned int i = 0; i < s->ndirs; i++)
		if (logdir_is_open(&s->dirs[i]))
			logdir_resumed(&s->dirs[i]);
}

void input_recover(struct svlogd *s)
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

void input_settle(struct svlogd *s)
{
	bool found;

	s->settled = true;
	s->store.gave_way = false;
	if (s->ndirs > LEDGER_DIRS)
		return;
	for (unsigned int i = 0; i < s->ndirs; i++)
		if (logdir_is_open(&s->dirs[i]) && store_is_home(&s->store, s->dirs[i].dir))
			return;
	input_record(s);
	for (unsigned int i = 0; i < s->ndirs; i++)
		if (logdir_is_open(&s->dirs[i]) && !store_has_left(s->dirs[i].dir) &&
		    store_settle(&s->store, s->dirs[i].dir, s->input.end, &found))
			return;
}
