/* The next runsv: what start.c does, with the records that a killed one has left. */
#include "fuzz.h"
#include "pidfd.h"
#include "world.h"

static void take_up(struct world *w, unsigned int who, struct record const *old, bool finish)
{
	struct slot const *const s = &w->pair.slot[who];
	bool const asking = who == SERVICE && ticket_is_out(&w->tickets, 't', old->process.pid);
	bool const exits = old->want == WANT_EXIT || old->want == WANT_FINAL;
	bool const wanted = old->want == WANT_DOWN || (exits && who == SERVICE);

	w->recalled[who] = false;
	if (old->phase == PHASE_DOWN)
		return;
	w->started[who] = (tain){ .sec.x = old->since.sec.x - TAI_MAGIC, .nano = old->since.nano };
	world_dispatch(
		w, who,
		(struct event){ .kind = old->phase == PHASE_FINISH ? EV_FOUND_FINISH : EV_FOUND_RUN,
				.pid = old->process.pid,
				.wstat = old->wstat,
				.term = old->term,
				.paused = old->paused,
				.told = old->told,
				.sent = old->sent,
				.wall = old->since,
				.started = w->started[who] });
	must(w->dead || (s->told == old->told && s->term == old->term && s->paused == old->paused),
	     "what it was told is known");
	if (old->process.pid && !w->process[who].pid)
		world_ended(w, who,
			    (struct event){ .kind = finish && who == SERVICE ? EV_ENDED_FINISH
									     : EV_ENDED,
					    .wstat = WSTAT_UNKNOWN });
	else if (s->phase == PHASE_RUN && wanted && !s->told && !asking)
		world_dispatch(w, who, (struct event){ .kind = EV_TERM, .letter = 't' });
}

/* What is written, as it is read: nothing that lives is missing. */
static void recall(struct world *w, struct record old[2])
{
	char text[RECORD_SIZE];

	for (unsigned int who = 0; who < w->pair.slots; who++) {
		must(record_parse(&old[who], text, record_format(text, &w->record[who])),
		     "the record is believed");
		must(!w->process[who].pid || w->process[who].pid == old[who].process.pid,
		     "no process is unrecorded");
		slot_init(&w->pair.slot[who], old[who].want,
			  &(tain){ .sec.x = TAI_MAGIC + w->now.sec.x });
		w->started[who] = tain_zero;
		w->recalled[who] = true;
	}
	for (size_t i = 0; i < LETTERS; i++) {
		struct identity const *const script = &old[SERVICE].scripts[i].script;
		must(!w->script[i] || w->script[i] == script->pid, "nor is a script");
		if (script->pid)
			ticket_out(&w->tickets, letters[i].letter, script->pid,
				   old[SERVICE].scripts[i].asked);
	}
}

/* As start.c, and the first turn of the loop. */
void world_again(struct world *w, bool finish)
{
	struct record old[2];
	struct ticket back;

	w->dead = w->pipe_closed = w->telling[SERVICE] = w->telling[LOGGER] = false;
	w->actions = -1;
	w->tickets = (struct tickets){ 0 };
	pair_init(&w->pair, w->pair.slots);
	recall(w, old);
	for (unsigned int who = 0; who < w->pair.slots; who++)
		take_up(w, who, &old[who], finish);
	for (size_t i = 0; i < LETTERS; i++)
		if (w->tickets.of[i].pid && !w->script[i]) {
			ticket_back(&w->tickets, letters[i].letter, &back);
			world_script_told(w, i, &back, false);
		}
	world_due(w);
	for (unsigned int who = 0; who < w->pair.slots; who++) {
		char const letter = w->unread_letter[who];
		w->unread_letter[who] = 0;
		if (letter)
			world_letter(w, who, letter);
	}
}
