#ifndef RUNSV_RUNSV_H
#define RUNSV_RUNSV_H

#include <signal.h>
#include <sys/resource.h>

#include "pair.h"
#include "record.h"
#include "status.h"
#include "ticket.h"

/* All of a runsv's memory. Nothing is allocated. Each array has the service's and the logger's. */
struct runsv {
	char const *const *argv;
	struct pair pair;
	struct tickets tickets; /* the service's control scripts */

	int origin;       /* the directory it was started in, for R */
	int service;      /* the service directory, which is also its own */
	int supervise[2]; /* supervise/, log/supervise/ */
	int lock[2];
	int control[2];
	int ok[2];
	int record_file[2];        /* -1: could not be had, nothing is recorded */
	int pipe_read, pipe_write; /* the log pipe; -1 without a logger, write: once closed */
	int signals;

	int pidfd[2]; /* of a process that is not our child; -1: it is */
	int script_pidfd[LETTERS];
	bool script_gone[LETTERS]; /* found by the start, not told yet */

	struct record record[2]; /* as last written */
	size_t record_len[2];
	bool recorded[2];       /* false: that failed */
	bool recalled[2];       /* it is of an earlier life that was not taken up yet */
	bool telling[2];        /* what a stop has to say is being said: not recorded yet */
	struct status shown[2]; /* as last published */
	bool exiting[2];
	bool published[2];
	uint32_t pid_shown[2]; /* what pid says; UINT32_MAX: that is not known */

	sigset_t mask; /* the signals blocked in children */
	struct {
		enum over over;
		pid_t pid;
		bool down;
	} reported; /* what the scanner was told to look at */
	bool again; /* a life has ended that nobody wanted to, which it was not told yet */

	struct rlimit nofile; /* their limit of descriptors */
	bool raised;          /* ours is another one */
	bool reexec;          /* R came */
};

/* Directory names as they stand in messages: "" and "log/". */
extern char const *const runsv_where[2];

/* supervise.c */

/* Makes and opens supervise/ of slot who, takes its lock, opens control and record. Fatal errors as
 * in the contract §2. */
void supervise_open(struct runsv *v, unsigned int who);

/* Opens `ok`, which tells the world that a runsv is there. */
void supervise_ok(struct runsv *v, unsigned int who);

/* Makes and opens the log pipe by its name in supervise/, and says so to runsvdir. */
void supervise_pipe(struct runsv *v);
/* Opens its writing end again; 0 or -1 with errno. */
int supervise_pipe_write(struct runsv *v);

/* An orderly end: what runit does not know is removed. */
void supervise_leave(struct runsv const *v);

/* start.c: from argv to the first turn of the loop; what lived on is found. Fatal errors end it. */
void start(struct runsv *v, char const *dir);

/* child.c: each starts a child of slot who, which records itself; its pid, or -1 with errno. */
pid_t child_run(struct runsv *v, unsigned int who, tain const *wall);
pid_t child_finish(struct runsv *v);
pid_t child_script(struct runsv *v, char letter);

/* perform.c */

/* One event to slot who: the step, the record, the actions and their outcomes. now, unread and,
 * if it is zero, wall of the event are filled in here. */
void dispatch(struct runsv *v, unsigned int who, struct event *e);

/* Is there an executable control/C for this letter? (The owner's x bit: contract §4.) */
bool script_there(char letter);

/* Is there a finish? (That it opens for reading is the reference's test.) */
bool finish_opens(void);

/* The script of the letter has ended. */
void script_ended(struct runsv *v, char letter, struct ticket const *back, int wstat);

/* ended.c */

/* The process of slot who has ended so: what is to come next is looked for, and told. */
void process_ended(struct runsv *v, unsigned int who, int wstat);

/* deaths.c */

/* A line for the end of slot who's run in its supervise/deaths, before it is dealt with: who asks
 * in the next life's first moment is to see it. None for the end that was asked for with no next
 * life and nothing more to come of this one: the file goes right after, and takes a stop of many
 * services the most of its time on a disk. A failure is a warning. */
void deaths_note(struct runsv *v, unsigned int who, int wstat, bool more);

/* Removes them: an orderly end. */
void deaths_forget(struct runsv const *v);

/* The one of run's tree that was waited for has ended; or there may be none, after a crash. */
void left_ended(struct runsv *v);

/* keep.c */

/* Writes the record of slot who where the state differs from what it says. */
void keep(struct runsv *v, unsigned int who);

/* Writes it as it is; 0, or -1 with errno. Safe between vfork and exec. */
int keep_write(struct runsv *v, unsigned int who);

/* publish.c: pid, stat and status of slot who, where they differ from what was written last.
 * Failures are warnings. */
void publish(struct runsv *v, unsigned int who);

/* Reads what pid says, so that an adopted process keeps the file and its mtime. */
void publish_recall(struct runsv *v, unsigned int who);

/* report.c */

/* SIGCHLD to the parent: there is something to look at. Any other parent than runsvdir gets this
 * signal from its children anyway; to one of another pid namespace, 0, it would go to our whole
 * group. */
void tell_scanner(void);

/* The same, if the service is essential and has news, or is down and the tree ends. */
void report(struct runsv *v);

/* holders.c: says on stderr which processes hold the log pipe open. */
void holders_name(struct runsv const *v);

#endif
