#ifndef TEND_OUTLET_H
#define TEND_OUTLET_H

#include <stdbool.h>
#include <sys/types.h>
#include <sys/uio.h>

/* Standard output and error: others write there, too, and who reads there may have stopped. */

/* A message of ours (strerr) waits from now on until it can be written or, as waits says (false:
 * hurry), is left out. */
void outlet_open(bool (*waits)(void *context, int fd), void *context);

/* To be called when fd can be written to. Writes v, of n parts, or of more than PIPE_BUF bytes what
 * there is room for, without a wait as far as the kernel is able to. Returns bytes; -1 with errno,
 * EAGAIN: somebody else took the room. */
ssize_t outlet_write(int fd, struct iovec const *v, unsigned int n);

#endif
