#ifndef RUNSVDIR_ORPHANS_H
#define RUNSVDIR_ORPHANS_H

#include "scan.h"

/* Our children that are no runsv, neither CMD nor a hook, and, before STOP_FINISH, that no runsv
 * looks after: what has lost its parent. TERM and CONT to each that has not had it (it is noted in
 * s), or KILL to each and to all that is below them, in a way that a fork bomb can't outrun. How
 * many there are. Without /proc they are not known, and 0. Out of memory: nothing is signalled,
 * and 1. */
size_t orphans_signal(struct scanner *s, int sig);

#endif
