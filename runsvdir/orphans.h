#ifndef RUNSVDIR_ORPHANS_H
#define RUNSVDIR_ORPHANS_H

#include "scan.h"

/* Our children that are no runsv, neither CMD nor a hook: what has lost its parent. A signal to
 * each (0: none); how many there are. Without /proc they are not known, and 0. */
size_t orphans_signal(struct scanner const *s, int sig);

#endif
