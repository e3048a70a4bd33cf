/* When a verb of sv is satisfied: each goal by its sentence in command.h, and all of them at once.
 */
#include <skalibs/tai.h>

#include "command.h"
#include "fuzz.h"
#include "goal.h"

enum { ALL_GOALS = 255 };

static struct status feed_status(struct feed *f)
{
	static char const wants[] = "ud";
	struct status s = { .since = { .sec.x = TAI_MAGIC + feed_byte(f), .nano = feed_byte(f) } };
	unsigned int const how = feed_byte(f);

	s.pid = how & 1 ? 1 + (how >> 6) : 0;
	s.want = wants[how >> 1 & 1];
	s.paused = how & 4;
	s.term = how & 8;
	s.state = how >> 4 & 3;
	return s;
}

static bool earlier(tain const *a, tain const *b)
{
	return a->sec.x < b->sec.x || (a->sec.x == b->sec.x && a->nano < b->nano);
}

/* One goal of a runsv that is there and has read its letters, but for the check. */
static bool is_reached(unsigned int goal, struct facts const *f)
{
	struct status const *const s = &f->now;
	bool const stays = s->pid && s->state == STATUS_RUN && !s->term;
	bool const fresh = !earlier(&s->since, &f->sent) || earlier(&s->since, &f->before.since);

	switch (goal) {
	case GOAL_UP:
		return stays && s->want == 'u';
	case GOAL_DOWN:
		return !s->pid && s->state == STATUS_DOWN && s->want == 'd';
	case GOAL_FRESH:
		return (stays && fresh) || (!s->pid && s->state == STATUS_DOWN && s->want == 'd');
	case GOAL_ONCE:
		return s->pid ? s->want == 'd' : fresh;
	case GOAL_PAUSED:
		return !s->pid || s->paused;
	case GOAL_CONT:
		return !s->pid || !s->paused;
	case GOAL_GONE:
		return false;
	default:
		return true; /* GOAL_CHECKED */
	}
}

static enum verdict verdict(unsigned int goal, struct facts const *f)
{
	bool reached = !f->unread;

	if (f->gone)
		return goal & GOAL_GONE ? VERDICT_DONE : VERDICT_FAIL;
	for (unsigned int one = 1; one <= goal; one <<= 1)
		if (goal & one)
			reached = reached && is_reached(one, f);
	bool const asks = f->now.pid && goal & (GOAL_UP | GOAL_FRESH | GOAL_CHECKED);
	if (reached && (!asks || f->check == CHECK_GOOD))
		return VERDICT_DONE;
	if (f->late)
		return VERDICT_LATE;
	return reached && f->check == CHECK_UNKNOWN ? VERDICT_CHECK : VERDICT_WAIT;
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
	struct feed f = { data, size };
	struct facts facts;
	unsigned int const goal = feed_byte(&f) & ALL_GOALS, how = feed_byte(&f);

	facts = (struct facts){ .unread = how & 1,
				.gone = (how & 6) == 6,
				.late = how & 8,
				.check = (enum check)(how >> 4 & 3),
				.before = feed_status(&f),
				.now = feed_status(&f),
				.sent = { .sec.x = TAI_MAGIC + feed_byte(&f),
					  .nano = feed_byte(&f) } };
	enum verdict const got = goal_reached(goal, &facts);
	must(got == verdict(goal, &facts), "the verdict is that of the sentences");
	/* patience changes nothing but who waits */
	facts.late = !facts.late;
	enum verdict const other = goal_reached(goal, &facts);
	must((got == VERDICT_DONE) == (other == VERDICT_DONE) &&
		     (got == VERDICT_FAIL) == (other == VERDICT_FAIL),
	     "the time being up decides nothing else");
	return 0;
}
