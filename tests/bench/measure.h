#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stdint.h>

#include "contender.h"

enum {
	PATH_SIZE = 512,
	THOUSAND = 1000,
	STOPPED = 200,
	POLL_MS = 15000,
	START_MS = 60000,
	EVERY_POLLED = 5
};

#define EACH(c)                                                                                    \
	for (struct contender *c = contenders; c < contenders + CONTENDERS; c++)                   \
		if (here(c))

/* Prints one sample. */
void result(char const *row, struct contender const *c, double figure);

/* Says on stderr that a sample is missing. */
void missed(char const *row, struct contender const *c);

/* Milliseconds since a moment of now_ns. */
double ms_since(int64_t then);

/* The contender's own directory; valid for the life of the program. */
char const *place(struct contender const *c);

/* Ends all that a measure started, and removes its directories. */
void clear(void);

/* measure_tree.c: rows 7 to 12. */
void measure_cold(unsigned int times);
void measure_memory(unsigned int times);
void measure_stop(unsigned int times);

#endif
