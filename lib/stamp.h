#ifndef TEND_STAMP_H
#define TEND_STAMP_H

#include <stdbool.h>

#include <skalibs/tai.h>

/* runit labels the second T of time(2) as 2^62 + 10 + T; there is no leap-second table. */
#define STAMP_OFFSET UINT64_C(10)

/* The wall clock as a runit label in *t: microseconds, plus 500 ns, as the reference stamps. */
void stamp_now(tain *t);

/* The monotonic clock in *t, for deadlines: seconds and nanoseconds since some start, no label. */
void stamp_monotonic(tain *t);

/* The moment on the monotonic clock that is so many seconds ahead, at most 2^31 - 1. */
void stamp_ahead(tain *t, uint64_t seconds);

/* Whether that moment has come. */
bool stamp_past(tain const *t);

/* The monotonic clock in milliseconds. */
uint64_t stamp_ms(void);

/* Seconds since the Unix epoch of a label made by stamp_now or read from a status file.
 * Labels before the epoch give 0. */
uint64_t stamp_unix(tain const *t);

#endif
