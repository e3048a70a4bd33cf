#ifndef TEND_EVENTS_H
#define TEND_EVENTS_H

#include <poll.h>
#include <signal.h>
#include <sys/types.h>

#include <skalibs/tai.h>

/* Blocks the given signals (0 ends the list), restores CHLD to its default, and returns a
 * descriptor that is readable when one is pending, or -1 with errno. *inherited becomes the mask
 * that the caller was started with, less the given signals: the one its children are to have. */
int events_signals(sigset_t *inherited, int const *signals);

/* The next pending signal of fd, or 0. *sender, unless NULL, becomes the process that has sent it,
 * 0 for one of the kernel's own. */
int events_signal(int fd, pid_t *sender);

/* Waits until one of x is ready or the monotonic deadline is over (tain_infinite: never). Number of
 * ready ones; a wait that a signal interrupted returns 0; -1 with errno. */
int events_wait(struct pollfd *x, nfds_t n, tain const *deadline);

#endif
