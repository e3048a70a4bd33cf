#ifndef TEND_WRITE_H
#define TEND_WRITE_H

#include "emit.h"
#include "programs.h"

/* Writes a directory for each program that is not refused into dir, which is made if it is missing.
 * Each is made whole under a name that begins with a dot, which runsvdir does not look at, and
 * renamed. If one of the names is taken, nothing is written. Trouble ends the program, with 111;
 * what it was at is taken away, and what was renamed before stays. */
void write_programs(char const *dir, struct programs const *ps, struct settings const *all,
		    struct options const *o);

#endif
