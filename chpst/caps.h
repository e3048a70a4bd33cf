#ifndef TEND_CAPS_H
#define TEND_CAPS_H

#include <stdbool.h>
#include <stdint.h>

/* The capabilities to keep, all others being dropped, or to drop, all others being left. */
struct caps {
	uint64_t set; /* bit n is capability n */
	bool keep;
};

/* Reads a list of names with commas between, with or without CAP_ in front, in any case. To keep
 * may also be "none" or "". A name that is none is reported, and ends the process with 100. */
void caps_read(struct caps *c, char const *text, bool keep);

/* The first half, while we may still do everything, before the user changes: the bounding set, and
 * that what is to be kept outlives that change. Nothing else is lost yet. Trouble, which a
 * capability that we lack or the kernel does not know is as well, is reported and ends the process
 * with 111. */
void caps_bound(struct caps const *c);

/* The second half, after it: the permitted, effective, inheritable and ambient sets. What is kept
 * is in each of them, so that it outlives the exec of a user who is not root. Trouble as above. */
void caps_apply(struct caps const *c);

/* Stands for functions that libcap-ng has no use for here, see the Makefile. Aborts. */
_Noreturn void caps_unused(void);

#endif
