#ifndef TEND_PROGRAMS_H
#define TEND_PROGRAMS_H

#include <stddef.h>

#include "judge.h"

/* All programs of a configuration, one for each process that supervisord would start, and the
 * report of all of its keys. */

struct programs {
	struct program *at;
	size_t count;
};

/* *c is whole, with all that it includes. Allocated until the end. */
struct programs programs_make(struct conf *c, struct options const *o, struct settings *all,
			      struct report *r);

/* The next program that has to be down before p is told to stop: one of the next lower priority;
 * from *at on, which moves; NULL at the end. */
struct program const *programs_after(struct programs const *ps, struct program const *p,
				     size_t *at);

#endif
