#ifndef TEND_LIMITS_H
#define TEND_LIMITS_H

#include "plan.h"

/* Sets the soft limits that l's letter stands for; one above the hard limit is cut to it, as in the
 * reference. 0, or -1 with errno and *what, the call that failed. */
int limits_set(struct plan_limit const *l, char const **what);

#endif
