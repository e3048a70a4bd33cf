#ifndef RUNSVDIR_ROSTER_H
#define RUNSVDIR_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>

/* What is wanted (the entries of the scan directory) against what runs. Pure but for the memory
 * that it grows: no system call, no clock. Times are milliseconds of the monotonic clock. */

enum roster_state {
	ROSTER_HELD,     /* appeared without being complete: its runsv is not started yet */
	ROSTER_DUE,      /* its runsv is to be started at `when` */
	ROSTER_RUNNING,  /* since `when` */
	ROSTER_LEAVING,  /* its entry has gone, its runsv has got TERM and has not ended */
	ROSTER_RETURNED, /* its entry came back meanwhile: the next one starts when this has ended,
			    but a letter may have taken the end back */
	ROSTER_KILLED, /* leaving, it did not stop its service: at `when` another one is to do it */
};

/* Identity is (device, inode): a renamed directory keeps its runsv, two links to one get one. One
 * of thousands: as small as it can be while its fields keep their names. */
struct entry {
	uint64_t ino;
	uint64_t when : 39;    /* 17 years of milliseconds */
	unsigned int hash : 8; /* of name */
	enum roster_state state : 3;
	unsigned int quick : 3;    /* lives in a row that a signal ended within a second */
	unsigned int failures : 2; /* forks that failed in a row */
	unsigned int looks : 2;    /* for its log pipe, that are left */
	unsigned int level : 2;    /* what an ordered stop has for it (stop.h) */
	unsigned int told : 2;     /* and what it has been told already */
	bool down : 1;             /* and has no process any more */
	bool essential : 1;        /* its end may be that of the tree */
	bool seen : 1;             /* by the scan that goes on */
	uint32_t dev;              /* the kernel's numbers have no more bits */
	uint32_t name; /* roster_name(): under which its runsv is started the next time */
	pid_t pid;     /* of runsv; 0: none */
	int pidfd;     /* of a runsv that is not our child; -1: it is */
	int dir;       /* the service directory; -1: not started yet, or it could not be held */
	int pipe;      /* its log pipe, to be read by nobody; -1: none */
};

struct roster {
	genalloc entries; /* struct entry; places change when one is forgotten */
	stralloc names;   /* of the entries, each with its null, without gaps */
};

size_t roster_len(struct roster const *r);
struct entry *roster_at(struct roster const *r, size_t i);

/* Valid until an entry comes, goes or is renamed. */
char const *roster_name(struct roster const *r, struct entry const *e);

/* The entry of that name, of that runsv, or whose runsv that descriptor is; NULL: none. */
struct entry *roster_named(struct roster const *r, char const *name);
struct entry *roster_of_pid(struct roster const *r, pid_t pid);
struct entry *roster_of_pidfd(struct roster const *r, int pidfd);

/* The scan directory has this entry. A new one becomes due now, or held; a known one keeps its
 * runsv and takes the name, unless another entry of the scan gave it one. The entry; NULL: out of
 * memory. */
struct entry *roster_see(struct roster *r, char const *name, uint64_t dev, uint64_t ino, bool hold,
			 uint64_t now);

/* A scan of the whole directory: begin, see each entry, end. Afterwards roster_gone returns one
 * entry after the other that was not seen and is not leaving yet; NULL: no more. */
void roster_begin(struct roster *r);
struct entry *roster_gone(struct roster *r, size_t *from);

/* The caller has sent TERM to a gone one that runs. One without a runsv is forgotten (and *e is
 * another one then), or, if its directory is known, there is something left to stop, at once. True
 * if it is kept. */
bool roster_leave(struct roster *r, struct entry *e);

/* A held one is complete. */
void roster_release(struct entry *e, uint64_t now);

/* Its runsv was started, or found. */
void roster_started(struct entry *e, pid_t pid, int pidfd, uint64_t now);

/* It could not be: again in 1, 2, 4, then 5 seconds. */
void roster_failed(struct entry *e, uint64_t now);

/* Its runsv has ended: how (wait status). It becomes due, or is forgotten if it was leaving, unless
 * it was killed. False: it is forgotten, and *e is another one. */
bool roster_ended(struct roster *r, struct entry *e, int wstat, uint64_t now);

/* Its log pipe was looked for; sure: it is held, or its runsv has none. */
void roster_looked(struct entry *e, bool sure);

/* When something is to be done about it: its runsv is to be started, or its log pipe to be looked
 * for. UINT64_MAX: nothing. */
uint64_t roster_due(struct entry const *e);

/* The least of them. */
uint64_t roster_deadline(struct roster const *r);

#endif
