#ifndef RUNSV_RECORD_H
#define RUNSV_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <skalibs/tai.h>

#include "letters.h"
#include "slot.h"

/* What the next runsv must know: supervise/record, text, one fact a line. It is written in place by
 * one write, which needs no new block on a full disk; "end" tells it from what a longer one left
 * behind. The formatting here is pure. */
#define RECORD_SIZE 1536 /* at most */

/* The boot, and within it the life of process 1 (a restarted container): "BOOTID:START:NAMESPACE".
 */
#define INSTANCE_SIZE 96

/* A process as it can be recognised: pids come again, start times do not. */
struct identity {
	pid_t pid;      /* 0: none */
	uint64_t start; /* clock ticks since boot, as in /proc/PID/stat; 0: /proc could not be read
			 */
};

struct record {
	char instance[INSTANCE_SIZE]; /* empty: unknown */
	uint64_t dev, ino; /* of supervise/ itself: a copied directory copies no process */
	enum want want;
	enum phase phase; /* PHASE_RUN, PHASE_FINISH (without a process: owed), PHASE_DOWN */
	struct identity process;
	bool told, term, paused; /* as in struct slot */
	enum over over;
	uint8_t code;
	bool killed;
	uint64_t sent;
	struct policy policy; /* in force since run was started */
	int wstat;            /* of run, once it is known; WSTAT_UNKNOWN before */
	tain since;           /* runit label of its start */
	struct {
		struct identity script;
		pid_t asked;
	} scripts[LETTERS]; /* indexed like letters[] */
};

/* record -> text; returns its length. */
size_t record_format(char text[RECORD_SIZE], struct record const *r);

/* text -> *r; false if it is not one: a line that is missing or cannot be; r->process is what
 * stands there, as far as it can be read. Lines of a later version are skipped, and what an earlier
 * one did not write is as it was there: whoever is replaced by another version leaves a process
 * behind. */
bool record_parse(struct record *r, char const *text, size_t len);

#endif
