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
	s->input.stamp_len = (uint32_t)line_stamp(s->input.stamp[1], s->style, &now);
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

void input_delivered(struct svlogd *s)
{
	uint32_t const from = start(s);

	skip_closed(s, from);
	if (from >= s->input.carried)
		memcpy(s->input.stamp[0], s->input.stamp[1], LINE_STAMP_MAX);
	s->input.carried = s->input.end;
	/* all is written, or little room is left: a line that waits is at most half of it */
	if (from == s->input.end || s->store.cap - s->input.end < s->store.cap / 4)
		move(s, from);
	else
		input_record(s);
}

void input_quiet(struct svlogd *s)
{
	move(s, start(s));
	store_shrink(&s->store, s->input.end);
}

/* What this directory had got of the input that the ledger holds. */
static void resume(struct svlogd *s, unsigned int i, struct ledger_cursor const *left,
		   uint32_t from)
{
	struct ledger_cursor *const c = &s->cursors[i];

	for (size_t k = 0; k < LEDGER_DIRS; k++)
		if (left[k].dir && left[k].dir == c->dir) {
			*c = left[k];
			if (c->at < s->input.end)
				logdir_resume(&s->dirs[i]);
			return;
		}
	c->at = from;
	c->middle = 0;
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
		in->carried = in->end;
		in->end = (uint32_t)end;
		stamp_new(s);
	}
}

/* The stamps of another style can't be used. */
static void check_stamps(struct svlogd *s)
{
	char stamp[LINE_STAMP_MAX];
	tain now;

	stamp_now(&now);
	if (line_stamp(stamp, s->style, &now) == s->input.stamp_len)
		return;
	stamp_new(s);
	memcpy(s->input.stamp[0], s->input.stamp[1], LINE_STAMP_MAX);
}

static void take_over(struct svlogd *s)
{
	struct ledger_cursor left[LEDGER_DIRS];

	ledger_read(s->store.ledger, &s->input, left);
	uint32_t from = s->input.end;
	for (size_t k = 0; k < LEDGER_DIRS; k++)
		if (left[k].dir && left[k].at < from)
			from = left[k].at;
	find_unrecorded(s);
	check_stamps(s);
	for (unsigned int i = 0; i < s->ndirs; i++)
		if (logdir_is_open(&s->dirs[i]))
			resume(s, i, left, from);
	input_record(s);
	deliver(s, false);
	for (unsigned int i = 0; i < s->ndirs; i++)
		if (logdir_is_open(&s->dirs[i]))
			logdir_resumed(&s->dirs[i]);
}

void input_recover(struct svlogd *s)
{
	bool found;

	for (unsigned int i = 0; i < s->ndirs && s->ndirs <= LEDGER_DIRS; i++) {
		if (!logdir_is_open(&s->dirs[i]) || !store_has_left(s->dirs[i].dir))
			continue;
		/* one ledger at a time: a line that waits in the one before waits no longer */
		deliver(s, true);
		store_leave(&s->store);
		if (store_settle(&s->store, s->dirs[i].dir, &found) && found)
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
		    store_settle(&s->store, s->dirs[i].dir, &found))
			return;
}
