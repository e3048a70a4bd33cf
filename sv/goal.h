#ifndef TEND_GOAL_H
#define TEND_GOAL_H

#include <stdbool.h>

#include <skalibs/tai.h>

#include "status.h"

enum check { CHECK_UNKNOWN, CHECK_RUNS, CHECK_GOOD, CHECK_BAD };

/* All that is known of a service whose command is waited for. */
struct facts {
	struct status before; /* read before the letters were written */
	struct status now;
	tain sent;        /* when the letters were written, as runsv stamps */
	bool unread;      /* letters may still lie in the FIFO: now may be from before them */
	bool gone;        /* the runsv that was asked has ended */
	bool late;        /* the time is up */
	enum check check; /* of the process in now */
};

enum verdict {
	VERDICT_WAIT,
	VERDICT_CHECK, /* all but the check holds: run it, and ask again */
	VERDICT_DONE,
	VERDICT_FAIL, /* it can't come true any more: runsv has ended */
	VERDICT_LATE,
};

/* Pure: goal is a set of GOAL_* (command.h). */
enum verdict goal_reached(unsigned int goal, struct facts const *f);

#endif
