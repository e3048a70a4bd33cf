#ifndef TEND_STORE_H
#define TEND_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "ledger.h"

/* The memory in which the input and its ledger are: that of the file `lock` of a log directory, its
 * home, or, where there can be none, private memory, which a kill -9 takes away.
 *
 * A quiet one has a page of its file; it grows for a burst and shrinks afterwards. */
struct store {
	struct ledger *ledger;
	char *in;
	size_t cap;        /* bytes at in that can be used now, */
	size_t small, big; /* when it is quiet and at most */
	int fd;            /* the home's lock; -1: private */
	bool gave_way;     /* the last home did: another may be had */
	dev_t dev;
	ino_t ino;
};

/* Private memory for an input of at least `least` bytes, and at least `most` for a burst. False,
 * with errno: none to be had. */
bool store_open(struct store *s, size_t least, size_t most);

/* Makes the lock of the directory dir the home. One that is empty gets what is in the store, with
 * the first `used` bytes of input, and one that has a ledger (found) replaces what is there. False:
 * it can't be, or it is the home already; a directory where nothing can be kept is no error. */
bool store_settle(struct store *s, int dir, size_t used, bool *found);

/* Whether the lock of the directory dir is the home. */
bool store_is_home(struct store const *s, int dir);

/* Whether the lock of the directory dir has something to keep. */
bool store_has_left(int dir);

/* If what the lock of the directory dir has is the store's own ledger, left where it was when it
 * moved, empties it and is true. */
bool store_drop_copy(struct store const *s, int dir);

/* More room, at most big; false: there is none. */
bool store_grow(struct store *s);

/* Back to small. The input's first `used` bytes stay; more than small: nothing is done. */
void store_shrink(struct store *s, size_t used);

/* The disk is full: gives back what is not used. False: that is nothing. */
bool store_trim(struct store *s, size_t used);

/* All is written: the home's lock is as empty as before. Private memory from now on. */
bool store_leave(struct store *s);

/* The file gave way under us (its disk is full and copies on write, somebody has truncated it):
 * goes on in private memory, with what can still be read. False: that failed. */
bool store_rescue(struct store *s);

#endif
