#ifndef TEND_WORDS_H
#define TEND_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include <skalibs/stralloc.h>

/* The two ways in which supervisord takes a value apart, both with Python's shlex: a command as
 * shlex.split() does, and a list of variables with the older rules that are not those of POSIX.
 * Pure. Results are added to *out, each with a NUL behind it; *out is the caller's to free. On
 * failure they are false, and *why is a constant text. */

/* The words of a command. No shell: only blanks, quotes and backslashes mean something. */
bool words_split(stralloc *out, size_t *count, char const *text, char const **why);

/* KEY="value",KEY2='value': keys and values in turn. */
bool words_pairs(stralloc *out, size_t *count, char const *text, char const **why);

#endif
