#ifndef TEND_SPACE_WORLD_H
#define TEND_SPACE_WORLD_H

/* The world of space.t.c: what perform.c and runsv.c do with pair and tickets, where the system
 * answers whatever is asked. */

#include <stdbool.h>
#include <string.h>

#include "pair.h"
#include "ticket.h"

/* Letters whose scripts exist in this world: the two that rows depend on, and one plain signal. */
static char const scripted[] = "tuh";
static char const *letters_sent;

struct world {
	struct pair pair;
	struct tickets tickets;
};

static char const *broken; /* the first invariant that did not hold */

static void must(int cond, char const *what)
{
	if (!cond && !broken)
		broken = what;
}

/* Answers of the system to what is asked of it (does a fork succeed, is there a script), taken from
 * the bits of a number; more of them than asked for make no difference. */
struct answers {
	unsigned int bits, used;
};

static int answer(struct answers *a)
{
	return (int)(a->bits >> a->used++ & 1);
}

enum { CURRENT = 1, OTHER = 2, FRESH = 3, SCRIPT = 100 };

static void dispatch(struct world *w, unsigned int who, struct event e, struct answers *a);

static int start_script(struct world *w, unsigned int who, char letter, struct answers *a)
{
	if (who == LOGGER || !strchr(scripted, letter) || answer(a))
		return 0;
	if (ticket_ask(&w->tickets, letter, w->pair.slot[who].pid))
		ticket_out(&w->tickets, letter, SCRIPT + letter, w->pair.slot[who].pid);
	return 1;
}

static void ask(struct world *w, unsigned int who, char letter, struct answers *a)
{
	if (!start_script(w, who, letter, a))
		dispatch(w, who,
			 (struct event){ .kind = ticket_event(letter, false),
					 .letter = letter,
					 .pid = w->pair.slot[who].pid },
			 a);
}

static void start_process(struct world *w, unsigned int who, struct answers *a)
{
	must(w->pair.slot[who].pid == 0, "never two processes in a slot");
	if (answer(a))
		dispatch(w, who, (struct event){ .kind = EV_SPAWN_FAILED }, a);
	else
		dispatch(w, who, (struct event){ .kind = EV_SPAWNED, .pid = FRESH }, a);
}

static void perform(struct world *w, unsigned int who, unsigned int act, struct event const *e,
		    struct answers *a)
{
	if (act & (ACT_TERM | ACT_CONT | ACT_KILL | ACT_SEND))
		must(w->pair.slot[who].pid > 0, "nothing is sent to pid 0");
	if (act == ACT_ASK)
		ask(w, who, e->letter, a);
	else if (act == ACT_ASK_TERM)
		ask(w, who, 't', a);
	else if (act == ACT_PREPARE) {
		if (!start_script(w, who, 'u', a))
			dispatch(w, who, (struct event){ .kind = EV_SPAWN_FAILED }, a);
	} else if (act & (ACT_RUN | ACT_FINISH))
		start_process(w, who, a);
}

static void dispatch(struct world *w, unsigned int who, struct event e, struct answers *a)
{
	unsigned int acts;

	e.unread = want_exits(w->pair.slot[SERVICE].want) && answer(a);
	pair_step(&w->pair, who, &e, &acts);
	for (unsigned int i = 0; i < ACTIONS; i++)
		if (acts & 1u << i)
			perform(w, who, 1u << i, &e, a);
}

static void script_ends(struct world *w, char letter, int success, struct answers *a)
{
	struct ticket back;

	ticket_back(&w->tickets, letter, &back);
	enum event_kind const kind = ticket_event(letter, success);
	if (kind != EVENTS)
		dispatch(w, SERVICE,
			 (struct event){ .kind = kind, .letter = letter, .pid = back.asked }, a);
	if (back.again && back.again == w->pair.slot[SERVICE].pid)
		ask(w, SERVICE, letter, a);
}

#endif
