/* What must hold in every state of that system. */
#include "fuzz.h"
#include "world.h"

static void check_slot(struct world const *w, unsigned int who)
{
	struct slot const *const s = &w->pair.slot[who];
	bool const waits = tain_less(slot_deadline(s), &tain_infinite);
	bool const asking = who == SERVICE && w->tickets.of[letter_find('t') - letters].pid;
	struct status shown;
	tain latest;

	slot_status(s, &shown);
	must(s->pid == w->process[who].pid, "what lives is known");
	must((pid_t)shown.pid == s->pid && (shown.state || !shown.pid), "and shown");
	must(s->phase != PHASE_RUN || s->pid, "run has a process");
	must(s->phase != PHASE_FINISH || s->pid || waits, "finish has one, or is owed");
	must(s->phase != PHASE_PREPARE || w->script[letter_find('u') - letters],
	     "a start that is prepared has a script");
	must(s->phase != PHASE_DOWN || s->want != WANT_UP || waits, "who is wanted will come");
	must(s->pid || (!s->term && !s->paused && !s->told), "flags are of a process");
	must(!s->term || w->process[who].termed, "TERM is shown if it was sent");
	tain_addsec(&latest, &w->now, 5);
	must(!waits || !tain_less(&latest, slot_deadline(s)), "nobody waits for long");
	must(s->phase != PHASE_RUN || s->want != WANT_DOWN || s->told || asking,
	     "a stop was told, or asked");
	must(who == LOGGER || s->phase != PHASE_RUN ||
		     (s->want != WANT_EXIT && s->want != WANT_FINAL) || s->told || asking,
	     "so was an exit");
}

void world_check(struct world const *w)
{
	struct slot const *const service = &w->pair.slot[SERVICE];

	for (unsigned int who = 0; who < w->pair.slots; who++)
		check_slot(w, who);
	must(w->pair.closed == w->pipe_closed, "the pipe is as it is believed to be");
	must(!w->pair.closed || service->phase == PHASE_DOWN, "who runs has its pipe");
	must(w->pair.slots < 2 || service->phase != PHASE_DOWN || !want_exits(service->want) ||
		     w->pair.closed || pair_over(&w->pair),
	     "who leaves closes it");
	must(!world_over(w) || !w->owed, "what is in the pipe has had a reader");
}
