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

/* Makes a name for a file that becomes old now, with this suffix; no file has it. */
void old_name(char name[ROTATE_NAME + 1], int dir, char suffix);

#endif
