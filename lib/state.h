#ifndef TEND_STATE_H
#define TEND_STATE_H

#include <limits.h>
#include <stdbool.h>

/* Where the state of a service directory lies: in supervise/, or, where that can't be written, as
 * in a container's read-only image, in STATE/NAME: STATE is $RUNSVDIR_STATE or /run/runsv, NAME the
 * service directory's, with ".log" behind it for its logger. */

/* Does NAME's state in directory dir lie in STATE? So it does if supervise/, or the directory in
 * which it is to be made, can't be written by us. A link in its place is followed, not replaced. */
bool state_away(int dir, char const *name);

/* STATE itself. Points into the environment. */
char const *state_root(void);

/* NAME and suffix: the last part of service; if that is . or .., the last part of where dir leads,
 * a path from here. False with errno. Allocates nothing. */
bool state_name(char name[NAME_MAX + 1], char const *service, char const *dir, char const *suffix);

/* STATE/NAME and suffix, NAME as in state_name: a path for who does not hold STATE. */
bool state_path(char path[PATH_MAX], char const *service, char const *dir, char const *suffix);

#endif
