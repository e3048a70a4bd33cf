#ifndef TEND_QUOTE_H
#define TEND_QUOTE_H

#include <skalibs/stralloc.h>

/* Adds a value as one word of sh: as it is if nothing in it means anything to a shell, else within
 * single quotes; what is LATE (text.h) as "${X?}", which ends the shell if X is not set. The one
 * function that writes values into scripts. Pure; *out is the caller's to free. */
void quote_add(stralloc *out, char const *value);

#endif
