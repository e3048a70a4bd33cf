#ifndef RUNSV_REEXEC_H
#define RUNSV_REEXEC_H

#include "runsv.h"

/* The letter R: runsv executes itself, that is, the program that its name leads to now, and carries
 * on as after a crash, but as the parent of what it started. Copies of its descriptors are held
 * open meanwhile: letters in a FIFO are not lost, and `ok` does not say that it has gone. */

/* Returns only if that failed, having said why. */
void reexec(struct runsv *v);

/* The descriptors that an earlier program of this process holds open for us. */
#define REEXEC_MAX 7
struct reexec {
	int fd[REEXEC_MAX];
	unsigned int count;
};

/* Reads them from the environment and removes them there; the locks among them are let go. */
struct reexec reexec_inherited(void);

/* Closes them: we have our own. */
void reexec_done(struct reexec const *kept);

#endif
