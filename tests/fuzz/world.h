#ifndef TEND_FUZZ_WORLD_H
#define TEND_FUZZ_WORLD_H

#include "pair.h"
#include "record.h"
#include "ticket.h"

/* The machine of runsv in a system that is made up: processes, control scripts, time, and the
 * record that the next runsv finds. It does what perform.c, runsv.c and start.c do, and sees to it
 * that what they are told to do makes sense. */
struct world {
	struct pair pair;
	struct tickets tickets;
	struct record record[2]; /* what is written */
	bool recalled[2];        /* of an earlier life, and not taken up yet */
	bool telling[2];         /* what a stop has to say is being said */

	/* What really lives. */
	struct {
		pid_t pid; /* 0: nothing */
		bool finish;
		bool stopped; /* by STOP */
		bool termed;  /* TERM has come */
		bool dying;   /* nothing will keep it from ending */
	} process[2];
	pid_t script[LETTERS];
	pid_t last; /* pid that was given to a process */
	bool pipe_closed;
	bool owed;    /* it was closed unread, and no logger has lived since */
	bool retried; /* or one has died over it */
	bool said;    /* who else holds it, */
	tain say;     /* from this moment on */

	/* What the system answers. */
	unsigned int scripted; /* a bit of letters[]: there is a control script */
	unsigned int fails;    /* so many of the next forks fail */
	bool unread;           /* bytes in the log pipe */

	tain now;
	tain started[2];       /* the last run that this runsv knows of; 0: none */
	int runs;              /* so many starts of the service are asked for; negative: any */
	char wanted[2];        /* the last of the letters u d o x */
	bool ending;           /* L came */
	char unread_letter[2]; /* one of them that a killed runsv has not taken from the FIFO */

	int actions; /* so many more, then runsv is killed; negative: it is not */
	bool dead;
};

void world_init(struct world *w, unsigned int slots, enum want want, unsigned int scripted);

/* A byte in the FIFO of who; whether it is a letter that means something there. */
bool world_letter(struct world *w, unsigned int who, char byte);

/* The process of who, or the script of letters[i], ends. */
void world_ends(struct world *w, unsigned int who, bool finish);
void world_script_ends(struct world *w, size_t i, bool success);

/* What is due is done. */
void world_due(struct world *w);

/* Whether runsv leaves. */
bool world_over(struct world const *w);

/* runsv was killed, and another one takes up what it has left. */
void world_again(struct world *w, bool finish);

/* What must hold, whatever has happened. */
void world_check(struct world const *w);

/* Parts of these. */
void world_dispatch(struct world *w, unsigned int who, struct event e);
void world_ended(struct world *w, unsigned int who, struct event e);
void world_ask(struct world *w, unsigned int who, char letter);
bool world_start_script(struct world *w, unsigned int who, char letter);
void world_script_told(struct world *w, size_t i, struct ticket const *back, bool success);

#endif
