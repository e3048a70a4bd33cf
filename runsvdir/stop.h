#ifndef RUNSVDIR_STOP_H
#define RUNSVDIR_STOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The ordered stop of a whole tree, as process 1 or with -c. Pure. Times are milliseconds of the
 * monotonic clock. */

enum {
	STOP_TIMEOUT = 8000, /* inside the 10 seconds that docker stop gives */
	STOP_REST = 1000,    /* after KILL, for loggers and finish */
	STOP_SAY = 1000,
	STOP_AGAIN = 25, /* a runsv that has just been started needs some milliseconds */
	STOP_KILLED = 137,
};

struct stop {
	enum { STOP_NONE, STOP_WAITS, STOP_KILLS } phase;
	int code;     /* to exit with */
	uint64_t due; /* KILL in STOP_WAITS, the end in STOP_KILLS */
	uint64_t say; /* in STOP_KILLS: KILL to those that could not be told */
};

enum stop_action {
	STOP_WAIT,
	STOP_NAME, /* say what is waited for */
	STOP_KILL, /* KILL to every service that is left, and say which */
	STOP_TELL, /* KILL to those of them that could not be told */
	STOP_END,  /* exit with stop_code */
};

/* A signal asks for the stop. True: it is the first, and everything has to be told to end; another
 * one cuts the patience short. */
bool stop_asked(struct stop *s, int code, uint64_t now);

/* What to do now, while so many services are left. To be called until it is STOP_WAIT. */
enum stop_action stop_next(struct stop *s, size_t left, uint64_t now);

/* After STOP_KILL: a service had a process to be killed. What is left without one, as a logger
 * whose pipe somebody else holds, is given up, and does not count. */
void stop_killed(struct stop *s);

/* In STOP_KILLS: somebody is not told, there is no runsv at the moment, or it was killed since. */
void stop_untold(struct stop *s, uint64_t now);

/* When there is something to do without an event; UINT64_MAX: never. */
uint64_t stop_deadline(struct stop const *s);

int stop_code(struct stop const *s);

#endif
