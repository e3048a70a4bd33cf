#ifndef TEND_REPLACE_H
#define TEND_REPLACE_H

#include <stddef.h>

enum replace_step { REPLACE_DONE, REPLACE_OPEN, REPLACE_WRITE, REPLACE_SHORT, REPLACE_RENAME };

/* Replaces NAME in the directory dir by len bytes of data with the given mode, whole or not at all:
 * NAME.new is written and renamed. fresh is the name with ".new" behind it. On failure errno is
 * set, the older file stays, and the step that failed is returned. What lies in the place of
 * NAME.new is removed, never followed or written. Nothing is synced: the files describe processes,
 * which a crash of the machine ends as well. Safe between vfork and exec. */
enum replace_step replace_file(int dir, char const *name, char const *fresh, char const *data,
			       size_t len, unsigned int mode);

#endif
