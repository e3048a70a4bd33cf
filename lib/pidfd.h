#ifndef TEND_PIDFD_H
#define TEND_PIDFD_H

#include <sys/types.h>

/* Processes that are not our children. Headers of the C library lack these calls or are late. */

/* Nobody can tell how it ended. */
#define WSTAT_UNKNOWN (-1)

/* A close-on-exec descriptor that polls readable when pid has ended; -1 with errno. */
int pidfd_of(pid_t pid);

/* kill(2) through it; 0, or -1 with errno. */
int pidfd_signal(int pidfd, int sig);

/* The same to its process group, whose leader pid it is; -1: it has ended, or leads none. */
int pidfd_signal_group(int pidfd, pid_t pid, int sig);

/* The wait status of an ended process, where the kernel tells it (6.15, once it has been reaped),
 * else WSTAT_UNKNOWN. */
int pidfd_wstat(int pidfd);

#endif
