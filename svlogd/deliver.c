#include <errno.h>
#include <string.h>

#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "events.h"
#include "old.h"
#include "rotate.h"
#include "select.h"
#include "stamp.h"
#include "svlogd.h"

#define BIG 4096 /* more of out was used than its first page has */

/* Where a piece begins, and what of the output behind it a killed svlogd has written. */
struct position {
	uint32_t at;
	uint32_t middle;
	uint64_t done;
};

/* Something could not be done in d. Waits for 3 seconds, the reference's, but stays able to hear:
 * HUP tries at once. False after TERM: it is given up. */
static bool again(struct svlogd *s, struct logdir *d)
{
	int const e = errno;
	tain due;

	bool const full = e == ENOSPC || e == EDQUOT;

	/* our own room for a burst goes before anybody's old files */
	if (full && store_trim(&s->store, s->input.end))
		return s->tight = true;
	if (full && old_make_room(d->dir, d->name, &d->config))
		return true;
	if (e == EFAULT && store_rescue(&s->store))
		return true;
	errno = e;
	strerr_warnsys(PROG, ": pausing: unable to ", d->trouble, ": ", d->name);
	if (s->term) {
		d->given_up = true;
		return false;
	}
	stamp_ahead(&due, 3);
	struct pollfd x = { .fd = s->signals, .events = POLLIN };
	do /* a processor may make room */
		queues_serve(s);
	while (events_wait(&x, 1, &due) > 0 && !signals_read(s));
	/* A directory that was removed and made again, or replaced, is taken up again by its name.
	 */
	if (logdir_follow(d, s->scratch, s->out_cap))
		s->settled = false;
	return true;
}

/* Writes what waits; position: with it, all before that is written. Each write is recorded, so that
 * a part that was written when we are killed is not written again. */
static void flush(struct svlogd *s, struct logdir *d, struct position const *position)
{
	struct ledger_cursor *const c = d->cursor;
	size_t done = 0;

	while (done < s->waiting && !d->given_up) {
		/* a new current is recorded before its first byte */
		if (d->step != LOGDIR_READY) {
			deliver_settle(s, d);
			continue;
		}
		ssize_t const n = logdir_write(d, s->out + done, s->waiting - done);
		if (n < 0) {
			again(s, d);
			continue;
		}
		done += (size_t)n;
		c->done += (uint64_t)n;
		if (done < s->waiting || !position)
			input_record(s);
	}
	d->lost += s->waiting - done;
	s->big = s->big || s->waiting > BIG;
	s->waiting = 0;
	if (!position || d->given_up)
		return;
	c->at = position->at;
	c->middle = position->middle;
	c->done = position->done;
	if (!c->done)
		logdir_mark(d);
	input_record(s);
}

void deliver_settle(struct svlogd *s, struct logdir *d)
{
	while (!d->given_up && logdir_settle(d) < 0)
		again(s, d);
	input_record(s);
}

void deliver_rotate(struct svlogd *s, struct logdir *d)
{
	while (!d->given_up && logdir_rotate(d) < 0)
		again(s, d);
	input_record(s);
}

static void put(struct svlogd *s, struct logdir *d, uint64_t *done, char const *bytes, size_t n)
{
	size_t const known = *done < n ? (size_t)*done : n;

	*done -= known;
	bytes += known;
	n -= known;
	while (n && !d->given_up) {
		size_t take = rotate_room(d->cursor->size + s->waiting, d->config.size);
		if (!take) {
			flush(s, d, NULL);
			deliver_rotate(s, d);
			continue;
		}
		if (take > n)
			take = n;
		if (take > s->out_cap - s->waiting)
			take = s->out_cap - s->waiting;
		memcpy(s->out + s->waiting, bytes, take);
		s->waiting += take;
		if (s->waiting == s->out_cap)
			flush(s, d, NULL);
		bytes += take;
		n -= take;
	}
	d->lost += n;
}

/* What a killed svlogd has written, it has written with the prefix of its time. */
static void put_prefix(struct svlogd *s, struct logdir *d, struct position *now)
{
	uint32_t const earlier = d->cursor->prefix;

	if (!now->done)
		put(s, d, &now->done, d->config.prefix, d->config.prefix_len);
	else
		now->done -= now->done < earlier ? now->done : earlier;
}

/* Whether it is written, or left out. */
static bool put_piece(struct svlogd *s, struct logdir *d, struct position *now,
		      struct piece const *p)
{
	bool const skips = p->begins ? !select_line(d->rules, d->rules_len, s->store.in + now->at,
						    line_treated(p, s->max))
				     : now->middle == LEDGER_SKIPPED;
	if (skips) {
		now->at += (uint32_t)p->len;
		now->middle = p->ends ? 0 : LEDGER_SKIPPED;
		return false;
	}
	if (p->begins) {
		size_t const k = input_stamp_of(s, now->at);
		put(s, d, &now->done, s->input.stamp[k], s->input.stamp_len[k]);
		put_prefix(s, d, now);
	}
	put(s, d, &now->done, s->store.in + now->at, p->len);
	if (p->bare)
		put(s, d, &now->done, "\n", 1);
	now->at += (uint32_t)p->len;
	now->middle = p->ends ? 0 : LEDGER_WRITTEN;
	return true;
}

/* Everything that is held to one directory; a burst is one write. */
static void deliver_to(struct svlogd *s, struct logdir *d, bool last)
{
	struct ledger_cursor const *const c = d->cursor;
	struct position now = { .at = c->at, .middle = c->middle, .done = c->done };
	struct piece p;

	d->lost = 0;
	while (line_next(&p, s->store.in + now.at, s->input.end - now.at, s->max, now.middle,
			 last)) {
		if (put_piece(s, d, &now, &p) && p.ends && !now.done &&
		    rotate_after_line(c->size + s->waiting, d->config.size, s->max)) {
			flush(s, d, &now);
			deliver_rotate(s, d);
		}
	}
	now.done = 0; /* what is left of it was not ours */
	if (now.at != c->at || now.middle != c->middle || c->done)
		flush(s, d, &now);
}

/* Only the first max bytes of a line are treated, before anything looks at them. */
static void replace(struct svlogd *s, bool last)
{
	struct piece p;
	char *const in = s->store.in;

	for (unsigned int i = 0; i < s->ndirs; i++) {
		uint32_t at = s->cursors[i].at;
		bool middle = s->cursors[i].middle;
		while (line_next(&p, in + at, s->input.end - at, s->max, middle, last)) {
			if (p.begins)
				line_replace(in + at, line_treated(&p, s->max), s->with, s->also);
			middle = !p.ends;
			at += (uint32_t)p.len;
		}
	}
}

void deliver(struct svlogd *s, bool last)
{
	if (s->input.last != last) {
		s->input.last = last;
		input_record(s);
	}
	if (s->with)
		replace(s, last);
	show(s, last);
	for (unsigned int i = 0; i < s->ndirs; i++)
		if (logdir_is_open(&s->dirs[i]))
			deliver_to(s, &s->dirs[i], last);
	input_delivered(s);
}
