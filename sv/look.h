#ifndef TEND_LOOK_H
#define TEND_LOOK_H

#include "ask.h"
#include "out.h"

/* The verbs that only look: list, ready, why, log. argv[0] is the verb; the checks that ready asks
 * have so many seconds, together. Returns the exit code, or -1: wrong usage. */
int look(int argc, char const *const *argv, unsigned long seconds, struct svdir *v, struct out *o);

/* Is it one of them? */
bool look_is(char const *word);

#endif
