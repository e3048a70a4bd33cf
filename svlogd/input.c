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

void input_stamp(struct svlogd *s)
{
	tain now;

	stamp_now(&now);
	s->input.stamp_len[1] = (uint32_t)line_stamp(s->input.stamp[1], s->style, &now);
}

size_t input_stamp_of(struct svlogd const *s, uint32_t at)
{
	return at >= s->input.carried;
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
		input_stamp(s);
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

	if (rest > from)
		return;
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
	uint8_t middle = 0;

	for (unsigned int i = 0; i < s->ndirs; i++)
		if (logdir_is_open(&s->dirs[i]) && s->cursors[i].at == from)
			middle = s->cursors[i].middle;
	for (unsigned int i = 0; i < s->ndirs; i++) {
		if (logdir_is_open(&s->dirs[i]))
			continue;
		flush_say_dropped(&s->dirs[i]);
		s->cursors[i] = (struct ledger_cursor){ .at = from, .middle = middle };
	}
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
