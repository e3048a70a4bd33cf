#ifndef TEND_LANDLOCK_H
#define TEND_LANDLOCK_H

#include "plan.h"

/* Leaves to this process, and to what it becomes, only the files beneath the n paths, and no new
 * privileges. What is open stays open, and no descriptor is left. Trouble, which a kernel without
 * Landlock and a path that is not there are as well, is reported and ends the process with 111. */
void landlock_restrict(struct plan_path const *paths, unsigned int n);

#endif
