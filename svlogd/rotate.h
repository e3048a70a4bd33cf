#ifndef TEND_ROTATE_H
#define TEND_ROTATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* When current is full, and which old file goes first. Pure. Sizes are bytes, limit is the
 * config's SIZE (0: none), held what current will have when all that waits is written. */

/* How many more bytes fit before current must be rotated, in the middle of a line if need be. */
size_t rotate_room(uint64_t held, uint64_t limit);

/* Whether a line that has just ended fills current: within max (the -l) of the limit. With a limit
 * below max it never does, as in the reference, and current is cut at the limit. */
bool rotate_after_line(uint64_t held, uint64_t limit, size_t max);

#define ROTATE_NAME 27 /* @, 24 hexadecimal digits, .s or .u */

/* Old files as they are seen, in any order. */
struct rotate_old {
	uint64_t count;
	char oldest[ROTATE_NAME + 1];
};

/* Counts name if it is an old file's and remembers the oldest. */
void rotate_see(struct rotate_old *o, char const *name);

#endif
