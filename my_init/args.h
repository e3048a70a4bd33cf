#ifndef MY_INIT_ARGS_H
#define MY_INIT_ARGS_H

#include <stdbool.h>

/* The words of my_init. Pure. All strings are the caller's. */

struct args {
	bool insecure_key;    /* --enable-insecure-key */
	bool skip_startup;    /* --skip-startup-files */
	bool skip_runit;      /* --skip-runit */
	bool spare_orphans;   /* --no-kill-all-on-exit */
	bool quiet;           /* --quiet */
	char const *hook;     /* --hook: what runsvdir starts us for; NULL: nothing */
	char *const *command; /* CMD, NULL last; NULL: there is none */
};

enum args_result {
	ARGS_OK,
	ARGS_HELP,      /* --help, -h */
	ARGS_UNKNOWN,   /* *word is no option */
	ARGS_AMBIGUOUS, /* *word begins more than one */
	ARGS_LONELY     /* --skip-runit without CMD */
};

/* argv is main's. Options may be cut short as far as they are unmistakable; behind -- and behind
 * the first word of CMD there are none. *word: the one that is wrong. */
enum args_result args_parse(struct args *a, char *const *argv, char const **word);

#endif
