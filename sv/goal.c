#include "command.h"
#include "goal.h"

/* A stamp made after the letters were written. Not trusted is a clock that was set back meanwhile:
 * then the stamp is older than the one seen before. */
static bool since(struct facts const *f, tain const *stamp)
{
	return !tain_less(stamp, &f->sent) || tain_less(stamp, &f->before.since);
}

/* A TERM that is pending ends the process, whoever sent it and whatever is wanted by now. */
static bool staying(struct status const *s)
{
	return s->pid && s->state == STATUS_RUN && !s->term;
}

static bool nothing_wanted(struct status const *s)
{
	return !s->pid && s->state == STATUS_DOWN && s->want == 'd';
}

static bool holds(unsigned int goal, struct facts const *f)
{
	struct status const *const s = &f->now;

	if (goal & GOAL_GONE)
		return false;
	if (goal & GOAL_UP && !(staying(s) && s->want == 'u'))
		return false;
	/* "want up" is a start that is coming, or one that runsv began before it read the d */
	if (goal & GOAL_DOWN && (s->pid || s->state != STATUS_DOWN || s->want == 'u'))
		return false;
	if (goal & GOAL_FRESH && !nothing_wanted(s) && !(staying(s) && since(f, &s->since)))
		return false;
	if (goal & GOAL_ONCE && !(s->pid ? s->want == 'd' : since(f, &s->since)))
		return false;
	if (goal & GOAL_PAUSED && s->pid && !s->paused)
		return false;
	return !(goal & GOAL_CONT && s->pid && s->paused);
}

static bool needs_check(unsigned int goal, struct facts const *f)
{
	return f->now.pid && goal & (GOAL_UP | GOAL_FRESH | GOAL_CHECKED);
}

enum verdict goal_reached(unsigned int goal, struct facts const *f)
{
	enum verdict const not_yet = f->late ? VERDICT_LATE : VERDICT_WAIT;

	if (f->gone)
		return goal & GOAL_GONE ? VERDICT_DONE : VERDICT_FAIL;
	if (f->unread || !holds(goal, f))
		return not_yet;
	if (!needs_check(goal, f) || f->check == CHECK_GOOD)
		return VERDICT_DONE;
	return f->check == CHECK_UNKNOWN && !f->late ? VERDICT_CHECK : not_yet;
}
