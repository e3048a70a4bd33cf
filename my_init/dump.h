#ifndef MY_INIT_DUMP_H
#define MY_INIT_DUMP_H

#include <stdbool.h>
#include <stddef.h>

#include <skalibs/stralloc.h>

/* The environment as text, and back. Pure. env is a list of NAME=VALUE, NULL last. Where bool is
 * returned, false is: out of memory. */

/* How much of the content of a variable's file is its value: all but one newline at its end. */
size_t dump_value_length(char const *text, size_t len);

/* Is this variable, of which name is the first n bytes, the user's and not the container's? Such
 * ones are not written down for others. */
bool dump_is_personal(char const *name, size_t n);

/* Appends what a shell can read: export NAME='VALUE', a line for each that is not personal. A byte
 * of a name that a shell's name can't have becomes _. */
bool dump_sh(stralloc *to, char *const *env);

/* Appends one JSON object with all of them. JSON can't have bytes that are no UTF-8: each becomes
 * U+FFFD. */
bool dump_json(stralloc *to, char *const *env);

#endif
