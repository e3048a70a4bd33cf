#ifndef TEND_ROTATE_H
#define TEND_ROTATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <skalibs/tai.h>

#include "config.h"

/* When current is full, which old file goes first, and which is processed next. Pure. Sizes are
 * bytes, limit is the config's SIZE (0: none), held what current will have when all that waits is
 * written. */

/* How many more bytes fit before current must be rotated, in the middle of a line if need be. */
size_t rotate_room(uint64_t held, uint64_t limit);

/* Whether a line that has just ended fills current: within max (the -l) of the limit. With a limit
 * below max it never does, as in the reference, and current is cut at the limit. */
bool rotate_after_line(uint64_t held, uint64_t limit, size_t max);

/* How many of the n bytes of text, which may be written as they are, go into a current of held
 * bytes: less than n, and it is rotated then. */
size_t rotate_part(char const *text, size_t n, uint64_t held, uint64_t limit, size_t max);

#define ROTATE_NAME 27 /* @, 24 hexadecimal digits, and: */
#define ROTATE_DONE 's'
#define ROTATE_WAITS 'u'  /* for the processor, or was left by a crash */
#define ROTATE_OUTPUT 't' /* of a processor, so far */

/* The suffix of such a name; 0: it is none. */
char rotate_suffix(char const *name);

/* Old files as they are seen, in any order; the processor's output is none. */
struct rotate_old {
	uint64_t count, bytes;
	uint64_t finished; /* of them, those with .s */
	char oldest[ROTATE_NAME + 1], newest[ROTATE_NAME + 1];
	char done[ROTATE_NAME + 1];  /* the oldest with .s; "": there is none */
	char waits[ROTATE_NAME + 1]; /* the oldest with .u: processed next; "": none */
};

/* Counts name if it is an old file's. */
void rotate_see(struct rotate_old *o, char const *name, uint64_t bytes);

/* The name with this suffix of a file that becomes old at a moment: after the newest of the others
 * ("": there is none), also if the clock was set back, so that their order is their age. */
void rotate_name(char name[ROTATE_NAME + 1], tain const *moment, char const *newest, char suffix);

/* The file that goes because there are more than config says, or because they have more bytes than
 * would leave room for a current; NULL: none. Only those with .s are counted: reference. */
char const *rotate_surplus(struct rotate_old const *o, struct config const *c);

/* The oldest of them, the oldest first: many may go after one look at all. */
#define ROTATE_BATCH 64
struct rotate_batch {
	bool finished; /* of those with .s */
	unsigned int n;
	struct rotate_file {
		uint64_t bytes;
		char name[ROTATE_NAME + 1];
	} files[ROTATE_BATCH];
};

/* Keeps name if it is an old file's, and one of the oldest so far. */
void rotate_collect(struct rotate_batch *b, char const *name, uint64_t bytes);

/* The file is deleted: it is counted no more. What is the oldest is not known any more then. */
void rotate_forget(struct rotate_old *o, struct rotate_file const *file);

#endif
