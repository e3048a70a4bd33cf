#ifndef RUNSVDIR_ORDER_H
#define RUNSVDIR_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <skalibs/genalloc.h>

/* In which order services are told to end: what depends on another one goes before it. Services are
 * known by the identity of their directory; those that nothing was said about are free at once.
 * Pure but for the memory that it grows. */
struct order {
	genalloc nodes; /* struct order_node */
	genalloc edges; /* struct order_edge */
};
#define ORDER_ZERO                                                                                 \
	{                                                                                          \
		GENALLOC_ZERO, GENALLOC_ZERO                                                       \
	}

struct order_node {
	uint64_t ino;
	uint32_t dev;
	uint32_t waits; /* living ones that depend on it */
	bool gone;
	bool freed; /* told whoever depends on it */
};

struct order_edge {
	uint32_t who, on; /* nodes */
};

/* This one depends on that one; a service on itself, or the same twice, means nothing more. False:
 * out of memory, and nothing has changed. */
bool order_add(struct order *o, uint32_t dev, uint64_t ino, uint32_t on_dev, uint64_t on_ino);

/* Whether it may be told now. */
bool order_may(struct order const *o, uint32_t dev, uint64_t ino);

/* It has ended, or was never there. */
void order_gone(struct order *o, uint32_t dev, uint64_t ino);

/* Nobody that may be told is left, and nothing more will end: one circle is freed. False: there is
 * none. */
bool order_break(struct order *o);

/* Time is short: all may be told. */
void order_free_all(struct order *o);

void order_forget(struct order *o);

#endif
