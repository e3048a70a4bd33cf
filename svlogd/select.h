#ifndef TEND_SELECT_H
#define TEND_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which lines go where. Rules are lines of the config, a letter and a pattern, in their order, each
 * with its newline. The last one whose pattern matches the len bytes at line decides. Pure. */

/* Whether a line of the config that begins with this letter is one. */
bool select_is_rule(char letter);

/* Copies those that begin with one of two letters; returns their bytes, at most len + 1. */
size_t select_rules(char *to, char const letters[2], char const *text, size_t len);

/* Rules with + and -: whether a log directory gets the line. None matches: it does. */
bool select_line(char const *rules, size_t rules_len, char const *line, size_t len);

/* Rules with e and E: whether standard error gets it. None matches: it does not. */
bool select_shown(char const *rules, size_t rules_len, char const *line, size_t len);

/* Tells whether rules have changed: 0 for none. */
uint32_t select_hash(char const *rules, size_t rules_len);

#endif
