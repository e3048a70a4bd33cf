#include <string.h>

#include <skalibs/types.h>

#include "rotate.h"
#include "select.h"
#include "svlogd.h"
#include "udp.h"

static void put(struct svlogd *s, struct logdir *d, uint64_t *done, char const *bytes, size_t n)
{
	size_t const known = *done < n ? (size_t)*done : n;

	*done -= known;
	bytes += known;
	n -= known;
	while (n && !d->given_up) {
		size_t take = rotate_room(d->cursor->size + s->waiting, d->config.size);
		if (!take && !d->full) {
			flush(s, d, NULL);
			flush_rotate(s, d);
			continue;
		}
		/* the rest of a piece whose beginning found no space */
		if (d->full) {
			flush_drop(d, bytes, n);
			return;
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

static void put_text(struct svlogd *s, struct logdir *d, struct position *now, char const *text)
{
	put(s, d, &now->done, text, strlen(text));
}

static void put_stamp(struct svlogd *s, struct logdir *d, struct position *now)
{
	size_t const k = input_stamp_of(s, now->at);

	put(s, d, &now->done, s->input.stamp[k], s->input.stamp_len[k]);
}

/* What a killed svlogd has written, it has written with the prefix of its time. */
static void put_prefix(struct svlogd *s, struct logdir *d, struct position *now)
{
	uint32_t const earlier = d->cursor->prefix;

	if (!now->done || d->config.prefix_len == earlier)
		put(s, d, &now->done, d->config.prefix, d->config.prefix_len);
	else
		now->done -= now->done < earlier ? now->done : earlier;
}

/* A line of ours, in the place of those that a full disk has cost. */
static void put_notice(struct svlogd *s, struct logdir *d, struct position *now)
{
	char lines[UINT32_FMT];

	if (d->cursor->torn)
		put_text(s, d, now, "\n");
	put_stamp(s, d, now);
	put_prefix(s, d, now);
	put_text(s, d, now, "warning: out of disk space, lines dropped: ");
	lines[uint32_fmt(lines, d->cursor->dropped)] = 0;
	put_text(s, d, now, lines);
	put_text(s, d, now, "\n");
	s->told = d->cursor->dropped;
	s->notice = s->waiting;
}

/* The line is sent once, what has become of that is recorded, and a failure is a line of the log.
 */
static void send(struct svlogd *s, struct logdir *d, struct position *now, struct piece const *p)
{
	struct ledger_cursor *const c = d->cursor;
	size_t const len = line_treated(p, s->max);

	if (c->at != now->at)
		flush(s, d, now);
	if (!c->udp) {
		c->udp = (uint8_t)udp_send(s, d, now->at, len);
		input_record(s);
	}
	if (c->udp == UDP_SENT)
		return;
	put_text(s, d, now,
		 c->udp == UDP_FAILED ? "warning: failure sending through udp: "
				      : "warning: no udp socket available: ");
	put_stamp(s, d, now);
	put_prefix(s, d, now);
	put(s, d, &now->done, s->store.in + now->at, len);
	put_text(s, d, now, c->udp == UDP_FAILED && len == s->max ? "...\n" : "\n");
}

/* Whether out might be full before the piece is in it: then what waits goes first, so that each
 * write ends with a piece, but for one that is larger than out. */
static bool is_short(struct svlogd const *s, struct logdir const *d, struct piece const *p)
{
	size_t const text = 3 * (LINE_STAMP_MAX + d->config.prefix_len) + s->max + 128;

	return s->waiting && s->out_cap - s->waiting < p->len + text;
}

static void begin(struct svlogd *s, struct logdir *d, struct position *now, struct piece const *p)
{
	if (d->cursor->dropped && !s->told)
		put_notice(s, d, now);
	if (d->config.udp.sends)
		send(s, d, now, p);
	if (d->config.udp.only)
		return;
	put_stamp(s, d, now);
	put_prefix(s, d, now);
}

/* Whether it is written, or left out. */
static bool put_piece(struct svlogd *s, struct logdir *d, struct position *now,
		      struct piece const *p)
{
	bool const skips = p->begins ? !select_line(d->rules, d->rules_len, s->store.in + now->at,
						    line_treated(p, s->max))
				     : now->middle == LEDGER_SKIPPED;
	if (!skips) {
		if (is_short(s, d, p))
			flush(s, d, now);
		d->full = false; /* each piece has its chance */
		if (p->begins)
			begin(s, d, now, p);
		if (!d->config.udp.only) {
			put(s, d, &now->done, s->store.in + now->at, p->len);
			if (p->bare)
				put(s, d, &now->done, "\n", 1);
		}
	}
	/* of its end nothing will be seen any more */
	if (!skips && d->full && !p->ends)
		flush_note_dropped(d, 1);
	now->at += (uint32_t)p->len;
	now->middle = p->ends ? 0 : skips || d->full ? LEDGER_SKIPPED : LEDGER_WRITTEN;
	if (!skips && d->config.udp.sends)
		flush(s, d, now);
	return !skips;
}

/* Everything that is held to one directory; a burst is one write. */
static void deliver_pieces(struct svlogd *s, struct logdir *d, bool last)
{
	struct ledger_cursor const *const c = d->cursor;
	struct position now = { .at = c->at, .middle = c->middle, .done = c->done };
	struct piece p;

	while (line_next(&p, s->store.in + now.at, s->input.end - now.at, s->max, now.middle,
			 last)) {
		if (put_piece(s, d, &now, &p) && p.ends && !now.done && !d->full &&
		    rotate_after_line(c->size + s->waiting, d->config.size, s->max)) {
			flush(s, d, &now);
			if (!d->full)
				flush_rotate(s, d);
		}
	}
	now.done = 0; /* what is left of it was not ours */
	if (now.at != c->at || now.middle != c->middle || c->done)
		flush(s, d, &now);
}

/* Whether what is read is what is written. */
static bool is_plain(struct svlogd const *s, struct logdir const *d)
{
	struct config const *const c = &d->config;

	return !s->style && !c->prefix_len && !d->rules_len && !c->udp.sends && !c->drops &&
	       !d->cursor->done && !d->cursor->dropped && d->cursor->middle != LEDGER_SKIPPED;
}

/* The bytes that line_next would make pieces of, in one. */
static size_t plain_room(struct svlogd const *s, struct ledger_cursor const *c)
{
	char const *const in = s->store.in + c->at;
	size_t const len = s->input.end - c->at;
	char const *const newline = memrchr(in, '\n', len);
	size_t const whole = newline ? (size_t)(newline - in) + 1 : 0;

	return (c->middle && !whole) || len - whole >= s->max ? len : whole;
}

static void deliver_plain(struct svlogd *s, struct logdir *d)
{
	struct ledger_cursor const *const c = d->cursor;

	for (size_t n; (n = plain_room(s, c)) && !d->given_up;) {
		size_t const part =
			rotate_part(s->store.in + c->at, n, c->size, d->config.size, s->max);
		if (part)
			flush_direct(s, d, part);
		if (part < n || (!c->middle && rotate_after_line(c->size, d->config.size, s->max)))
			flush_rotate(s, d);
	}
}

static void deliver_to(struct svlogd *s, struct logdir *d, bool last)
{
	d->lost = 0;
	if (is_plain(s, d))
		deliver_plain(s, d);
	if (d->given_up)
		d->lost = s->input.end - d->cursor->at;
	else if (last || !is_plain(s, d))
		deliver_pieces(s, d, last);
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
