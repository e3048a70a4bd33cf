#ifndef TEND_LOGDIR_H
#define TEND_LOGDIR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <skalibs/tai.h>

#include "config.h"
#include "ledger.h"
#include "queue.h"
#include "rotate.h"

/* What is left to do before current can be written to, in this order. A step that fails stays the
 * next one, so that each can be tried again alone and nothing is done twice. */
enum logdir_step {
	LOGDIR_SYNC,     /* rotation begins: current safely to disk, */
	LOGDIR_MODE,     /* marked complete, */
	LOGDIR_RENAME,   /* and given its name */
	LOGDIR_LEFTOVER, /* opening begins: a current that was not finished is put aside */
	LOGDIR_CURRENT,  /* current is opened */
	LOGDIR_READY,
};

struct logdir {
	char const *name; /* as given */
	int dir, lock;    /* -1: does not take part until the next HUP */
	int fd;           /* current; -1: not open */
	enum logdir_step step;
	struct ledger_cursor *cursor; /* its size is that of current */
	bool entered;                 /* and its current was not opened yet */
	uint64_t resumed;             /* inode of a killed one's current that is being finished */
	tain due;                     /* monotonic: when current is too old; with config.age only */
	struct config config;
	char const *rules; /* which lines it gets, and which are shown: select.h */
	size_t rules_len;
	char const *shown;
	size_t shown_len;
	struct queue queue; /* old files to be processed */
	tain again;         /* monotonic: when that is tried once more, after a failure */
	char *text;         /* mapped, for good: the text of config as far as it is needed */
	bool tidy;          /* nothing is left half done by a processor that was taken away */
	char newest[ROTATE_NAME + 1]; /* name of the old file that was made last; "": unknown */
	bool full;                    /* no space, and lines may be dropped: this piece is */
	bool in_line;                 /* current does not end with a line */
	char const *trouble;          /* what could not be done, after -1: "write to current" */
	bool verbose;
	bool given_up; /* stopped while nothing could be written */
	uint64_t lost; /* bytes, then */
};

/* Opens the directory by its name, locks it and reads config; current is left to logdir_settle.
 * False: warned about, and the directory stays closed. scratch has room for the config's text. */
bool logdir_open(struct logdir *d, char *scratch, size_t size);

bool logdir_is_open(struct logdir const *d);

/* What is written from now on is written by this config. */
void logdir_mark(struct logdir *d);

/* Makes current ready. 0, or -1 with errno and d->trouble: call it again later. */
int logdir_settle(struct logdir *d);

/* Appends at most n bytes to a current that is ready (d->step); returns how many, or -1 as
 * logdir_settle. */
ssize_t logdir_write(struct logdir *d, char const *s, size_t n);

/* Rotates a current that is not empty. 0, or -1 as logdir_settle. */
int logdir_rotate(struct logdir *d);

/* Whether current is too old, by STAMP. */
bool logdir_is_old(struct logdir const *d);

/* The ledger has something for the current that a killed svlogd has left: goes on in it, before it
 * is put aside. Counts what was written and not recorded any more: at most so many bytes, more is
 * somebody else's. */
void logdir_resume(struct logdir *d, uint64_t most);

/* That is done: now it is put aside. */
void logdir_resumed(struct logdir *d);

/* If the name leads to another directory than the open one, which then was removed or moved away,
 * and it can be locked, goes on in that one, and is true. */
bool logdir_follow(struct logdir *d, char *scratch, size_t size);

/* Brings current, open as fd, to disk; -1 with errno. What can't be synced by its nature (a link to
 * a device) is not broken by that. */
int logdir_sync(int fd);

/* Gives current, open as fd, a mode; -1 with errno. A link may lead to a device, and /dev/null is
 * for everybody: that keeps its own. */
int logdir_mode(int fd, mode_t mode);

/* Marks current complete and closes it. */
void logdir_finish(struct logdir *d);

/* Then gives the directory up. */
void logdir_close(struct logdir *d);

#endif
