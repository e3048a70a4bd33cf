/* What happens in that system: letters, ends and deadlines. */
#include "fuzz.h"
#include "pidfd.h"
#include "world.h"

void world_init(struct world *w, unsigned int slots, enum want want, unsigned int scripted)
{
	tain const wall = { .sec.x = TAI_MAGIC + 1000 };

	*w = (struct world){ .scripted = scripted, .now = { .sec.x = 1000 }, .actions = -1 };
	w->wanted[SERVICE] = want == WANT_UP ? 'u' : 'd';
	w->wanted[LOGGER] = 'u';
	w->runs = want == WANT_UP ? -1 : 0;
	pair_init(&w->pair, slots);
	slot_init(&w->pair.slot[SERVICE], want, &wall);
	slot_init(&w->pair.slot[LOGGER], WANT_UP, &wall);
	w->record[SERVICE].want = want;
	w->record[SERVICE].policy = w->record[LOGGER].policy = policy_none;
	w->record[SERVICE].wstat = w->record[LOGGER].wstat = WSTAT_UNKNOWN;
}

bool world_letter(struct world *w, unsigned int who, char byte)
{
	static enum event_kind const kinds[] = {
		[LETTER_UP] = EV_UP,       [LETTER_DOWN] = EV_STOP, [LETTER_ONCE] = EV_ONCE,
		[LETTER_EXIT] = EV_EXIT,   [LETTER_TERM] = EV_TERM, [LETTER_KILL] = EV_KILL,
		[LETTER_PAUSE] = EV_PAUSE, [LETTER_CONT] = EV_CONT, [LETTER_SIGNAL] = EV_SIGNAL,
		[LETTER_REEXEC] = EVENTS,  [LETTER_LAST] = EV_LAST, [LETTER_FORCE] = EV_FORCE,
	};
	struct letter const *const l = letter_find(byte);

	if (!l || l->kind == LETTER_REEXEC ||
	    (who == LOGGER && (l->kind == LETTER_EXIT || l->kind == LETTER_LAST)))
		return false;
	if (who == SERVICE && w->ending)
		w->wanted[who] = strchr("dx", byte) ? 'x' : w->wanted[who];
	else if (strchr("udox", byte))
		w->wanted[who] = byte;
	if (byte == '\f') {
		w->ending = true;
		w->runs = 0;
	}
	if (who == SERVICE && w->ending)
		w->runs = 0;
	else if (who == SERVICE && strchr("udx", byte))
		w->runs = byte == 'u' ? -1 : 0;
	if (who == SERVICE && byte == 'o' &&
	    !w->ending) /* who runs goes on, who finishes comes down */
		w->runs = w->pair.slot[who].phase < PHASE_RUN;
	world_dispatch(w, who, (struct event){ .kind = kinds[l->kind], .letter = byte });
	/* a want is taken from the FIFO when it was obeyed */
	if (w->dead && strchr("udox\f", byte))
		w->unread_letter[who] = byte;
	return true;
}

void world_ended(struct world *w, unsigned int who, struct event e)
{
	if (who == LOGGER && w->pipe_closed && w->unread && !w->retried)
		w->owed = w->retried = true;
	world_dispatch(w, who, e);
}

void world_ends(struct world *w, unsigned int who, bool finish)
{
	bool const has_finish = finish && who == SERVICE;

	if (!w->process[who].pid || w->dead)
		return;
	must(w->process[who].pid == w->pair.slot[who].pid, "who ends is known");
	w->process[who].pid = 0;
	world_ended(w, who, (struct event){ .kind = has_finish ? EV_ENDED_FINISH : EV_ENDED });
}

void world_script_told(struct world *w, size_t i, struct ticket const *back, bool success)
{
	struct slot const *const s = &w->pair.slot[SERVICE];
	char const letter = letters[i].letter;
	struct event const e = { .kind = ticket_event(letter, success),
				 .letter = letter,
				 .pid = back->asked };

	w->record[SERVICE].scripts[i].script = (struct identity){ 0 };
	/* a script that takes a TERM sees to the end */
	if (letter == 't' && success && back->asked == w->process[SERVICE].pid)
		w->process[SERVICE].dying = true;
	if (e.kind != EVENTS)
		world_dispatch(w, SERVICE, e);
	if (!back->again || s->phase != PHASE_RUN || back->again != s->pid)
		return;
	if (e.kind == EVENTS && letters[i].signal == 0)
		world_start_script(w, SERVICE, letter);
	else
		world_ask(w, SERVICE, letter);
}

void world_script_ends(struct world *w, size_t i, bool success)
{
	struct ticket back;

	if (!w->script[i] || w->dead)
		return;
	ticket_back(&w->tickets, letters[i].letter, &back);
	must(back.pid == w->script[i], "its ticket");
	w->script[i] = 0;
	world_script_told(w, i, &back, success);
}

void world_due(struct world *w)
{
	for (unsigned int who = w->pair.slots; who-- > 0 && !w->dead;) {
		struct slot const *const s = &w->pair.slot[who];
		bool const script = who == SERVICE && s->phase == PHASE_DOWN &&
				    w->scripted >> (letter_find('u') - letters) & 1;

		if (!tain_less(&w->now, slot_deadline(s)))
			world_dispatch(w, who,
				       (struct event){ .kind = script ? EV_DUE_SCRIPT : EV_DUE });
	}
	if (w->dead)
		return;
	bool const now = pair_late(&w->pair, &w->now);
	must(!now || (w->pipe_closed && !w->said), "who holds the pipe is said once");
	w->said = w->said || now;
	must(!w->pipe_closed || w->said == !tain_less(&w->now, &w->say), "after five seconds");
}

bool world_over(struct world const *w)
{
	struct tickets t = w->tickets;

	t.of[letter_find('u') - letters].pid = 0;
	return !w->dead && pair_over(&w->pair) && !tickets_any(&t);
}
