#ifndef MY_INIT_ENVIRONMENT_H
#define MY_INIT_ENVIRONMENT_H

#include "env.h"

/* The container's environment: ours, and in /etc/container_environment a file for each variable, by
 * which a startup file sets and removes what all that follow it have. Without that directory
 * nothing is read or written. What can't be read or written is warned about once. */

struct environment {
	struct env now;
	struct env kept;    /* what could not be written: it stays when all is read anew */
	struct env skipped; /* names of files that are no variables, which was said */
	bool told;          /* that something can't be written */
};

/* Adds what the files say to ours, which wins, and writes all of it back: the files, .sh and .json.
 * False: out of memory, which was said. */
bool environment_begin(struct environment *e);

/* Forgets all, and reads the files again, which win; writes .sh and .json. False: as above. */
bool environment_again(struct environment *e);

#endif
