#ifndef TEND_DAEMONISE_H
#define TEND_DAEMONISE_H

#include <stdbool.h>
#include <stddef.h>

/* Commands that put a daemon into the background and end, which no supervisor can keep: neither
 * supervisord nor runsv. Pure. */

/* Looks at the words of a command, count of them, each with a NUL behind it; into a `sh -c` as
 * well. NULL: nothing is known against it. Else what is wrong, and the command that stays in the
 * foreground where one is known: an allocated text. */
char *daemonise_fault(char const *words, size_t count);

#endif
