#ifndef RUNSVDIR_STOP_H
#define RUNSVDIR_STOP_H

#include <stdbool.h>
#include <stdint.h>

#include "order.h"
#include "roster.h"

/* The ordered stop of a whole tree, as process 1 or with -c: what each entry of the roster, CMD and
 * the hooks are to be told, and with which code it ends. Pure. Times are milliseconds of the
 * monotonic clock. */

enum {
	STOP_TIMEOUT = 8000, /* inside the 10 seconds that docker stop gives */
	STOP_REST = 1000,    /* after KILL, for loggers and finish */
	/* for the hook finish, if less is left; with STOP_REST no more than STOP_AFTER */
	STOP_HOOK_REST = 1000,
	STOP_AFTER = 1500,
	STOP_NEAR = 200,    /* from here on nobody is killed before the others */
	STOP_ORPHANS = 100, /* between TERM and KILL to what is nobody's */
	STOP_LOOKS = 10,    /* between two looks for it: who forks for ever must not take it all */
	STOP_SAY = 1000,
	STOP_AGAIN = 25, /* a runsv that has just been started needs some milliseconds */
	STOP_KILLED = 137,
	STOP_TERMED = 143,
	STOP_TROUBLE = 111,
};

/* In their order. Where there is no CMD, or no hook, its phase is over at once. */
enum stop_phase {
	STOP_RUN,      /* nobody has asked for it */
	STOP_START,    /* the hook start works: no service yet */
	STOP_COMMAND,  /* CMD has got TERM */
	STOP_HOOK,     /* the hook stop works */
	STOP_SERVICES, /* one after the other is told */
	STOP_KILLS,    /* the time is up: all have got KILL */
	STOP_LEFT,     /* no runsv is left; orphans have got TERM, then KILL */
	STOP_FINISH,   /* the hook finish works */
	STOP_LAST,     /* orphans have got KILL */
	STOP_OVER
};

enum stop_cause {
	CAUSE_SIGNAL,
	CAUSE_HUP,       /* without CMD */
	CAUSE_COMMAND,   /* it has ended: code */
	CAUSE_ESSENTIAL, /* a service: code */
	CAUSE_BUDGET,    /* restart-budget is spent */
	CAUSE_START      /* the hook start has failed */
};

/* What an entry is told: nothing is to be started any more, to stop, KILL. */
enum stop_level { LEVEL_NONE, LEVEL_LAST, LEVEL_TERM, LEVEL_KILL };

struct stop {
	enum stop_phase phase;
	enum stop_cause cause;
	int code;              /* as the cause tells it */
	uint64_t timeout;      /* for all of it */
	uint64_t orphans_time; /* for orphans, from TERM to KILL; within timeout */
	bool asked;            /* in STOP_START: end as soon as it has */
	bool has_command;      /* CMD is part of it */
	bool command_lives;    /* it has not ended */
	bool command_killed;   /* KILL was needed */
	bool killed;           /* the same for a service */
	bool orphans;          /* they are signalled */
	bool orphans_killed;   /* in STOP_LEFT: with KILL */
	int command_code;
	uint64_t total;  /* when the time is up */
	uint64_t step;   /* when the patience of this phase is */
	uint64_t say;    /* when to name what is waited for */
	uint64_t look;   /* when to look for new orphans */
	uint64_t looked; /* when that was */
	uint64_t again;  /* when those that could not be told are told again */
};

enum stop_event_kind {
	STOP_EV_ASKED,   /* cause, code; another one cuts the patience short */
	STOP_EV_COMMAND, /* CMD has ended, with code */
	STOP_EV_HOOK,    /* the hook of this phase has ended, with code (-1: it could not be
			    started), or there is none */
	STOP_EV_KILLED,  /* a service had a process to be killed */
	STOP_EV_UNTOLD,  /* somebody could not be told: no runsv is there just now */
	STOP_EV_CHANGED, /* entries are down, or have gone; or it may be time for something */
	STOP_EV_ORPHAN,  /* some have ended: what was below them may be new */
	STOP_EV_EMPTY,   /* there are no orphans */
};

struct stop_event {
	enum stop_event_kind kind;
	enum stop_cause cause;
	int code;
	uint64_t now;
};

/* Actions, performed lowest bit first. */
enum {
	STOP_ACT_NAME = 1 << 0,         /* say what is waited for */
	STOP_ACT_COMMAND_TERM = 1 << 1, /* and CONT */
	STOP_ACT_COMMAND_KILL = 1 << 2,
	STOP_ACT_HOOK_TERM = 1 << 3, /* of the phase before */
	STOP_ACT_HOOK_KILL = 1 << 4,
	STOP_ACT_ORPHANS_TERM = 1 << 5, /* to those who have not had it; STOP_EV_EMPTY follows
					   when there are none */
	STOP_ACT_ORPHANS_KILL = 1 << 6, /* the same */
	STOP_ACT_HOOK = 1 << 7,         /* start that of this phase: STOP_EV_HOOK follows */
	STOP_ACT_TELL = 1 << 8,         /* entries that are not told */
	STOP_ACT_GIVE_UP = 1 << 9,      /* say who is left after KILL */
	STOP_ACT_END = 1 << 10,         /* exit with stop_code */
	STOP_ACTIONS = 11,
};

/* Before anything runs; command: there is a CMD. */
void stop_init(struct stop *s, uint64_t timeout, bool command);

/* This entry is about to leave the roster. */
void stop_gone(struct entry const *e, struct order *o);

/* One step; returns the set of STOP_ACT_* to perform. Entries have their level, and are not told
 * it yet, when it is a new one; order must be ready by the first STOP_EV_ASKED. */
unsigned int stop_step(struct stop *s, struct stop_event const *e, struct roster *r,
		       struct order *o);

/* When STOP_EV_CHANGED is to come without an event; UINT64_MAX: never. */
uint64_t stop_deadline(struct stop const *s);

/* 0 to 255; that of now, and from STOP_FINISH on the last one. */
int stop_code(struct stop const *s);

#endif
