#ifndef RUNSV_LIFE_H
#define RUNSV_LIFE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "proc.h"
#include "record.h"

/* Boot id, start of process 1 and the pid namespace; the empty string, and
 * false with errno, where /proc does not tell. */
bool proc_instance(char instance[INSTANCE_SIZE]);

/* Is this process still there? A zombie is: its other threads may live on, only a pidfd can tell.
 */
enum proc_life { PROC_GONE, PROC_THERE, PROC_UNKNOWN };
enum proc_life proc_life(struct identity const *id, struct proc *p);

/* The wait status of a process that is not our child and has ended, by its pidfd (6.15) or its
 * zombie; WSTAT_UNKNOWN if nobody tells. */
int proc_wstat(int pidfd, struct identity const *id);

#endif
