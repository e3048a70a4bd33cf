#ifndef MY_INIT_STARTUP_H
#define MY_INIT_STARTUP_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "times.h"

/* The time before the services: programs one by one, by a process that may be an init. */

struct startup {
	int signals;   /* events_signals */
	sigset_t mask; /* for the children */
	struct times times;
	bool quiet;
	bool spare_orphans;
	int signal;       /* that asks for the end; 0: none has */
	int code;         /* what it is to end with then; 0: go on */
	char const *path; /* what runs */
	pid_t pid;        /* 0: nothing */
	uint64_t due;     /* when it gets KILL; UINT64_MAX: never */
	uint64_t say;     /* when to say what is waited for */
};

/* Runs it to its end, reaping whatever else ends. False: the container is to end, with s->code: it
 * has failed, or a signal has come; that was said. */
bool startup_run(struct startup *s, char const *path);

/* All of a directory, in order, and each time after one of them; false as above. A directory that
 * is not there is empty. */
bool startup_run_all(struct startup *s, char const *dir, bool (*after)(void *context),
		     void *context);

/* Has a signal come? It is taken. */
bool startup_is_asked(struct startup *s);

/* Ends what startup files have left behind: TERM, and KILL in the end. Says who has ended it. */
void startup_end(struct startup *s);

#endif
