#ifndef RUNSVDIR_ORDER_H
#define RUNSVDIR_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <skalibs/genalloc.h>

/* In which order services are told to end: what depends on another one goes before it. Services are
 * known by the identity of their directory; those that nothing was said about are free at once.
 * Pure but for the memory that it grows. All zero: nothing was said. */
struct order {
	genalloc pairs; /* struct order_pair: as they were said; none from order_ready on */
	genalloc nodes; /* struct order_node, sorted */
	genalloc edges; /* struct order_edge, sorted */
};

struct order_id {
	uint64_t ino;
	uint32_t dev;
};

struct order_pair {
	struct order_id who, on;
};

struct order_node {
	struct order_id id;
	uint32_t waits; /* who depends on it and is not down */
	uint32_t first; /* of its edges */
	bool down;
	bool freed; /* told whoever depends on it */
};

struct order_edge {
	uint32_t who, on; /* nodes */
};

/* The first depends on the second; a service on itself, or the same twice, means nothing more.
 * False: out of memory, and nothing has changed. */
bool order_add(struct order *o, struct order_id who, struct order_id on);

/* All has been said. False: out of memory, and it is as if nothing had been. */
bool order_ready(struct order *o);

/* Whether it may be told now. */
bool order_may(struct order const *o, struct order_id id);

/* It has no process any more, or never had. */
void order_down(struct order *o, struct order_id id);

/* Whether another one may not be told because of it. */
bool order_holds(struct order const *o, struct order_id id);

/* Nobody that may be told is left, and nothing more will end: one circle is freed. False: there is
 * none. */
bool order_break(struct order *o);

void order_forget(struct order *o);

#endif
