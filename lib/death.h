#ifndef TEND_DEATH_H
#define TEND_DEATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <skalibs/tai.h>

/* How a life of run has ended: a line of supervise/deaths. That file holds DEATH_BYTES at most;
 * then it becomes deaths.old, so that one to two hundred lines are kept in all. Pure. */
#define DEATH_LINE 160
#define DEATH_BYTES 8192

/* Who or what wanted it to end. */
enum death_cause {
	DEATH_ITSELF,  /* nobody: it was not told */
	DEATH_TOLD,    /* a letter has sent it a signal, or a stop its down signal */
	DEATH_TIMEOUT, /* timeout-kill was over, or the tree's time */
	DEATH_CAUSES
};

struct death {
	tain at;         /* runit label */
	uint64_t number; /* of all ends since the first start, from 1 */
	int wstat;       /* wait status, or -1: nobody knows */
	uint64_t ran;    /* milliseconds */
	uint64_t pid;
	enum death_cause cause;
	bool failed; /* not a success (success-codes), and not what it was told */
	bool again;  /* nobody has told it, and it is to be started anew */
};

extern char const *const death_causes[DEATH_CAUSES];

/* -> "@TAI64N N exit CODE|signal N|unknown 0 ran MS pid PID cause CAUSE failed yes|no
 * again yes|no" and a newline. Returns its length. */
size_t death_format(char line[DEATH_LINE], struct death const *d);

/* One line, without its newline, -> *d. False: it is not one. */
bool death_parse(struct death *d, char const *line, size_t len);

/* How many lines of a text, which ends with a NUL, are of ends with a new start after them, from
 * one moment (runit label) to another one, both included. *last: of the latest, if that is after
 * what it was. */
uint64_t deaths_between(char const *text, tain const *from, tain const *to, tain *last);

#endif
