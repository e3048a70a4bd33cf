#ifndef TEND_VALUE_H
#define TEND_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What stands in a setting (setting.h): one value, with blanks and one newline around it. Pure.
 * Each returns false, and leaves its result alone, if the text is something else. */

#define VALUE_NEVER UINT64_MAX

/* A time in milliseconds: digits, alone or with ms, s, m or h behind them. At most ten years. */
bool value_time(char const *text, uint64_t *ms);

/* A number from 0 to max. */
bool value_number(char const *text, uint64_t max, uint64_t *n);

/* A signal: INT, SIGINT or its number, 1 to 64; RTMIN+N and RTMAX-N as the C libraries of programs
 * count them, 34 to 64. */
bool value_signal(char const *text, unsigned int *sig);

/* Nothing but blanks. */
bool value_empty(char const *text);

/* One of count words; its index. */
bool value_word(char const *text, char const *const *words, unsigned int count, unsigned int *i);

/* "N in TIME": so many within that time. */
bool value_rate(char const *text, uint64_t max, uint64_t *n, uint64_t *ms);

/* Exit codes, and signals by name, that are a success, with blanks between them. */
struct value_codes {
	uint64_t codes[4];
	uint64_t signals; /* bit N - 1: signal N */
};
bool value_codes(char const *text, struct value_codes *c);
bool value_codes_has(struct value_codes const *c, unsigned int code);
bool value_codes_has_signal(struct value_codes const *c, unsigned int sig);

#endif
