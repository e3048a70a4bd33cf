#ifndef TEND_OLD_H
#define TEND_OLD_H

#include <stdbool.h>

#include "config.h"
#include "rotate.h"

/* The old files of a log directory: dir is its descriptor, name what it is called in messages. */

/* Looks at all of them, and at their sizes if bytes; -1 with errno. */
int old_see(struct rotate_old *old, int dir, bool bytes);

/* Deletes those that are too many. What can't be deleted is left there: too many files are no
 * reason to stop logging. */
void old_shrink(int dir, char const *name, struct config const *c, bool verbose);

/* The disk is full: deletes the oldest if the config allows it. False: nothing was deleted. */
bool old_make_room(int dir, char const *name, struct config const *c);

/* Deletes what processors have left half done, as far as that can be: it costs space, no more. */
void old_remove_outputs(int dir);

/* The same, unless somebody processes there: the child of an earlier svlogd. False. */
bool old_tidy(int dir);

/* Locks the directory for processing and returns a descriptor that holds the lock, or -1 with
 * errno: EWOULDBLOCK, somebody else has it (waits: is waited for). Where there are no such locks
 * (NFS) it goes without. */
int old_lock(int dir, bool waits);

/* Makes a name for a file that becomes old now, with this suffix: later than all others, so that no
 * file has it, and none with another suffix. newest is the one that was made last in this
 * directory;
 * "": it is looked for, among all. */
void old_name(char name[ROTATE_NAME + 1], char newest[ROTATE_NAME + 1], int dir, char suffix);

#endif
