#ifndef TEND_STOP_TREE_H
#define TEND_STOP_TREE_H

/* A tree of a few services without a system, for stop.t.c and stopspace.t.c. */

#include "../../runsvdir/stop.h"

/* And what it was told. */
struct tree {
	struct stop stop;
	struct roster roster;
	struct order order;
	unsigned int acts; /* all since the last look */
};

static inline unsigned int step(struct tree *t, enum stop_event_kind k, int code, uint64_t now)
{
	struct stop_event const e = { .kind = k, .cause = CAUSE_SIGNAL, .code = code, .now = now };

	return stop_step(&t->stop, &e, &t->roster, &t->order);
}

static inline struct tree tree(unsigned int services, bool command)
{
	struct tree t = { .acts = 0 };
	char name[] = "a";

	stop_init(&t.stop, STOP_TIMEOUT, command);
	for (unsigned int i = 0; i < services; i++, name[0]++)
		roster_see(&t.roster, name, 1, i + 1, false, 0);
	return t;
}

static inline void depends(struct tree *t, uint64_t who, uint64_t on)
{
	order_add(&t->order, (struct order_id){ who, 1 }, (struct order_id){ on, 1 });
}

static inline struct entry *service(struct tree const *t, size_t i)
{
	return roster_at(&t->roster, i);
}

static inline void gone(struct tree *t, size_t i)
{
	stop_gone(service(t, i), &t->order);
	roster_leave(&t->roster, service(t, i));
}

/* All know what they should. */
static inline void obey(struct tree *t)
{
	for (size_t i = 0; i < roster_len(&t->roster); i++)
		service(t, i)->told = service(t, i)->level;
}

static inline void end(struct tree *t)
{
	genalloc_free(struct entry, &t->roster.entries);
	stralloc_free(&t->roster.names);
	order_forget(&t->order);
}

#endif
