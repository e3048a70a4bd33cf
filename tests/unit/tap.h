#ifndef TEND_TAP_H
#define TEND_TAP_H

#include <stdio.h>
#include <string.h>

/* TAP for the unit tests: one line a check, and done() ends with the plan. */
static int tap_count, tap_failed;

static inline int ok(int cond, char const *name)
{
	if (!cond)
		tap_failed++;
	printf("%sok %d - %s\n", cond ? "" : "not ", ++tap_count, name);
	return cond;
}

static inline void is_int(long got, long want, char const *name)
{
	if (!ok(got == want, name))
		printf("# got %ld, want %ld\n", got, want);
}

static inline void is_text(char const *got, char const *want, char const *name)
{
	if (!ok(!strcmp(got, want), name))
		printf("# got %s, want %s\n", got, want);
}

static inline int done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed != 0;
}

#endif
