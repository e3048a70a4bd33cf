#ifndef RUNSVDIR_PLACE_H
#define RUNSVDIR_PLACE_H

#include <limits.h>

#include "files.h"
#include "scan.h"

/* The service directory of an entry is held open as long as it lives: what it had as its name may
 * lead elsewhere or nowhere by the time that something is to be looked for there. */

/* Holds what has its name now, if it is its directory and descriptors are not short. False: that
 * is another directory, or none; the descriptor is the entry's until place_release. */
bool place_hold(struct scanner const *s, struct entry *e);

/* The same through /proc, where that process works. */
void place_hold_of(pid_t pid, struct entry *e);

/* Where to open its files: the held directory and ".", else the scan directory and its name, which
 * may have become another's. */
struct place place_of(struct scanner const *s, struct entry const *e);

/* Where its logger's are: at has them while this lives. False: the names are too long. */
struct place_log {
	char name[NAME_MAX + sizeof "/log"], entry[NAME_MAX + sizeof ".log"];
	struct place at;
};
bool place_log(struct place_log *l, struct place at);

/* Lets it go. */
void place_release(struct entry *e);

#endif
