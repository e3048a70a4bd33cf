#ifndef TEND_ASK_H
#define TEND_ASK_H

#include <stdbool.h>

#include <skalibs/tai.h>

#include "command.h"
#include "out.h"
#include "status.h"

/* One service directory and what is open of it; -1: not open. */
struct service {
	char const *name;   /* as it was typed */
	char const *suffix; /* "/log" for the logger, whose lines show it behind the name */
	int dir;            /* the directory itself (O_PATH) */
	int away;      /* in place of its supervise/, where the state lies elsewhere (O_PATH) */
	int supervise; /* only if it is waited for */
	int ok;        /* held only then; polls as an error when its runsv has ended */
	int control;   /* held until the letters have been read */
	bool quiet;    /* no letter of anybody's was unread when before was read */
	struct status before;
	tain sent;
};

enum answer { ANSWER_YES, ANSWER_GONE /* no runsv */, ANSWER_TROUBLE };

/* Where names are looked up: $SVDIR. It is opened when the first name needs it. */
struct svdir {
	char const *path;
	int fd; /* -1 at first */
};

/* Opens the service's directory (all descriptors are close-on-exec). False: it can't be entered,
 * which has been reported. */
bool ask_enter(struct service *s, char const *name, struct svdir *v, struct out *o);

/* The same for its logger: 0 or an errno; nothing is reported. */
int ask_enter_log(struct service *log, struct service const *s);

/* Opens supervise/ so that it can be watched. An error is left for the opening of supervise/ok,
 * which meets and reports it. */
void ask_supervise(struct service *s);

void ask_leave(struct service *s);

/* Asks whether a runsv is there. Trouble is reported, and so is ANSWER_GONE: as good news if
 * exiting. The descriptor is kept in s->ok if the service is waited for. */
enum answer ask_alive(struct service *s, bool exiting, struct out *o);

/* The same without a word: is there one? False with errno: ENOENT and ENXIO say no, any other that
 * it can't be known. */
bool ask_answers(struct service const *s);

/* Reads supervise/status. False: trouble, reported. */
bool ask_status(struct service *s, struct status *st, struct out *o);

/* Reads the status into s->before and writes the letters, all in one, to a runsv that is there
 * (after ask_alive). What is not ANSWER_YES has been reported. */
enum answer ask_send(struct service *s, char const *letters, struct out *o);

/* Whether letters lie unread in supervise/control. When none do, s->control is closed. */
bool ask_unread(struct service *s);

/* PREFIX and the line for st, with SUFFIX's name (the service's own, or "log"), without a newline.
 * now is a runit label. False: a file down can't be looked for, and only PREFIX was put out. */
bool ask_print(struct service const *s, char const *prefix, char const *name,
	       struct status const *st, tain const *now, struct out *o);

#endif
