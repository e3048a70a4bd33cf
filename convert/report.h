#ifndef TEND_REPORT_H
#define TEND_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include <skalibs/stralloc.h>

#include "conf.h"

/* What becomes of each key. The better verdict has the lower number, and the worst one is the exit
 * code. */

enum verdict { SAME, CHANGED, LOST, REFUSED, VERDICTS };

struct note {
	struct place place;
	char const *section, *key;
	bool written; /* false: it is what the key means where it does not stand */
	enum verdict verdict;
	char const *sentence;
};

struct report {
	struct note *notes;
	size_t count;
};

char const *verdict_name(enum verdict v);
/* All strings stay the caller's, and must live as long as the report. */
void report_add(struct report *r, struct note const *n);
/* Those of one report behind another's. */
void report_append(struct report *r, struct report const *more);
/* Those from `first` on, which are of one section: in the order of their places, and what is not
 * written behind them. */
void report_sort(struct report *r, size_t first);
enum verdict report_worst(struct report const *r);
/* How many have a verdict. */
size_t report_count(struct report const *r, enum verdict v);

/* As text: a line for each, FILE:LINE: [SECTION] KEY: VERDICT: SENTENCE, and one for the sum. */
void report_text(struct report const *r, stralloc *out);
/* As JSON: an object with "keys", a list, and the four sums. */
void report_json(struct report const *r, stralloc *out);
/* As comments of a script. */
void report_comments(struct report const *r, stralloc *out);

#endif
