#include <skalibs/djbunix.h>

#include "budget.h"
#include "death.h"
#include "place.h"
#include "setting.h"
#include "stamp.h"
#include "value.h"

/* Of each service the latest hundred or so are kept. */
enum { ENDS_MAX = 100 };

struct window {
	tain from, to;
	tain last; /* of what was counted */
	uint64_t ends;
};

static bool read_budget(struct scanner const *s, uint64_t *ends, uint64_t *ms)
{
	static char text[SETTING_SIZE + 1];
	int const dir = files_settings(s->dir);

	if (dir < 0)
		return false;
	bool const is = setting_read(dir, ".runsvdir/", "restart-budget", text, sizeof text);
	bool const right = is && value_rate(text, ENDS_MAX, ends, ms);
	if (is && !right)
		setting_warn_value(".runsvdir/", "restart-budget", text,
				   "N in TIME, N at most 100");
	fd_close(dir);
	return right;
}

static void count_file(struct window *w, struct place at, char const *file)
{
	char text[DEATH_BYTES + 1];

	files_text(at, file, text, sizeof text);
	w->ends += deaths_between(text, &w->from, &w->to, &w->last);
}

static void count(struct window *w, struct place at)
{
	count_file(w, at, "/deaths.old");
	count_file(w, at, "/deaths");
}

/* The moment ms before *to, but not before the scanner's first. */
static tain beginning(struct scanner const *s, tain const *to, uint64_t ms)
{
	tain const time = { .sec.x = ms / 1000, .nano = (uint32_t)(ms % 1000 * 1000000) };
	tain from;

	tain_sub(&from, to, &time);
	return tain_less(&from, &s->began) ? s->began : from;
}

struct entry *budget_spent(struct scanner const *s)
{
	struct window w = { .ends = 0 };
	struct entry *last = NULL;
	uint64_t ends, ms;

	if (!read_budget(s, &ends, &ms))
		return NULL;
	stamp_now(&w.to);
	w.from = beginning(s, &w.to, ms);
	for (size_t i = 0; i < roster_len(&s->roster); i++) {
		struct entry *const e = roster_at(&s->roster, i);
		struct place const at = place_of(s, e);
		tain const before = w.last;
		struct place_log log;
		count(&w, at);
		if (place_log(&log, at))
			count(&w, log.at);
		if (tain_less(&before, &w.last))
			last = e;
	}
	return w.ends > ends ? last : NULL;
}
