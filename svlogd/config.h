#ifndef TEND_CONFIG_H
#define TEND_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where lines are sent as datagrams. */
struct config_udp {
	bool sends;
	bool only; /* and written to current no more */
	uint8_t ip[4];
	uint16_t port;
};

/* What a log directory's config says. Pure. */
struct config {
	uint64_t size;  /* bytes at which current is rotated; 0: never */
	uint64_t keep;  /* old files kept; 0: all */
	uint64_t least; /* full disk: the oldest is deleted while there are more than these ... */
	bool frees;     /* ... if the config says so */
	bool drops;     /* then, or without that, lines are dropped */
	bool copies;    /* lines go to standard output as well */
	uint64_t age;   /* seconds after which a current that is not empty is rotated; 0: never */
	uint64_t cap;   /* bytes that current and old files have at most; 0: no limit */
	struct config_udp udp;
	/* In the text that was read, of which each needs as many bytes. */
	char const *prefix, *processor, *label;
	size_t prefix_len, processor_len, label_len; /* none: there is none */
};

void config_default(struct config *c);

/* What a line was: a rule is for select.h, the others are done with. */
enum config_result { CONFIG_DONE, CONFIG_RULE, CONFIG_BAD_ADDRESS, CONFIG_BAD_PORT };

/* Obeys one line, without its newline. Lines that mean nothing are skipped, as the reference does;
 * a bad one changes nothing. */
enum config_result config_line(struct config *c, char const *line, size_t len);

/* After the last line: what one says because of another. */
void config_end(struct config *c);

#endif
