#ifndef RUNSV_PAIR_H
#define RUNSV_PAIR_H

#include "slot.h"

enum { SERVICE, LOGGER };

/* What couples the two slots of a service with a logger. Pure. */
struct pair {
	struct slot slot[2];
	unsigned int slots; /* 1: there is no logger */
	bool closed;        /* the pipe's writing end, so that the logger reads end-of-file */
	enum want before;   /* what was wanted of the logger then */
	bool retried;       /* a logger that died while draining was started once more */
	bool told;          /* who holds the pipe open has been said */
	tain late;          /* monotonic: when to say it */
};

enum {
	PAIR_CLOSE = 1 << 0, /* close the writing end */
	PAIR_OPEN = 1 << 1,  /* open it again */
};

void pair_init(struct pair *p, unsigned int slots);

/* One step of slot who; *acts is the set of its ACT_*, the result the set of PAIR_* to perform
 * first. The event's unread must be true when the pipe is not empty and the service wants to exit.
 */
unsigned int pair_step(struct pair *p, unsigned int who, struct event const *e, unsigned int *acts);

/* Whether the time has come (pair_deadline) to name the processes that hold the pipe; once. */
bool pair_late(struct pair *p, tain const *now);

/* Monotonic; tain_infinite: nothing is waited for. */
tain const *pair_deadline(struct pair const *p);

/* runsv may leave. */
bool pair_over(struct pair const *p);

#endif
