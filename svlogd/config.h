#ifndef TEND_CONFIG_H
#define TEND_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a log directory's config says. Pure. */
struct config {
	uint64_t size;  /* bytes at which current is rotated; 0: never */
	uint64_t keep;  /* old files kept; 0: all */
	uint64_t least; /* full disk: the oldest is deleted while there are more than these ... */
	bool frees;     /* ... if the config says so */
	uint64_t age;   /* seconds after which a current that is not empty is rotated; 0: never */
	char const *prefix; /* in the text that was read, of which it needs prefix_len bytes */
	size_t prefix_len;
	char const *processor; /* the same; no bytes: none */
	size_t processor_len;
};

void config_default(struct config *c);

/* Obeys one line, without its newline. Returns 0, the letter of a rule (+ - e E), or the letter of
 * a directive which exists in runit but is not implemented here. Lines that mean nothing are
 * skipped, as the reference does. */
char config_line(struct config *c, char const *line, size_t len);

#endif
