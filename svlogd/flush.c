#include <errno.h>
#include <string.h>

#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "events.h"
#include "old.h"
#include "stamp.h"
#include "svlogd.h"

#define BIG 4096 /* more of out was used than its first page has */

/* Waits for 3 seconds, the reference's, but stays able to hear: HUP tries at once. */
static void pause_for(struct svlogd *s)
{
	struct pollfd x = { .fd = s->signals, .events = POLLIN };
	tain due;

	stamp_ahead(&due, 3);
	do {
		if (signals_read(s))
			return;
		queues_serve(s); /* a processor may make room */
	} while (events_wait(&x, 1, &due) > 0);
}

/* Something could not be done in d: it is to be tried again now, or is given up after TERM, or the
 * disk is full and lines may be dropped. */
static void again(struct svlogd *s, struct logdir *d)
{
	int const e = errno;
	bool const full = e == ENOSPC || e == EDQUOT;

	/* our own room for a burst goes before anybody's old files */
	if (full && store_trim(&s->store, s->input.end)) {
		s->tight = true;
		return;
	}
	if (full && old_make_room(d->dir, d->name, &d->config))
		return;
	if (e == EFAULT && store_rescue(&s->store))
		return;
	if ((full || e == EFBIG) && d->config.drops) {
		d->full = true;
		return;
	}
	errno = e;
	strerr_warnsys(PROG, ": pausing: unable to ", d->trouble, ": ", d->name);
	if (s->term) {
		d->given_up = true;
		return;
	}
	pause_for(s);
	/* A directory that was removed and made again, or replaced, is taken up again by its name.
	 */
	if (logdir_follow(d, s->scratch, s->out_cap))
		s->settled = false;
}

static bool tries(struct logdir const *d)
{
	return !d->given_up && !d->full;
}

static void say_dropped(struct logdir const *d, uint32_t n)
{
	char lines[UINT32_FMT];

	if (!n)
		return;
	lines[uint32_fmt(lines, n)] = 0;
	strerr_warnw("out of disk space, lines dropped: ", lines, ": ", d->name);
}

void flush_say_dropped(struct logdir const *d)
{
	say_dropped(d, d->cursor->dropped);
}

/* The log has been told of what was dropped before the notice; behind it there may be more. */
static void told(struct svlogd *s, struct logdir *d)
{
	struct ledger_cursor *const c = d->cursor;

	say_dropped(d, s->told);
	c->dropped -= s->told < c->dropped ? s->told : c->dropped;
	if (!c->dropped)
		c->torn = 0;
	s->told = 0;
}

static uint32_t count_lines(char const *text, size_t len)
{
	uint32_t n = 0;

	for (char const *const end = text + len; (text = memchr(text, '\n', (size_t)(end - text)));
	     text++)
		n++;
	return n;
}

void flush_note_dropped(struct logdir *d, uint32_t lines)
{
	if (lines && !d->cursor->dropped)
		strerr_warnw("out of disk space, dropping lines: ", d->name);
	d->cursor->dropped += lines;
}

void flush_drop(struct logdir *d, char const *text, size_t len)
{
	flush_note_dropped(d, count_lines(text, len));
	d->cursor->done += len;
}

/* What waits behind the first `done` bytes is dropped. Of a line whose end is still to come nothing
 * more will be written. */
static void drop(struct svlogd *s, struct logdir *d, size_t done, struct position *position)
{
	size_t const from = done < s->notice ? s->notice : done;

	flush_drop(d, s->out + from, s->waiting - from);
	d->cursor->done += from - done;
	d->cursor->torn = d->in_line;
	if (position && position->middle == LEDGER_WRITTEN) {
		position->middle = LEDGER_SKIPPED;
		flush_note_dropped(d, 1);
	}
}

static size_t write_all(struct svlogd *s, struct logdir *d, bool records)
{
	size_t done = 0;

	while (done < s->waiting && tries(d)) {
		/* a new current is recorded before its first byte */
		if (d->step != LOGDIR_READY) {
			flush_settle(s, d);
			continue;
		}
		ssize_t const n = logdir_write(d, s->out + done, s->waiting - done);
		if (n < 0) {
			again(s, d);
			continue;
		}
		done += (size_t)n;
		d->cursor->done += (uint64_t)n;
		if (done < s->waiting || records)
			input_record(s);
	}
	return done;
}

void flush(struct svlogd *s, struct logdir *d, struct position *position)
{
	struct ledger_cursor *const c = d->cursor;

	d->full = false;
	size_t const done = write_all(s, d, !position);
	if (done < s->notice) /* it was not written */
		s->told = 0;
	if (position && s->told)
		told(s, d);
	if (d->full)
		drop(s, d, done, position);
	if (d->given_up)
		d->lost += s->waiting - done;
	s->big = s->big || s->waiting > BIG;
	s->waiting = s->notice = 0;
	if (d->given_up)
		s->told = 0;
	if (!position || d->given_up)
		return;
	c->at = position->at;
	c->middle = position->middle;
	c->done = position->done;
	c->udp = 0;
	if (!c->done)
		logdir_mark(d);
	input_record(s);
}

void flush_settle(struct svlogd *s, struct logdir *d)
{
	while (tries(d) && logdir_settle(d) < 0)
		again(s, d);
	input_record(s);
}

void flush_rotate(struct svlogd *s, struct logdir *d)
{
	d->full = false;
	while (tries(d) && logdir_rotate(d) < 0)
		again(s, d);
	input_record(s);
}

/* The bytes from the cursor on, as they are. */
void flush_direct(struct svlogd *s, struct logdir *d, size_t n)
{
	struct ledger_cursor *const c = d->cursor;
	uint32_t const end = c->at + (uint32_t)n;

	while (c->at < end && tries(d)) {
		if (d->step != LOGDIR_READY) {
			flush_settle(s, d);
			continue;
		}
		ssize_t const written = logdir_write(d, s->store.in + c->at, end - c->at);
		if (written < 0) {
			again(s, d);
			continue;
		}
		c->at += (uint32_t)written;
		c->udp = 0;
		c->middle = s->store.in[c->at - 1] == '\n' ? 0 : LEDGER_WRITTEN;
		input_record(s);
	}
}
