#include "order.h"

static struct order_node *nodes(struct order const *o)
{
	return genalloc_s(struct order_node, &o->nodes);
}

static struct order_edge *edges(struct order const *o)
{
	return genalloc_s(struct order_edge, &o->edges);
}

static size_t count_nodes(struct order const *o)
{
	return genalloc_len(struct order_node, &o->nodes);
}

static size_t count_edges(struct order const *o)
{
	return genalloc_len(struct order_edge, &o->edges);
}

static struct order_node *find(struct order const *o, uint32_t dev, uint64_t ino)
{
	struct order_node *const n = nodes(o);

	for (size_t i = 0; i < count_nodes(o); i++)
		if (n[i].ino == ino && n[i].dev == dev)
			return &n[i];
	return NULL;
}

/* Its number; UINT32_MAX: out of memory. */
static uint32_t number(struct order *o, uint32_t dev, uint64_t ino)
{
	struct order_node const *const known = find(o, dev, ino);
	struct order_node const fresh = { .ino = ino, .dev = dev };

	if (known)
		return (uint32_t)(known - nodes(o));
	if (count_nodes(o) == UINT32_MAX || !genalloc_append(struct order_node, &o->nodes, &fresh))
		return UINT32_MAX;
	return (uint32_t)(count_nodes(o) - 1);
}

static bool has_edge(struct order const *o, struct order_edge const *e)
{
	for (size_t i = 0; i < count_edges(o); i++)
		if (edges(o)[i].who == e->who && edges(o)[i].on == e->on)
			return true;
	return false;
}

bool order_add(struct order *o, uint32_t dev, uint64_t ino, uint32_t on_dev, uint64_t on_ino)
{
	struct order_edge const e = { .who = number(o, dev, ino), .on = number(o, on_dev, on_ino) };

	if (e.who == UINT32_MAX || e.on == UINT32_MAX)
		return false;
	if (e.who == e.on || has_edge(o, &e))
		return true;
	if (!genalloc_append(struct order_edge, &o->edges, &e))
		return false;
	nodes(o)[e.on].waits++;
	return true;
}

static bool is_free(struct order_node const *n)
{
	return !n->waits || n->freed;
}

bool order_may(struct order const *o, uint32_t dev, uint64_t ino)
{
	struct order_node const *const n = find(o, dev, ino);

	return !n || is_free(n);
}

void order_gone(struct order *o, uint32_t dev, uint64_t ino)
{
	struct order_node *const n = find(o, dev, ino);

	if (!n || n->gone)
		return;
	n->gone = true;
	for (size_t i = 0; i < count_edges(o); i++)
		if (&nodes(o)[edges(o)[i].who] == n)
			nodes(o)[edges(o)[i].on].waits--;
}

static bool is_stuck(struct order_node const *n)
{
	return !n->gone && !is_free(n);
}

/* One that depends on it and is stuck itself; UINT32_MAX: none is. */
static uint32_t who_holds(struct order const *o, uint32_t n)
{
	for (size_t i = 0; i < count_edges(o); i++)
		if (edges(o)[i].on == n && is_stuck(&nodes(o)[edges(o)[i].who]))
			return edges(o)[i].who;
	return UINT32_MAX;
}

/* From one that is stuck to one that holds it up, and so on: after as many steps as there are nodes
 * it goes in a circle. */
bool order_break(struct order *o)
{
	uint32_t n = 0, next;

	while (n < count_nodes(o) && !is_stuck(&nodes(o)[n]))
		n++;
	if (n == count_nodes(o))
		return false;
	for (size_t i = 0; i < count_nodes(o) && (next = who_holds(o, n)) != UINT32_MAX; i++)
		n = next;
	while (n != UINT32_MAX && is_stuck(&nodes(o)[n])) {
		next = who_holds(o, n);
		nodes(o)[n].freed = true;
		n = next;
	}
	return true;
}

void order_free_all(struct order *o)
{
	for (size_t i = 0; i < count_nodes(o); i++)
		nodes(o)[i].freed = true;
}

void order_forget(struct order *o)
{
	genalloc_free(struct order_node, &o->nodes);
	genalloc_free(struct order_edge, &o->edges);
}
