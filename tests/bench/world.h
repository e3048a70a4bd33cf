#ifndef WORLD_H
#define WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "stub/stamp.h"

/* The machine as the benchmarks see it: time, processes, memory. Every function that waits ends the
 * whole program, with all it has started, when the user has had enough (INT, TERM, HUP). */

void world_begin(char const *fifo); /* become the reaper of all that is started; open the FIFO */
void world_clear(void);             /* end all that was started and is left */
_Noreturn void world_die(char const *why, char const *what);

int64_t now_ns(void);
void nap_ms(int ms);

/* The next stamp of that kind from that tree; false after so many milliseconds. */
bool stamp_wait(char tag, char kind, int ms, struct stamp *s);
void stamp_drain(void);

/* All our descendants; comm is compared as far as the kernel keeps it. NULL: any. */
size_t processes(char const *comm, pid_t *pids, size_t max);
bool processes_wait(char const *comm, size_t n, int ms); /* until there are so many */
void settle(void); /* until they use no CPU worth mentioning */

int64_t cpu_ns(pid_t pid);
int64_t switches(pid_t pid);
int64_t pss_kib(pid_t pid);
int64_t used_kib(void); /* of the machine, without what the kernel could drop at once */

/* Control groups: CPU over all of a tree, also of what has ended, and its memory, also the
 * kernel's. A process that writes "0" to the descriptors joins; -1 where there is no such group to
 * be had. */
enum { GROUP_CPU, GROUP_MEMORY, GROUPS };
void group_make(int join[GROUPS]);
void group_remove(int join[GROUPS]);
int64_t group_cpu_ns(void);
int64_t group_kib(void); /* without the pages of files; -1: not known */

#endif
