#ifndef TEND_SVLOGD_H
#define TEND_SVLOGD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "line.h"
#include "logdir.h"

/* The whole program. Nothing is allocated after the start: what an idle one has touched is the
 * first page of in, with the directories before it, and the first of out. */
struct svlogd {
	struct logdir *dirs;
	unsigned int ndirs;

	char *in;  /* what was read and not yet written: held bytes */
	char *out; /* what is about to be written to one directory: waiting bytes */
	char *scratch;
	size_t cap; /* of each; more than max */
	size_t held, waiting;
	bool middle;    /* the beginning of the line at in has been written already */
	size_t carried; /* held bytes that were there before the last read: stamp[0], not stamp[1]
			 */
	char stamp[2][LINE_STAMP_MAX];
	size_t stamp_len;

	size_t max; /* -l */
	enum line_style style;
	char with;        /* -r; 0: nothing is replaced */
	char const *also; /* -R */
	bool verbose;

	int signals;
	bool term, hup, alrm; /* heard and not yet obeyed; term for good */
};

/* Reads at most n bytes from standard input; false: there will be no more. */
bool input_read(struct svlogd *s, size_t n);

/* Whether a line has begun and not ended. */
bool input_in_line(struct svlogd const *s);

/* Writes what is held to every directory, less a line that must wait for its end. It returns when
 * that is done, however long it takes, or when TERM has ended the attempt. */
void deliver(struct svlogd *s, bool last);

/* Makes current ready in d, or rotates it: waits until that has worked, as deliver. */
void deliver_settle(struct svlogd *s, struct logdir *d);
void deliver_rotate(struct svlogd *s, struct logdir *d);

/* Notes the signals that have come; whether one of them was TERM or HUP. */
bool signals_read(struct svlogd *s);

#endif
