#include "pair.h"

void pair_init(struct pair *p, unsigned int slots)
{
	p->slots = slots;
	p->closed = p->retried = p->told = false;
	p->late = tain_infinite;
	p->before = WANT_UP;
}

/* The exit of the service is the logger's, once what is in the pipe has a reader: contract §2, and
 * no line is lost when the logger is between two lives just then. */
static unsigned int couple(struct pair *p, struct event const *e)
{
	struct slot const *const service = &p->slot[SERVICE];
	struct slot *const logger = &p->slot[LOGGER];
	bool const leaving = want_exits(service->want) && service->phase == PHASE_DOWN;

	if (p->slots < 2)
		return 0;
	/* u took the exit back: §8 (18); it may have been that of an earlier life */
	if (!leaving && logger->want == WANT_EXIT)
		logger->want = p->before == WANT_EXIT ? WANT_UP : p->before;
	if (!leaving && p->closed) {
		p->closed = p->retried = p->told = false;
		p->late = tain_infinite;
		/* one that was started since, to drain, was not told to end */
		if (logger->want == WANT_DOWN && logger->phase == PHASE_RUN && !logger->told)
			logger->want = WANT_ONCE;
		return PAIR_OPEN;
	}
	if (leaving && !p->closed) {
		p->closed = true;
		p->before = logger->want;
		tain_addsec(&p->late, &e->now, 5);
		/* one that is wanted, but between two lives, lives once more for what is unread */
		if (logger->pid || logger->want != WANT_UP || !e->unread)
			logger->want = WANT_EXIT;
		return PAIR_CLOSE;
	}
	/* not before it lives: its fork may fail, or we be killed */
	if (p->closed && logger->phase == PHASE_RUN && logger->pid)
		logger->want = WANT_EXIT;
	if (p->closed && logger->phase == PHASE_DOWN && logger->want == WANT_EXIT && e->unread &&
	    !p->retried && (e->kind == EV_ENDED || e->kind == EV_ENDED_FINISH)) {
		p->retried = true;
		logger->want = WANT_UP;
	}
	return 0;
}

unsigned int pair_step(struct pair *p, unsigned int who, struct event const *e, unsigned int *acts)
{
	*acts = slot_step(&p->slot[who], e);
	return couple(p, e);
}

bool pair_late(struct pair *p, tain const *now)
{
	if (!p->closed || p->told || tain_less(now, &p->late))
		return false;
	p->told = true;
	return true;
}

tain const *pair_deadline(struct pair const *p)
{
	tain const *least = p->closed && !p->told ? &p->late : &tain_infinite;

	for (unsigned int i = 0; i < p->slots; i++)
		if (tain_less(slot_deadline(&p->slot[i]), least))
			least = slot_deadline(&p->slot[i]);
	return least;
}

bool pair_over(struct pair const *p)
{
	struct slot const *const service = &p->slot[SERVICE];
	struct slot const *const logger = &p->slot[LOGGER];

	return want_exits(service->want) && service->phase == PHASE_DOWN &&
	       (p->slots < 2 || (logger->phase == PHASE_DOWN &&
				 (logger->want == WANT_EXIT || logger->want == WANT_DOWN)));
}
