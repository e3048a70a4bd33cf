#ifndef TEND_WHY_H
#define TEND_WHY_H

#include "facts.h"

/* Why a service is in its state. Pure. */
enum why {
	WHY_RUNS,
	WHY_UNSUPERVISED,
	WHY_DOWN_FILE,    /* never started since there is a file down */
	WHY_STOPPED,      /* it was told to, by sv or a letter */
	WHY_ENDED,        /* for good, and successfully */
	WHY_FAILED,       /* for good: restart, or its finish */
	WHY_TREE_ENDS,    /* the end of the whole tree */
	WHY_NOT_RUNNABLE, /* run can't be executed */
	WHY_LOOP,         /* it ends again and again by itself */
	WHY_STARTING,     /* wanted up, and not up yet */
	WHY_STOPPING,     /* it was told to end and has not */
	WHY_PAUSED,
	WHY_FINISHING, /* its finish works */
	WHYS
};

/* The words for them in JSON. */
extern char const *const why_words[WHYS];

enum why why(struct known const *f);

/* down, run, finish; ?: a state that is not known. */
char const *why_state(struct known const *f);

/* Is it where it should be: up, and not in a crash loop; or stopped on purpose? */
bool why_is_ready(enum why w, bool named);

/* How many of the last ends came by themselves within ten minutes of the last one, without an order
 * in between. */
size_t why_loops(struct known const *f);

/* One paragraph about it, without its name and without a newline, into text; size is enough with
 * WHY_TEXT. */
#define WHY_TEXT 2048
void why_text(struct known const *f, enum why w, char *text, size_t size);

/* How a life has ended: "exit 3", "signal Killed", "an end that nobody saw". */
void why_end(struct death const *d, char *text, size_t size);

/* Milliseconds as people say them: "20 ms", "3 s", "2 m". */
void why_time(uint64_t ms, char *text, size_t size);

#endif
