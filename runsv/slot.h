#ifndef RUNSV_SLOT_H
#define RUNSV_SLOT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <skalibs/tai.h>

#include "pidfd.h"
#include "policy.h"
#include "status.h"

/* One supervised process: the service's or the logger's. Pure: no system call, no clock, no errno.
 */

/* CLEAR: run has ended, and what it has left behind is being ended (kill-mode tree). */
enum phase { PHASE_DOWN, PHASE_PREPARE, PHASE_RUN, PHASE_CLEAR, PHASE_FINISH, PHASES };

/* WANT_ONCE is a down that has not stopped anything: it must outlive a crash as itself. The last
 * three end runsv. LAST and FINAL are of a tree that ends, and nobody takes them back: LAST lets
 * go on what runs, FINAL is an exit. */
enum want { WANT_UP, WANT_ONCE, WANT_DOWN, WANT_EXIT, WANT_LAST, WANT_FINAL, WANTS };

static inline bool want_exits(enum want want)
{
	return want >= WANT_EXIT;
}

/* Whether run has ended for good, by itself (policy.h): once its finish has ended, too, it is over.
 * Any letter about what is wanted takes that back. */
enum over { OVER_NO, OVER_SOON, OVER_YES, OVERS };

enum event_kind {
	EV_DUE,        /* the slot's deadline is over, there is no control/u */
	EV_DUE_SCRIPT, /* the same, and there is one */
	EV_LATE,       /* the patience with a process is over */
	EV_UP,
	EV_ONCE,
	EV_STOP,
	EV_EXIT,  /* letters u o d x */
	EV_LAST,  /* ^L */
	EV_FORCE, /* ^K */
	EV_TERM,
	EV_KILL,
	EV_PAUSE,
	EV_CONT,
	EV_SIGNAL,   /* t k p c, and a h i q 1 2 w */
	EV_PREPARED, /* control/u has ended */
	EV_TERM_TAKEN,
	EV_TERM_DENIED, /* control/t: success, or not (or none) */
	EV_PAUSE_TAKEN,
	EV_PAUSE_DENIED,
	EV_CONT_TAKEN,
	EV_CONT_DENIED,
	EV_SIGNAL_TAKEN,
	EV_SIGNAL_DENIED, /* k too */
	EV_SPAWNED,
	EV_SPAWN_FAILED, /* the outcome of ACT_RUN, _FINISH, _PREPARE */
	EV_ENDED,
	EV_ENDED_FINISH, /* the process ended; there is a finish */
	EV_ENDED_LEFT,   /* run ended, and others of its tree live */
	EV_CLEARED,
	EV_CLEARED_FINISH, /* none of them does any more; there is a finish */
	EV_FOUND_RUN,
	EV_FOUND_CLEAR,
	EV_FOUND_FINISH, /* a record of an earlier life */
	EVENTS
};

struct event {
	enum event_kind kind;
	char letter; /* what was asked, for ACT_ASK and ACT_SEND */
	pid_t pid;   /* SPAWNED, FOUND; TAKEN and DENIED: the process it was asked for */
	int wstat;   /* ENDED: wait status, or WSTAT_UNKNOWN: finish gets "-1 0" */
	bool unread; /* there are bytes in the log pipe (pair.c) */
	bool term, paused, told; /* FOUND */
	uint64_t sent;           /* FOUND */
	tain now;                /* monotonic */
	tain wall;               /* runit label; FOUND: of its start */
	tain started;            /* FOUND: monotonic */
};

/* Actions, performed lowest bit first. */
enum {
	ACT_TERM = 1 << 0,        /* TERM to pid */
	ACT_CONT = 1 << 1,        /* CONT to pid */
	ACT_KILL = 1 << 2,        /* KILL to pid */
	ACT_SEND = 1 << 3,        /* the signal of the event's letter to pid */
	ACT_ASK = 1 << 4,         /* the script of the event's letter: TAKEN or DENIED follows */
	ACT_ASK_TERM = 1 << 5,    /* control/t: the same */
	ACT_SCRIPT_DOWN = 1 << 6, /* control/d, its end means nothing */
	ACT_SCRIPT_EXIT = 1 << 7, /* control/x */
	ACT_PREPARE = 1 << 8,     /* start control/u: PREPARED or SPAWN_FAILED follows */
	ACT_RUN = 1 << 9,         /* start run: SPAWNED or SPAWN_FAILED follows */
	ACT_FINISH = 1 << 10,     /* start finish: the same */
	ACT_TREE_TERM = 1 << 11,  /* to all of its tree that live */
	ACT_TREE_KILL = 1 << 12,
	ACT_SCRIPTS_KILL = 1 << 13, /* KILL to control scripts that are out */
	ACTIONS = 14,
	ACT_SIGNALS = ACT_TERM | ACT_CONT | ACT_KILL | ACT_SEND
};

struct slot {
	enum phase phase;
	enum want want;
	pid_t pid; /* of run or finish; 0: none; CLEAR: what run's was */
	bool term, paused;
	bool told;        /* control/t or TERM has had its say: a stop need not be asked again */
	uint8_t failures; /* forks that failed in a row */
	int wstat;        /* how run ended, for finish */
	tain since;       /* runit label of the last change */
	tain started;     /* monotonic: the last start of run */
	tain due;         /* monotonic: not before */
	struct policy policy;
	enum over over;
	uint8_t code;  /* of over: 0 is a success, as policy_code tells it */
	bool killed;   /* the last run was, since the time was up */
	uint64_t sent; /* bit N - 1: letters have sent signal N to this process */
	tain late;     /* monotonic: when the patience with it is over */
	tain trusted;  /* monotonic: until then an end is due to the control/t that took TERM */
};

/* A slot that is down since wall. */
void slot_init(struct slot *s, enum want want, tain const *wall);

/* One step; returns the set of ACT_* to perform. An event that no row knows does nothing. */
unsigned int slot_step(struct slot *s, struct event const *e);

/* When EV_DUE is to come, or EV_LATE if there is a process; monotonic; tain_infinite: never by
 * itself.
 */
tain const *slot_deadline(struct slot const *s);

/* The state as the 20 bytes show it. */
void slot_status(struct slot const *s, struct status *shown);

extern char const *const phase_names[PHASES];
extern char const *const want_names[WANTS];
extern char const *const over_names[OVERS];
extern char const *const event_names[EVENTS];
extern char const *const action_names[ACTIONS];

#endif
