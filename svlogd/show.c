#include <sys/uio.h>

#include "select.h"
#include "svlogd.h"

/* Who does not read standard error holds the log up, as with the reference. */
static void show_line(struct svlogd const *s, struct logdir const *d, uint32_t at, size_t len)
{
	static char dots[] = "...\n";
	size_t const k = input_stamp_of(s, at);
	bool const cut = len == s->max;
	struct iovec const v[] = {
		{ (char *)s->input.stamp[k], s->input.stamp_len[k] },
		{ (char *)d->config.prefix, d->config.prefix_len },
		{ s->store.in + at, len },
		{ cut ? dots : dots + 3, cut ? 4 : 1 },
	};

	if (writev(2, v, sizeof v / sizeof *v) < 0)
		return; /* there is nobody to tell */
}

/* Where the first directory has got to; NULL: nothing is shown. */
static struct ledger_cursor const *first(struct svlogd const *s)
{
	struct ledger_cursor const *least = NULL;
	bool any = false;

	for (unsigned int i = 0; i < s->ndirs; i++) {
		if (!logdir_is_open(&s->dirs[i]))
			continue;
		any = any || s->dirs[i].shown_len;
		if (!least || s->cursors[i].at < least->at)
			least = &s->cursors[i];
	}
	return any ? least : NULL;
}

/* What a directory has not got, it has not shown; what a killed one has shown, perhaps again. */
static bool shows(struct svlogd const *s, unsigned int i, uint32_t at, size_t len)
{
	struct logdir const *const d = &s->dirs[i];
	struct ledger_cursor const *const c = d->cursor;

	return logdir_is_open(d) && d->shown_len && (c->at < at || (c->at == at && !c->done)) &&
	       select_shown(d->shown, d->shown_len, s->store.in + at, len);
}

void show(struct svlogd const *s, bool last)
{
	struct ledger_cursor const *const from = first(s);
	struct piece p;

	if (!from)
		return;
	bool middle = from->middle != 0;
	for (uint32_t at = from->at;
	     line_next(&p, s->store.in + at, s->input.end - at, s->max, middle, last);
	     at += (uint32_t)p.len) {
		size_t const len = line_treated(&p, s->max);
		for (unsigned int i = 0; i < s->ndirs && p.begins; i++)
			if (shows(s, i, at, len))
				show_line(s, &s->dirs[i], at, len);
		middle = !p.ends;
	}
}
