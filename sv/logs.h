#ifndef TEND_LOGS_H
#define TEND_LOGS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* What a logger writes, found by what it has open: it is not guessed from its script. */

struct logs {
	int dir; /* the log directory */
	int fd;  /* its current, read so far */
};

/* Opens what the living logger process writes to: the directory of a file `current` that it holds,
 * the first one if there are more. False with errno: ENOENT where it holds none. A signal at the
 * end of the parent (PR_SET_PDEATHSIG) is lost by it. */
bool logs_open(struct logs *l, pid_t logger);

/* The last n lines of what is there, old files too, in a block that the caller frees; *len its
 * length, without a NUL behind it. NULL with errno. */
char *logs_last(struct logs *l, size_t n, size_t *len);

/* Gives f what is appended from then on, through rotations, by event, until f is false or it can't
 * be watched. Always false, with errno. */
bool logs_follow(struct logs *l, bool (*f)(void *context, char const *text, size_t len),
		 void *context);

void logs_close(struct logs *l);

#endif
