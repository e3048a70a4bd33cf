#include <errno.h>
#include <string.h>

#include <skalibs/iopause.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "rotate.h"
#include "svlogd.h"

/* Something could not be done in d. Waits for 3 seconds, the reference's, but stays able to hear:
 * HUP tries at once. False after TERM: it is given up. */
static bool again(struct svlogd *s, struct logdir *d)
{
	int const e = errno;
	tain due;

	if ((e == ENOSPC || e == EDQUOT) && logdir_make_room(d))
		return true;
	errno = e;
	strerr_warnsys(PROG, ": pausing: unable to ", d->trouble, ": ", d->name);
	if (s->term) {
		d->given_up = true;
		return false;
	}
	tain_now_g();
	tain_addsec_g(&due, 3);
	iopause_fd x = { .fd = s->signals, .events = IOPAUSE_READ };
	while (iopause_g(&x, 1, &due) > 0 && !signals_read(s))
		;
	/* A directory that was removed and made again, or replaced, is taken up again by its name.
	 */
	logdir_follow(d, s->scratch, s->cap);
	return true;
}

static void flush(struct svlogd *s, struct logdir *d)
{
	size_t done = 0;

	while (done < s->waiting && !d->given_up) {
		ssize_t const n = logdir_write(d, s->out + done, s->waiting - done);
		if (n >= 0)
			done += (size_t)n;
		else
			again(s, d);
	}
	d->lost += s->waiting - done;
	s->waiting = 0;
}

void deliver_settle(struct svlogd *s, struct logdir *d)
{
	while (!d->given_up && logdir_settle(d) < 0)
		again(s, d);
}

void deliver_rotate(struct svlogd *s, struct logdir *d)
{
	while (!d->given_up && logdir_rotate(d) < 0)
		again(s, d);
}

static void put(struct svlogd *s, struct logdir *d, char const *bytes, size_t n)
{
	while (n && !d->given_up) {
		size_t take = rotate_room(d->size + s->waiting, d->config.size);
		if (!take) {
			flush(s, d);
			deliver_rotate(s, d);
			continue;
		}
		if (take > n)
			take = n;
		if (take > s->cap - s->waiting)
			take = s->cap - s->waiting;
		memcpy(s->out + s->waiting, bytes, take);
		s->waiting += take;
		if (s->waiting == s->cap)
			flush(s, d);
		bytes += take;
		n -= take;
	}
	d->lost += n;
}

/* Everything that is held to one directory. Returns how much of it that was, and whether it ended
 * in the middle of a line. A burst is one write. */
static size_t deliver_to(struct svlogd *s, struct logdir *d, bool last, bool *middle)
{
	struct piece p;
	size_t at = 0;

	while (line_next(&p, s->in + at, s->held - at, s->max, *middle, last)) {
		if (p.begins) {
			put(s, d, s->stamp[at >= s->carried], s->stamp_len);
			put(s, d, d->config.prefix, d->config.prefix_len);
		}
		put(s, d, s->in + at, p.len);
		if (p.bare)
			put(s, d, "\n", 1);
		if (p.ends && rotate_after_line(d->size + s->waiting, d->config.size, s->max)) {
			flush(s, d);
			deliver_rotate(s, d);
		}
		at += p.len;
		*middle = !p.ends;
	}
	flush(s, d);
	return at;
}

/* Only the first max bytes of a line are treated, before anything looks at them. */
static void replace(struct svlogd *s, bool last)
{
	struct piece p;
	bool middle = s->middle;

	for (size_t at = 0; line_next(&p, s->in + at, s->held - at, s->max, middle, last);
	     at += p.len) {
		size_t const text = p.len - (p.ends && !p.bare);
		if (p.begins)
			line_replace(s->in + at, text < s->max ? text : s->max, s->with, s->also);
		middle = !p.ends;
	}
}

void deliver(struct svlogd *s, bool last)
{
	size_t used = 0;
	bool middle = s->middle;

	if (s->with)
		replace(s, last);
	for (unsigned int i = 0; i < s->ndirs; i++)
		if (logdir_is_open(&s->dirs[i])) {
			middle = s->middle;
			used = deliver_to(s, &s->dirs[i], last, &middle);
		}
	s->held -= used;
	if (used)
		memmove(s->in, s->in + used, s->held);
	if (used >= s->carried)
		memcpy(s->stamp[0], s->stamp[1], s->stamp_len);
	s->carried = s->held;
	s->middle = middle;
}
