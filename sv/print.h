#ifndef TEND_PRINT_H
#define TEND_PRINT_H

#include <stdbool.h>
#include <stddef.h>

#include <skalibs/tai.h>

#include "status.h"

/* Room for everything of a state line but the name. */
#define PRINT_MAX 160

/* "run: NAME: (pid N) Ns, …" without a newline into text, which has room for PRINT_MAX and the
 * name; returns its length. now is a runit label like the one in the status; normally_down: the
 * service has a file down. Pure. */
size_t print_state(char *text, char const *name, struct status const *s, tain const *now,
		   bool normally_down);

#endif
