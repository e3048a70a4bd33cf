#ifndef TEND_LINE_H
#define TEND_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include <skalibs/tai.h>

/* Cutting what was read into lines, and what stands in front of each. Pure. */

/* A part of a line: its first len bytes of the input, the newline included if it was there. */
struct piece {
	size_t len;
	bool begins; /* the line's first byte is in it: stamp and prefix go before it */
	bool ends;   /* the line's last byte is in it */
	bool bare;   /* ends without a newline of its own */
};

/* The next piece of the len bytes at in; false: nothing to be written yet. A line waits until it is
 * complete or has max bytes, because no more than these decide where it goes; the rest of a longer
 * one follows as it comes (middle: such a line has begun). last: nothing more will come. */
bool line_next(struct piece *p, char const *in, size_t len, size_t max, bool middle, bool last);

/* How many bytes of a piece that begins a line are looked at: no more than max, no newline. */
size_t line_treated(struct piece const *p, size_t max);

/* Where the line that begins at `at` ends: its newline, or len without one. */
size_t line_end(char const *text, size_t at, size_t len);

/* How lines are stamped: the number of -t. */
enum line_style { LINE_PLAIN, LINE_TAI64N, LINE_UTC, LINE_UTC_T };

/* The stamp of a runit label t with the blank behind it; returns its length, 0 for LINE_PLAIN. */
#define LINE_STAMP_MAX 26
size_t line_stamp(char text[LINE_STAMP_MAX], enum line_style style, tain const *t);

/* Replaces by with each of the len bytes that is outside 32 to 126 or one of those in also. */
void line_replace(char *s, size_t len, char with, char const *also);

#endif
