#ifndef TEND_SELECT_H
#define TEND_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which lines a log directory gets. Rules are the config's lines that begin with + or -, in their
 * order, each with its newline. Pure. */

/* Whether the len bytes at line are selected: the last rule whose pattern matches them decides;
 * none: they are. */
bool select_line(char const *rules, size_t rules_len, char const *line, size_t len);

/* Tells whether rules have changed: 0 for none. */
uint32_t select_hash(char const *rules, size_t rules_len);

#endif
