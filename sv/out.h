#ifndef TEND_OUT_H
#define TEND_OUT_H

#include <stddef.h>

#define OUT_SIZE 65536

/* What goes to stdout, gathered so that all lines of a command are one write. */
struct out {
	size_t len;
	unsigned int troubles; /* lines that count in the exit code */
	char text[OUT_SIZE];
};

/* Writes what was gathered. As with the reference, an output that can't be written is no trouble:
 * the command has been obeyed. */
void out_flush(struct out *o);

/* A place for n bytes, n <= OUT_SIZE; whoever fills it adds to o->len what was used. */
char *out_room(struct out *o, size_t n);

void out_put(struct out *o, char const *text);

/* "KIND: NAMESUFFIX: what[: reason]" and a newline. reason is an errno, 0: none. Counted as a
 * trouble unless it is ok. */
void out_ok(struct out *o, char const *name, char const *what);
void out_fail(struct out *o, char const *name, char const *suffix, char const *what, int reason);
void out_warn(struct out *o, char const *name, char const *suffix, char const *what, int reason);

/* To stderr, after the whole lines that were gathered: "warning: unable to VERB NAMEFILE: reason".
 * Not counted. */
void out_aside(struct out *o, char const *verb, char const *name, char const *file, int reason);

#endif
