#ifndef TEND_WAIT_H
#define TEND_WAIT_H

#include <stddef.h>
#include <stdint.h>

#include "ask.h"
#include "command.h"
#include "out.h"

#define WAIT_LEAST 420 /* ms: how long the reference's single look takes */

/* When a wait that begins now is over, on watch_clock. */
int64_t wait_end(unsigned long seconds);

/* Sends the command to each of the services, in the order given, then waits until all have obeyed
 * or seconds have passed, and puts out a line for each when it is known. A wait of 0 s is one look
 * of at most WAIT_LEAST. False with errno: it could not even begin. */
bool wait_for(struct command const *c, char const *const *names, size_t count,
	      unsigned long seconds, struct svdir *v, struct out *o);

#endif
