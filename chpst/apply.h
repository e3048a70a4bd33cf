#ifndef TEND_APPLY_H
#define TEND_APPLY_H

#include "plan.h"

/* Does everything and becomes the program. Trouble is reported and ends with 111, or with 0 and in
 * silence where the plan says so. */
_Noreturn void apply(struct plan const *p);

#endif
