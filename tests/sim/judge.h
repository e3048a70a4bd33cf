#ifndef SIM_JUDGE_H
#define SIM_JUDGE_H

#include "kernel.h"

/* What is true of a service, and what must be: the kernel tells what happens, and nothing is asked
 * of the daemons. */

enum { OF_SERVICE, OF_LOGGER };
enum { RUNS_KEPT = 32 };

/* How its programs behave, and its files: drawn when it is made, and calmed at the end. */
struct temper {
	unsigned int life;   /* ms until run ends by itself, about; 0: it does not */
	unsigned int grace;  /* ms between TERM and the end */
	bool stubborn;       /* it ignores TERM */
	unsigned int writes; /* ms between two lines; 0: none */
	bool split;          /* lines come in pieces */
	unsigned int finish; /* ms */
	bool finish_hangs;
	unsigned int scripts; /* ms */
	bool scripts_hang;
	bool stamped; /* svlogd -t */
};

struct run {
	pid_t pid;
	int64_t born, ended; /* 0: it lives */
};

struct service {
	char name[NAME];
	struct inode *dir, *main; /* main: where its log is */
	struct temper temper;
	struct process *runsv, *run[2], *finish;
	int64_t runsv_since, busy_since; /* without a pause */
	int64_t blind;                   /* until then its runsv was stopped, and saw nothing */
	struct process const *held_by;   /* a scanner that has the pipe */
	bool log_off;                    /* the logger was told to go: what is in the pipe stays */
	struct run runs[RUNS_KEPT];
	unsigned int run_count;
	bool in_scan;
	int64_t moved; /* when it came or went last */
	/* It has gone while no scanner could know of it, or none lives any more that did: it is
	 * left to itself, as with runit (DESIGN.md), and nothing is asked of it. */
	bool left;
	/* the last word that counts: a letter that was read, and not by one that has left since */
	char last[2];
	bool unsure[2];
	/* the log: all bytes that anybody has put into the pipe, and how many are in files */
	char *stream;
	size_t len, room, delivered;
	unsigned long number; /* of the next line */
	bool unended;         /* the last byte of the files is no newline */
	bool added;           /* a newline was added */
};

extern struct service *services[64];
extern int service_count;

struct service *judge_service(struct inode *dir, char const *name);
char const *judge_name(struct service const *s);
void judge_reset(void);
/* The one that lives; NULL: none. */
struct process *judge_scanner(void);
struct process const *judge_holder(struct service const *s);

/* What has happened. */
void judge_born(struct process *p);
void judge_ends(struct process *p);
/* Its directory has come to the scan directory, or gone. */
void judge_moved(struct service *s, bool in_scan);
void judge_signalled(struct process *p, int sig);
void judge_unread(struct process const *p); /* it writes, and nobody can read */
void judge_made(struct inode *i, char const *name);
void judge_removed(struct inode *i, char const *name);
void judge_opened(struct inode *i);
void judge_locked(struct inode *i);
void judge_waits(struct process const *p);
void judge_put(struct inode *fifo, char const *bytes, size_t n);
void judge_taken(struct inode *fifo, size_t n);
void judge_discarded(struct inode *fifo);
void judge_appended(struct inode *i, char const *bytes, size_t n);

/* log.c: the part of the log */
void log_put(struct service *s, char const *bytes, size_t n);
void log_cut(struct service *s, size_t n);
void log_discarded(struct service *s, size_t n);
void log_appended(struct service *s, char const *bytes, size_t n);
/* All that was written is in the files, once, in order. */
void log_whole(struct service *s);

/* settled.c: nothing happens any more; what must be true then. */
void settled_services(void);
bool settled_wants_down(struct service const *s);
void settled_end(void);
void settled_claims(struct process *sv);

#endif
