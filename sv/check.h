#ifndef TEND_CHECK_H
#define TEND_CHECK_H

#include <signal.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "goal.h"
#include "out.h"

/* What check scripts get of ours: our own state before a wait began. */
struct check_setup {
	sigset_t mask;
	struct rlimit nofile;
	int null; /* -1 at first; then /dev/null */
};

/* Runs ./check of the service NAME in the directory dir (a descriptor), if it has one: CHECK_RUNS
 * and its pid, which leads a process group. CHECK_GOOD: there is none, or it can't be executed,
 * which is warned of. CHECK_BAD: it can't be looked for or started, also warned of. A warning is
 * given only if warn. */
enum check check_start(struct check_setup *c, int dir, char const *name, bool warn, pid_t *pid,
		       struct out *o);

/* What a wait status says: only an exit with 0 is good. */
enum check check_result(int wstat);

/* Ends it with all its children. */
void check_kill(pid_t pid);

#endif
