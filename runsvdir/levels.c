#include "levels.h"

static struct order_id id_of(struct entry const *e)
{
	return (struct order_id){ .ino = e->ino, .dev = e->dev };
}

void stop_gone(struct entry const *e, struct order *o)
{
	order_down(o, id_of(e));
}

static bool raise_to(struct entry *e, enum stop_level level)
{
	if (e->level >= level)
		return false;
	e->level = level & 3;
	return true;
}

bool levels_raise(struct roster *r, enum stop_level level)
{
	bool news = false;

	for (size_t i = 0; i < roster_len(r); i++)
		news = raise_to(roster_at(r, i), level) || news;
	return news;
}

/* First all that is known: who looks half at it sees circles where there are none. */
static bool note_down(struct roster *r, struct order *o)
{
	bool news = false;

	for (size_t i = 0; i < roster_len(r); i++) {
		struct entry *const e = roster_at(r, i);
		if (!e->down)
			continue;
		order_down(o, id_of(e));
		/* its logger drains: its runsv may leave */
		news = raise_to(e, LEVEL_TERM) || news;
	}
	return news;
}

bool levels_term(struct roster *r, struct order *o, bool may_break)
{
	bool waits, moves, news = note_down(r, o);

	do {
		waits = moves = false;
		for (size_t i = 0; i < roster_len(r); i++) {
			struct entry *const e = roster_at(r, i);
			if (e->down)
				continue;
			if (e->level == LEVEL_LAST && order_may(o, id_of(e)))
				news = raise_to(e, LEVEL_TERM) || news;
			moves = moves || e->level > LEVEL_LAST;
			waits = waits || e->level == LEVEL_LAST;
		}
	} while (may_break && waits && !moves && order_break(o));
	return news;
}

bool levels_kill_holders(struct roster *r, struct order *o)
{
	bool news = false;

	for (size_t i = 0; i < roster_len(r); i++) {
		struct entry *const e = roster_at(r, i);
		if (e->level == LEVEL_TERM && !e->down && order_holds(o, id_of(e)))
			news = raise_to(e, LEVEL_KILL) || news;
	}
	return news;
}

bool levels_untold(struct roster const *r)
{
	for (size_t i = 0; i < roster_len(r); i++)
		if (roster_at(r, i)->told < roster_at(r, i)->level)
			return true;
	return false;
}

bool levels_all_down(struct roster const *r)
{
	for (size_t i = 0; i < roster_len(r); i++)
		if (!roster_at(r, i)->down)
			return false;
	return true;
}
