#ifndef TEND_NAMES_H
#define TEND_NAMES_H

#include <stddef.h>

#include "ask.h"

/* The services that are meant: names and patterns, in $SVDIR. */
struct names {
	char **name; /* in order */
	size_t count;
};

/* Adds what pattern means: itself if it is a path, or a directory of exactly that name, or no
 * pattern at all; else each directory in $SVDIR that it matches. "*" matches none that begins with
 * a dot. False with errno: no memory, or $SVDIR can't be read. What matches nothing adds nothing.
 */
bool names_add(struct names *n, char const *pattern, struct svdir const *v);

#endif
