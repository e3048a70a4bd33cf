#include <signal.h>
#include <unistd.h>

#include "runsv.h"

void tell_scanner(void)
{
	pid_t const parent = getppid();

	if (parent > 0)
		kill(parent, SIGCHLD);
}

void report(struct runsv *v)
{
	struct slot const *const s = &v->pair.slot[SERVICE];
	bool const essential = s->policy.essential != ESSENTIAL_NO;
	bool const down = s->want > WANT_EXIT && s->phase == PHASE_DOWN;
	bool const news =
		(essential && (s->over != v->reported.over || s->pid != v->reported.pid)) ||
		down != v->reported.down || v->again;

	if (!news)
		return;
	v->reported.over = s->over;
	v->reported.pid = s->pid;
	v->reported.down = down;
	v->again = false;
	tell_scanner();
}
