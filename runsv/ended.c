#include <skalibs/djbunix.h>

#include "runsv.h"
#include "tree.h"

/* Whether others of run's tree live; one of them is waited for. */
static bool look_for_left(struct runsv *v)
{
	struct slot const *const s = &v->pair.slot[SERVICE];

	if (s->phase != PHASE_RUN || s->policy.kill_mode != KILL_TREE)
		return false;
	v->pidfd[SERVICE] = tree_member(v);
	return v->pidfd[SERVICE] >= 0;
}

void process_ended(struct runsv *v, unsigned int who, int wstat)
{
	struct event e = { .kind = EV_ENDED, .wstat = wstat };

	if (who == SERVICE && look_for_left(v))
		e.kind = EV_ENDED_LEFT;
	else if (who == SERVICE && finish_opens())
		e.kind = EV_ENDED_FINISH;
	deaths_note(v, who, wstat, e.kind != EV_ENDED);
	dispatch(v, who, &e);
}

void left_ended(struct runsv *v)
{
	struct event e = { .kind = finish_opens() ? EV_CLEARED_FINISH : EV_CLEARED };

	if (v->pidfd[SERVICE] >= 0)
		fd_close(v->pidfd[SERVICE]);
	v->pidfd[SERVICE] = tree_member(v);
	if (v->pidfd[SERVICE] < 0)
		dispatch(v, SERVICE, &e);
}
