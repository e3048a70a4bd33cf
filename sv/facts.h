#ifndef TEND_FACTS_H
#define TEND_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ask.h"
#include "death.h"
#include "../runsv/record.h"
#include "status.h"

/* What is known of a service without asking anybody: files of its directory and of supervise/, and
 * /proc. */

#define FACTS_DEATHS 256 /* more than deaths and deaths.old together can hold */
#define FACTS_TEXT 256

/* Whether run could be executed, as far as its file tells. */
enum run_file { RUN_GOOD, RUN_MISSING, RUN_NOT_EXECUTABLE, RUN_NO_INTERPRETER, RUN_FORMAT };

struct known {
	char const *name; /* as it was asked for; the caller's */
	bool supervised;  /* a runsv is there; else nothing below it is known */
	bool trouble;     /* something could not be read, which was reported */
	struct status status;
	uint64_t age; /* milliseconds in this state */
	bool down_file;
	bool recorded; /* record is its record */
	struct record record;
	struct death deaths[FACTS_DEATHS]; /* the last ones, the oldest first */
	size_t count;
	enum run_file run;
	char interpreter[FACTS_TEXT]; /* of run, if it is not there */
	uint64_t memory;              /* KiB in memory of its process; 0: unknown */
	uint64_t cpu;                 /* milliseconds that its process has used */
	bool has_log;
	pid_t logger;  /* its process; 0: none lives */
	int log_error; /* an errno: it can't be known whether one does */
};

/* Reads all of it. False: the directory can't be entered, or it can't be known whether a runsv is
 * there, which was reported. */
bool facts_read(struct known *f, char const *name, struct svdir *v, struct out *o);

/* A small file of a directory into text, at most size - 1 bytes, ended with a NUL; its length, or
 * -1 with errno. */
long facts_file(int dir, char const *name, char *text, size_t size);

#endif
