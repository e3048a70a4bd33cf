#include "ticket.h"

static struct ticket *of(struct tickets *t, char letter)
{
	return &t->of[letter_find(letter) - letters];
}

bool ticket_ask(struct tickets *t, char letter, pid_t asked)
{
	struct ticket *const k = of(t, letter);

	if (!k->pid)
		return true;
	if (letter != 'u')
		k->again = asked;
	return false;
}

void ticket_out(struct tickets *t, char letter, pid_t pid, pid_t asked)
{
	*of(t, letter) = (struct ticket){ .pid = pid, .asked = asked };
}

bool ticket_is_out(struct tickets const *t, char letter, pid_t asked)
{
	struct ticket const *const k = &t->of[letter_find(letter) - letters];

	return k->pid && k->asked == asked;
}

void ticket_back(struct tickets *t, char letter, struct ticket *back)
{
	struct ticket *const k = of(t, letter);

	*back = *k;
	*k = (struct ticket){ 0 };
}

bool tickets_any(struct tickets const *t)
{
	for (size_t i = 0; i < LETTERS; i++)
		if (t->of[i].pid)
			return true;
	return false;
}

enum event_kind ticket_event(char letter, bool success)
{
	switch (letter_find(letter)->kind) {
	case LETTER_UP:
		return EV_PREPARED;
	case LETTER_TERM:
		return success ? EV_TERM_TAKEN : EV_TERM_DENIED;
	case LETTER_PAUSE:
		return success ? EV_PAUSE_TAKEN : EV_PAUSE_DENIED;
	case LETTER_CONT:
		return success ? EV_CONT_TAKEN : EV_CONT_DENIED;
	case LETTER_KILL:
	case LETTER_SIGNAL:
		return success ? EV_SIGNAL_TAKEN : EV_SIGNAL_DENIED;
	case LETTER_DOWN:
	case LETTER_ONCE:
	case LETTER_EXIT:
	case LETTER_REEXEC:
	case LETTER_LAST:
	case LETTER_FORCE:
		break;
	}
	return EVENTS;
}
