#ifndef TEND_PROC_H
#define TEND_PROC_H

#include <stdint.h>
#include <sys/types.h>

/* Reads the file into buf, which has room for max bytes, and ends it with a NUL; how many, or -1
 * with errno. */
ssize_t proc_file(char const *path, char *buf, size_t max);

/* What /proc/PID/stat says of a process. */
struct proc {
	char state; /* Z: ended with all its threads, not reaped */
	pid_t parent, session;
	uint64_t start; /* clock ticks since boot */
	int wstat;      /* its exit status, once it is a zombie and if we may see it */
};

/* The process pid, or this one for 0. 0, or -1 with errno: ENOENT when there is none, or no /proc.
 * Safe between vfork and exec. */
int proc_read(pid_t pid, struct proc *p);

#endif
