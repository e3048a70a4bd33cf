#ifndef RUNSVDIR_SCAN_H
#define RUNSVDIR_SCAN_H

#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>

#include "proctitle.h"
#include "roster.h"
#include "stamp.h"
#include "stop.h"
#include "watch.h"

/* A directory that is being filled: released when it has a run and nothing has changed for a
 * moment. */
struct hold {
	uint64_t dev, ino;
	uint64_t quiet, last; /* when to look; when to wait no longer */
	int wd;
};

enum { HOOK_WORDS = 4 };

struct scanner {
	char const *path; /* the scan directory, as given; NULL: there is none */
	bool session;     /* -P */
	int dir;          /* it, open; -1: not found yet */
	uint64_t dev, ino;
	bool init;     /* as process 1 or with -c: ends its services when it ends */
	bool stopping; /* nothing new is started */
	bool over;     /* the stop is */
	bool killed;   /* a runsv says that its service had to be, and nobody was told yet */
	struct stop stop;
	struct order order;
	uint64_t timeout;    /* -t, in milliseconds; UINT64_MAX: what .runsvdir/timeout-stop says */
	bool spare_orphans;  /* -o: they are left alone */
	genalloc orphans;    /* orphans.c: those that have had TERM */
	bool quiet;          /* -q: no last words */
	char **command_argv; /* CMD; NULL: none */
	char const *hook_argv[HOOK_WORDS + 1]; /* -H: what is run in place of .runsvdir/ */
	bool commanded;                        /* it was started */
	pid_t command, hook;                   /* 0: none lives */
	int stop_signal;                       /* that asked for the stop */
	char ended_by[64];                     /* the service that did */
	tain began; /* runit label: what has ended before is no concern */
	int null;   /* what services read, where CMD has standard input; -1: the same */
	struct roster roster;
	struct watch watch;
	genalloc holds; /* struct hold */
	struct proctitle title;
	int signals;
	int ends;             /* epoll: the runsvs that are not our children */
	sigset_t mask;        /* for the children */
	struct rlimit nofile; /* for the children */
	int part;             /* descriptors from this on are not for them; 0: unknown */
	uint64_t look;        /* where events can't be had: the next look */
	bool rescan;          /* the whole directory must be read */
	bool missing;         /* that it can't be had was said */
	bool deaf;            /* that events can't be had was said */
};

/* Finds the directory that the path leads to now, and watches it and the way. */
void scan_resolve(struct scanner *s);

/* Reads what inotify has told and looks at those entries. */
void scan_events(struct scanner *s);

/* Does what is due: a scan of the whole directory, releasing held ones, starting runsvs. */
void scan_settle(struct scanner *s);

/* All entries are as if they had gone: each runsv is forgotten when it has ended, for which the
 * ordered stop tells it. */
void scan_leave_all(struct scanner *s);

/* When scan_settle is to be called next, if no event comes before. */
uint64_t scan_deadline(struct scanner const *s);

/* service.c */

/* For spawn: from which descriptor on a child is parted from them. */
int service_part(struct scanner const *s);

/* Starts the entry's runsv, or takes up the one that lives. */
void service_start(struct scanner *s, struct entry *e);
void service_term(struct entry const *e);
/* TERM to one whose entry has gone; its directory is held, if it was not yet, in case that it is
 * killed, or was, before its service has ended. */
void service_leave(struct scanner const *s, struct entry *e);
/* It was: another runsv takes up what it left, and stops it. */
void service_stop(struct scanner *s, struct entry *e);
/* A child has ended: is it an entry's runsv? And others, by s->ends. */
bool service_reaped(struct scanner *s, pid_t pid, int wstat);
void service_ends(struct scanner *s);

/* pipe.c: each log pipe is held open for reading, so that what is in it outlives runsv and logger
 * when both are killed while the service is down. That it can't be held is never an error. */

/* Looks for the pipe of one that runs, and holds it in place of the one that was held. */
void pipe_look(struct scanner const *s, struct entry *e);
/* The same for whose runsv this process is, if it is one: it has said that the pipe is there. */
void pipe_reported(struct scanner const *s, pid_t runsv);
/* Closes it. */
void pipe_release(struct entry *e);

/* hold.c */

void hold_add(struct scanner *s, struct entry const *e, uint64_t now);
void hold_remove(struct scanner *s, struct entry const *e);
void hold_touched(struct scanner *s, int wd);
/* Releases those whose time has come. */
void hold_settle(struct scanner *s);
uint64_t hold_deadline(struct scanner const *s);

#endif
