#ifndef TEND_SHOW_H
#define TEND_SHOW_H

#include <sys/uio.h>

#include "svlogd.h"

/* Waits until standard output or error, fd, can be written to; false: TERM or HUP has come first.
 * For the messages of s, a struct svlogd (outlet_open). */
bool show_message(void *s, int fd);

/* A line as everybody but current gets it: stamp, prefix, its first len bytes, and its end, with
 * dots if they are all that is looked at. The parts are s's and d's own. */
#define SHOW_PARTS 4
void show_parts(struct iovec v[SHOW_PARTS], struct svlogd const *s, struct logdir const *d,
		uint32_t at, size_t len);

#endif
