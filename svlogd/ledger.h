#ifndef TEND_LEDGER_H
#define TEND_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "line.h"

/* What must outlive a kill -9: the bytes that were read, and how far each directory has got with
 * them. It lies in memory that belongs to a file (store.c), so the next svlogd finds it. Pure.
 *
 * A process that is killed stops between two of its instructions, with all earlier stores done.
 * Everything but the bytes is there twice, and one store tells which image is valid. A read is
 * recorded after it was made: for the moment in between, what lies behind the recorded end is kept
 * at 0, and whatever is not 0 was read. (NULs that end such a read, without a newline, are lost.)
 */

#define LEDGER_DIRS 16 /* directories that can be recorded */

/* Offsets are bytes from the beginning of the input. */
struct ledger_input {
	uint32_t end;     /* behind the last byte that was read */
	uint32_t carried; /* those before it came before the last read: stamp[0], the others
			     stamp[1] */
	uint32_t stale;   /* not 0: what is not 0 behind end was not read, it was moved away */
	uint32_t last;    /* nothing more was to come: the line that waits gets its newline */
	uint32_t stamp_len[2];
	char stamp[2][LINE_STAMP_MAX];
};

/* Of a long line the rest goes where its beginning went. */
enum { LEDGER_WRITTEN = 1, LEDGER_SKIPPED };

/* How far one directory has got. */
struct ledger_cursor {
	uint64_t dir;     /* inode of the directory; 0: none */
	uint64_t file;    /* inode of its current, */
	uint64_t size;    /* and its bytes when it had all that is recorded here */
	uint64_t done;    /* bytes that were written of what becomes of the input at `at` */
	uint32_t at;      /* offset of the first byte that is not written, where a piece begins */
	uint32_t prefix;  /* length of the prefix that done was written with */
	uint32_t rules;   /* select_hash of the rules that done was written with */
	uint32_t dropped; /* lines that a full disk has cost, and nobody was told of */
	uint8_t torn;     /* and then current ended in a line */
	uint8_t middle;   /* LEDGER_WRITTEN, LEDGER_SKIPPED: the line at `at` has begun before it */
	uint8_t udp;      /* enum udp: what has become of the line at `at` that way */
};

struct ledger;

/* The bytes that a ledger needs before the input. */
#define LEDGER_OVERHEAD 2048

/* Makes a ledger of LEDGER_OVERHEAD bytes of 0: nothing was read, nobody has got anywhere. The id
 * is not 0 and no other ledger's. */
void ledger_create(struct ledger *l, uint64_t id);

/* Makes a ledger of 0 the same as another one, of which it copies `size` bytes. It is valid when
 * all of it is there. */
void ledger_copy(struct ledger *l, struct ledger const *from, size_t size);

/* Which one it is, also when it has moved; 0: it was never created. */
uint64_t ledger_id(struct ledger const *l);

/* Whether size bytes at l are a ledger whose offsets lie within them. */
bool ledger_valid(struct ledger const *l, size_t size);

/* What is recorded. Both need a valid ledger. */
void ledger_read(struct ledger const *l, struct ledger_input *in,
		 struct ledger_cursor cursors[LEDGER_DIRS]);

/* Records, all of it in one instant. The first n cursors are given, the others are none. */
void ledger_commit(struct ledger *l, struct ledger_input const *in,
		   struct ledger_cursor const *cursors, size_t n);

/* The end of what was read into the size bytes at input, of which the first `end` are recorded. */
size_t ledger_found(char const *input, size_t end, size_t size);

#endif
