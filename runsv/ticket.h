#ifndef RUNSV_TICKET_H
#define RUNSV_TICKET_H

#include "letters.h"
#include "slot.h"

/* Control scripts that are out: one for each letter at most. Pure. */
struct ticket {
	pid_t pid;   /* of the script; 0: none is out */
	pid_t asked; /* the process it was asked for */
	pid_t again; /* the letter came once more meanwhile, for this process; 0: it did not */
};

/* Indexed like letters[]. */
struct tickets {
	struct ticket of[LETTERS];
};

/* May the script of letter be started, for the process asked? If one is out, no, and the wish is
 * kept (once; not for u: the start that waits takes the end of the one that is out). */
bool ticket_ask(struct tickets *t, char letter, pid_t asked);

/* It was started as pid, for the process asked. */
void ticket_out(struct tickets *t, char letter, pid_t pid, pid_t asked);

/* Is the script of letter out, for that process? */
bool ticket_is_out(struct tickets const *t, char letter, pid_t asked);

/* The letter's script has ended: its ticket in *back, and it is free again. */
void ticket_back(struct tickets *t, char letter, struct ticket *back);

bool tickets_any(struct tickets const *t);

/* What the end of letter's script tells the slot; EVENTS: nothing. */
enum event_kind ticket_event(char letter, bool success);

#endif
