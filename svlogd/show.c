#include <errno.h>

#include <skalibs/siovec.h>

#include "events.h"
#include "outlet.h"
#include "select.h"
#include "show.h"

void show_parts(struct iovec v[SHOW_PARTS], struct svlogd const *s, struct logdir const *d,
		uint32_t at, size_t len)
{
	static char dots[] = "...\n";
	size_t const k = input_stamp_of(s, at);
	bool const cut = len == s->max;

	v[0] = (struct iovec){ (char *)s->input.stamp[k], s->input.stamp_len[k] };
	v[1] = (struct iovec){ (char *)d->config.prefix, d->config.prefix_len };
	v[2] = (struct iovec){ s->store.in + at, len };
	v[3] = (struct iovec){ cut ? dots : dots + 3, cut ? 4 : 1 };
}

/* Whether fd takes something now. Who does not read holds the log up, as with the reference, but
 * not TERM or HUP: false. Within a message of ours there is none about what comes meanwhile. */
static bool takes(struct svlogd *s, int fd, bool in_message)
{
	static tain const at_once = TAIN_ZERO;
	struct pollfd x[2] = { { .fd = s->signals, .events = POLLIN },
			       { .fd = fd, .events = POLLOUT } };

	for (;;) {
		bool const hurries = s->term || s->hup || s->hurries;
		tain const due = hurries ? at_once : in_message ? tain_infinite : queues_due(s);
		if (events_wait(x, 2, &due) < 0)
			return false;
		if (x[1].revents)
			return true;
		if (hurries)
			return false;
		if (in_message) {
			signals_note(s);
			continue;
		}
		signals_read(s);
		queues_serve(s);
	}
}

bool show_message(void *s, int fd)
{
	return takes(s, fd, true);
}

/* In one system call where that can be: others write there, too. A failure: there is nobody to
 * tell. */
static void show_on(struct svlogd *s, int fd, struct iovec *v, unsigned int n)
{
	ssize_t done = 0;

	for (size_t left = siovec_len(v, n); left; left -= (size_t)done) {
		if (!takes(s, fd, false))
			return;
		done = outlet_write(fd, v, n);
		if (done < 0 && errno != EAGAIN)
			return;
		if (done < 0)
			done = 0;
		siovec_seek(v, n, (size_t)done);
	}
}

static void show_line(struct svlogd *s, struct logdir const *d, uint32_t at, size_t len)
{
	struct iovec v[1 + SHOW_PARTS];
	char const *const line = s->store.in + at;

	if (d->config.copies && select_line(d->rules, d->rules_len, line, len)) {
		v[0] = (struct iovec){ (char *)d->config.label, d->config.label_len };
		show_parts(v + 1, s, d, at, len);
		show_on(s, 1, v, 1 + SHOW_PARTS);
	}
	if (d->shown_len && select_shown(d->shown, d->shown_len, line, len)) {
		show_parts(v, s, d, at, len);
		show_on(s, 2, v, SHOW_PARTS);
	}
}

static bool shows_any(struct logdir const *d)
{
	return logdir_is_open(d) && (d->shown_len || d->config.copies);
}

/* Where the first directory has got to; NULL: nothing is shown. */
static struct ledger_cursor const *first(struct svlogd const *s)
{
	struct ledger_cursor const *least = NULL;
	bool any = false;

	for (unsigned int i = 0; i < s->ndirs; i++) {
		if (!logdir_is_open(&s->dirs[i]))
			continue;
		any = any || shows_any(&s->dirs[i]);
		if (!least || s->cursors[i].at < least->at)
			least = &s->cursors[i];
	}
	return any ? least : NULL;
}

/* What a directory has not got, it has not shown; what a killed one has shown, perhaps again. */
static bool is_new(struct logdir const *d, uint32_t at)
{
	struct ledger_cursor const *const c = d->cursor;

	return c->at < at || (c->at == at && !c->done);
}

void show(struct svlogd *s, bool last)
{
	struct ledger_cursor const *const from = first(s);
	struct piece p;

	if (!from)
		return;
	bool middle = from->middle != 0;
	for (uint32_t at = from->at;
	     line_next(&p, s->store.in + at, s->input.end - at, s->max, middle, last);
	     at += (uint32_t)p.len) {
		for (unsigned int i = 0; i < s->ndirs && p.begins; i++)
			if (shows_any(&s->dirs[i]) && is_new(&s->dirs[i], at))
				show_line(s, &s->dirs[i], at, line_treated(&p, s->max));
		middle = !p.ends;
	}
}
