#ifndef RUNSVDIR_LIVING_H
#define RUNSVDIR_LIVING_H

#include <sys/types.h>

#include "files.h"
#include "roster.h"

/* Is there a runsv, ours or another's, that an earlier runsvdir or a person has started for the
 * entry of directory dir? */
enum living { LIVING_NONE, LIVING_FOUND, LIVING_HIDDEN, LIVING_TAKEN };

/* FOUND: *pid is its, *pidfd a descriptor of it that the caller owns. HIDDEN: there is one, but it
 * can't be found out which process it is, with errno. (TAKEN is the caller's to say.) */
enum living living_runsv(struct place at, struct entry const *e, pid_t *pid, int *pidfd);

/* The process that works in the entry's directory and holds the lock in its supervise/, as its
 * runsv does; -1: none, or it can't be found out. */
pid_t living_in(struct place at, struct entry const *e);

/* Is its `ok` read? Any runsv does, and opens it last. */
bool living_answers(struct place at);

#endif
