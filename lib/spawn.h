#ifndef TEND_SPAWN_H
#define TEND_SPAWN_H

#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

/* What a child is given beside its program. */
struct spawn {
	char const *path;        /* executed as it is; with search, looked for in $PATH */
	char const *const *argv; /* argv[0] first, NULL last */
	bool search;
	bool session;         /* setsid first */
	bool hangup;          /* HUP at default too, beside CHLD and TERM */
	int dir;              /* directory to start in; -1: ours */
	char const *subdir;   /* and from there into this one; NULL: stay */
	int fd[2];            /* become its 0 and 1; -1: ours */
	int err;              /* becomes its 2; 0: ours */
	int part;             /* descriptors from this on are not its; 0: all are, until exec */
	sigset_t const *mask; /* signals blocked in it; never NULL */
	struct rlimit const *nofile; /* its limit of descriptors; NULL: ours */
	/* Called in the child before exec, with context; not 0: the child leaves with 111.
	 * It shares the parent's memory: only system calls, nothing kept. NULL: nothing. */
	int (*before)(void *context);
	void *context;
	/* What is said when exec fails: "PROG: fatal: unable to WHAT: reason". */
	char const *what;
	int code;         /* and its exit code then */
	int code_missing; /* the same if there is no such program; 0: code */
};

/* Starts it; the pid, or -1 with errno. The parent waits
 * until the child has executed its program or ended (vfork): the memory of the parent is never
 * copied, and an exec that failed has been reported when this returns. */
pid_t spawn(struct spawn const *s);

/* Can the kernel do `part`? None from `from` on must be open. */
bool spawn_parts(int from);

/* execve of name, looked for in $PATH (default /bin:/usr/bin) unless it holds a slash. Returns only
 * if that failed, with errno. Allocates nothing. */
void spawn_exec(char const *name, char const *const *argv);

#endif
