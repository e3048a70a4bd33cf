#ifndef TEND_PROCESS_H
#define TEND_PROCESS_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/* What a child of svlogd is given to process a file of a log directory. */
struct process {
	int dir;             /* the directory, */
	char const *name;    /* what it is called in messages, */
	char const *command; /* and its config's processor */
	bool verbose;
	pid_t parent;         /* svlogd */
	sigset_t const *mask; /* what it was started with, and its */
	void (*pipe)(int);    /* dispositions of PIPE */
	void (*xfsz)(int);    /* and XFSZ */
};

/* Processes the oldest file that waits, as soon as nobody else does in this directory, and leaves
 * with 0; also when there is none. Not 0, and nothing has changed: it must be tried again. The
 * caller has forked, and closed what a processor must not have. */
_Noreturn void process(struct process *p);

#endif
