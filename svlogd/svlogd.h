#ifndef TEND_SVLOGD_H
#define TEND_SVLOGD_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "line.h"
#include "logdir.h"
#include "store.h"

/* The whole program. Nothing is allocated after the start: what an idle one has touched is a page
 * of the store, and one with the directories and the beginning of out. */
struct svlogd {
	struct logdir *dirs;
	struct ledger_cursor *cursors; /* of each directory */
	unsigned int ndirs;

	struct store store; /* what was read, and not yet written to every directory */
	struct ledger_input input;
	tain stream;  /* monotonic: what comes before this moment belongs to what was there */
	bool settled; /* the store is where it belongs */

	char *out; /* what is about to be written to one directory: waiting bytes */
	char *scratch;
	size_t out_cap; /* of each */
	size_t waiting;
	size_t notice; /* of them, those up to the end of a notice about dropped lines; 0: there is
			  none */
	uint32_t told; /* lines that the notice tells of, which waits or was written; 0: none */
	bool big;      /* memory was touched that a quiet one does not need */
	bool tight;    /* the disk is full: no room for bursts */

	size_t max;    /* -l */
	size_t buffer; /* -b */
	enum line_style style;
	char with;        /* -r; 0: nothing is replaced */
	char const *also; /* -R */
	bool verbose;

	int signals;
	bool term, hup, alrm, child; /* heard and not yet obeyed; term for good */
	uint32_t unsaid;             /* bits: heard, and signals_read was not called since */
	bool hurries;                /* a message that nobody reads is left out at once */
	int udp;                     /* a socket; -1: not yet */
	sigset_t mask;               /* what we were started with */
	void (*pipe)(int), (*xfsz)(int);
};

/* Reads at most n bytes from standard input; false: there will be no more. */
bool input_read(struct svlogd *s, size_t n);

/* The stamp of what was read just now. */
void input_stamp(struct svlogd *s);

/* Which stamp belongs to a line that begins at this offset. */
size_t input_stamp_of(struct svlogd const *s, uint32_t at);

/* Whether there is no room for more. */
bool input_full(struct svlogd const *s);

/* Whether a line has begun and not ended. */
bool input_in_line(struct svlogd const *s);

/* Bytes that not every directory has got. */
size_t input_held(struct svlogd const *s);

/* What every directory has got goes. */
void input_delivered(struct svlogd *s);

/* Gives back the memory of a burst. */
void input_quiet(struct svlogd *s);

/* What is held stays for the next svlogd. Unless a directory has got its newline, a line that waits
 * goes on there with what is still to be read. */
void input_keep(struct svlogd *s);

/* Records how far everything is: called after each change that must not be made twice. */
void input_record(struct svlogd *s);

/* Moves the store to a directory that is open, if it is not in one: before the first byte is read,
 * and when the directories may have changed. */
void input_settle(struct svlogd *s);

/* Writes what is held to every directory, less a line that must wait for its end. It returns when
 * that is done, however long it takes, or when TERM has ended the attempt. */
void deliver(struct svlogd *s, bool last);

/* Lines that a directory's config has shown on standard error or output, before they are
 * delivered. */
void show(struct svlogd *s, bool last);

/* Where a piece begins, and what of the output behind it a killed svlogd has written. */
struct position {
	uint32_t at;
	uint8_t middle; /* as in a ledger_cursor */
	uint64_t done;
};

/* These wait until it has worked, however long that takes, unless TERM ends the attempt
 * (d->given_up) or the disk is full and lines may be dropped (d->full).
 *
 * flush writes what waits; position: with it, all before that is written. Each write is recorded,
 * so that a part that was written when we are killed is not written again. */
void flush(struct svlogd *s, struct logdir *d, struct position *position);

/* Writes the n bytes from the cursor on as they are. */
void flush_direct(struct svlogd *s, struct logdir *d, size_t n);

/* Makes current ready, or rotates it. */
void flush_settle(struct svlogd *s, struct logdir *d);
void flush_rotate(struct svlogd *s, struct logdir *d);

/* Says on standard error how many lines were dropped that the log has not been told of. */
void flush_say_dropped(struct logdir const *d);

/* So many lines of it are not written. */
void flush_note_dropped(struct logdir *d, uint32_t lines);

/* Counts lines that are not written, as if they were. */
void flush_drop(struct logdir *d, char const *text, size_t len);

/* Takes up what a killed svlogd had read and not written. */
void recover(struct svlogd *s);

/* Processors: hears of those that have ended, and starts what is due. */
void queues_serve(struct svlogd *s);

/* The monotonic moment at which one is to be started. */
tain queues_due(struct svlogd const *s);

/* Waits until nothing is left to be processed, or a processor fails, or TERM makes it too long. */
void queues_end(struct svlogd *s);

/* From now on signals are heard, and messages wait no longer than they allow. Fatal if that can't
 * be. */
void signals_open(struct svlogd *s);

/* Notes the signals that have come. */
void signals_note(struct svlogd *s);

/* The same, and says so if we are verbose; whether TERM or HUP has come since it was called last.
 */
bool signals_read(struct svlogd *s);

#endif
