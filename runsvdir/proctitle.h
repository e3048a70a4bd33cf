#ifndef RUNSVDIR_PROCTITLE_H
#define RUNSVDIR_PROCTITLE_H

#include <stdint.h>
#include <stddef.h>

/* The LOG argument: what the tree says on stderr scrolls through it in the process list. */
struct proctitle {
	char *text; /* in argv; NULL: there is none */
	size_t len;
	int read;     /* -1: none */
	int write;    /* stderr of the children, blocking: contract §8 (28) */
	uint64_t dot; /* when the next one is due, ms of the monotonic clock */
};

/* Makes text the place, and fd 2 the writing end; warns and does nothing if it is too short. */
void proctitle_init(struct proctitle *t, char *text, uint64_t now);

/* Scrolls what has come. */
void proctitle_read(struct proctitle *t);

/* A dot, if it is due: 15 minutes have passed. */
void proctitle_tick(struct proctitle *t, uint64_t now);

#endif
