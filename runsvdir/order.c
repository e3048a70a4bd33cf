#include <stdlib.h>

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

static int compare_ids(struct order_id const *a, struct order_id const *b)
{
	if (a->ino != b->ino)
		return a->ino < b->ino ? -1 : 1;
	return a->dev == b->dev ? 0 : a->dev < b->dev ? -1 : 1;
}

static int compare_nodes(void const *a, void const *b)
{
	struct order_node const *const x = a, *const y = b;

	return compare_ids(&x->id, &y->id);
}

static int compare_edges(void const *a, void const *b)
{
	struct order_edge const *const x = a, *const y = b;

	if (x->who != y->who)
		return x->who < y->who ? -1 : 1;
	return x->on == y->on ? 0 : x->on < y->on ? -1 : 1;
}

bool order_add(struct order *o, struct order_id who, struct order_id on)
{
	struct order_pair const pair = { who, on };

	return !compare_ids(&who, &on) || genalloc_append(struct order_pair, &o->pairs, &pair);
}

/* Sorted already, without repetitions from here on; how many are left. */
static size_t unite(void *all, size_t n, size_t size, int (*compare)(void const *, void const *))
{
	char *const p = all;
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (kept && !compare(p + (kept - 1) * size, p + i * size))
			continue;
		for (size_t k = 0; kept != i && k < size; k++)
			p[kept * size + k] = p[i * size + k];
		kept++;
	}
	return kept;
}

static struct order_node *find(struct order const *o, struct order_id id)
{
	struct order_node const key = { .id = id };

	return count_nodes(o) ? bsearch(&key, nodes(o), count_nodes(o), sizeof key, compare_nodes)
			      : NULL;
}

static uint32_t number(struct order const *o, struct order_id id)
{
	return (uint32_t)(find(o, id) - nodes(o));
}

static bool make_nodes(struct order *o, struct order_pair const *pairs, size_t n)
{
	for (size_t i = 0; i < 2 * n; i++) {
		struct order_node const node = { .id = i & 1 ? pairs[i / 2].on : pairs[i / 2].who };
		if (!genalloc_append(struct order_node, &o->nodes, &node))
			return false;
	}
	qsort(nodes(o), 2 * n, sizeof *nodes(o), compare_nodes);
	genalloc_setlen(struct order_node, &o->nodes,
			unite(nodes(o), 2 * n, sizeof *nodes(o), compare_nodes));
	return true;
}

static bool make_edges(struct order *o, struct order_pair const *pairs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct order_edge const edge = { number(o, pairs[i].who), number(o, pairs[i].on) };
		if (!genalloc_append(struct order_edge, &o->edges, &edge))
			return false;
	}
	qsort(edges(o), n, sizeof *edges(o), compare_edges);
	genalloc_setlen(struct order_edge, &o->edges,
			unite(edges(o), n, sizeof *edges(o), compare_edges));
	for (size_t i = count_edges(o); i-- > 0;) {
		nodes(o)[edges(o)[i].on].waits++;
		nodes(o)[edges(o)[i].who].first = (uint32_t)i;
	}
	return true;
}

bool order_ready(struct order *o)
{
	struct order_pair const *const pairs = genalloc_s(struct order_pair, &o->pairs);
	size_t const n = genalloc_len(struct order_pair, &o->pairs);
	bool const good = !n || (make_nodes(o, pairs, n) && make_edges(o, pairs, n));

	if (!good)
		order_forget(o);
	genalloc_free(struct order_pair, &o->pairs);
	return good;
}

static bool is_free(struct order_node const *n)
{
	return !n->waits || n->freed;
}

bool order_may(struct order const *o, struct order_id id)
{
	struct order_node const *const n = find(o, id);

	return !n || is_free(n);
}

/* The edges of a node stand together. */
static bool is_edge_of(struct order const *o, size_t i, struct order_node const *n)
{
	return i < count_edges(o) && &nodes(o)[edges(o)[i].who] == n;
}

void order_down(struct order *o, struct order_id id)
{
	struct order_node *const n = find(o, id);

	if (!n || n->down)
		return;
	n->down = true;
	for (size_t i = n->first; is_edge_of(o, i, n); i++)
		nodes(o)[edges(o)[i].on].waits--;
}

static bool is_stuck(struct order_node const *n)
{
	return !n->down && !is_free(n);
}

bool order_holds(struct order const *o, struct order_id id)
{
	struct order_node const *const n = find(o, id);

	for (size_t i = n ? n->first : 0; n && !n->down && is_edge_of(o, i, n); i++)
		if (is_stuck(&nodes(o)[edges(o)[i].on]))
			return true;
	return false;
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

void order_forget(struct order *o)
{
	genalloc_free(struct order_node, &o->nodes);
	genalloc_free(struct order_edge, &o->edges);
}
