#ifndef TEND_PATTERN_H
#define TEND_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

/* Whether all of the len bytes at s match the pattern of plen bytes. A byte matches itself. `*`
 * stands for what comes before the first byte that is the pattern's next, and at the pattern's end
 * for anything. `+` stands for one or more of the pattern's next byte; if the line ends in them, it
 * matches, whatever the pattern has behind (as the reference does); at the pattern's end it is
 * itself. There is no way back: `*b` does not match "abab". Pure. */
bool pattern_matches(char const *p, size_t plen, char const *s, size_t len);

#endif
