#ifndef MY_INIT_TIMES_H
#define MY_INIT_TIMES_H

#include <stdbool.h>
#include <stdint.h>

/* How long an end may take, in milliseconds. Pure. */

struct times {
	uint64_t process; /* for a startup file or CMD, from TERM to KILL */
	uint64_t orphans; /* the same for what is nobody's */
	uint64_t total;   /* for everything */
};

/* The seconds of one of the two variables, with blanks around them, in *ms, which is left alone if
 * text is NULL. False: text is something else; *ms is left alone then, too. */
bool times_seconds(char const *text, uint64_t *ms);

/* Those that hold without the variables: together within the ten seconds of docker stop. */
#define TIMES_DEFAULT ((struct times){ .process = 4000, .orphans = 4000 })

/* Sets total: runsvdir gives half of it to CMD, so with one it is no less than twice process. */
void times_add(struct times *t, bool command);

#endif
