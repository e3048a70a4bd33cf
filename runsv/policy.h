#ifndef TEND_POLICY_H
#define TEND_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "value.h"

/* What the settings of a service say about its ends. Pure. Times are milliseconds, VALUE_NEVER:
 * none. */

enum restart { RESTART_ALWAYS, RESTART_ON_FAILURE, RESTART_NO, RESTARTS };

enum kill_mode { KILL_PROCESS, KILL_GROUP, KILL_TREE, KILL_MODES };

/* Whether its end for good, or only a failed one, ends the whole tree. */
enum essential { ESSENTIAL_NO, ESSENTIAL_YES, ESSENTIAL_FAILED, ESSENTIALS };

struct policy {
	enum restart restart;
	bool asked_for; /* there is a `restart`: an exit 125 of finish is a failure for good */
	struct value_codes success;
	unsigned int down_signal;
	enum kill_mode kill_mode;
	enum essential essential;
	uint64_t timeout_kill;   /* after the down signal of d, x and t */
	uint64_t timeout_finish; /* how long finish may take */
};

/* The names of their values, in the files. */
extern char const *const restart_names[RESTARTS];
extern char const *const kill_mode_names[KILL_MODES];
extern char const *const essential_names[ESSENTIALS];

/* Without any setting: runit. */
extern struct policy const policy_none;

/* Whether an end of run is a failure: a code or a signal that is no success. Unknown is one. */
bool policy_failed(struct policy const *p, int wstat);

/* Whether run, which has ended so and was not told to (by sv), is not to be started again. */
bool policy_last(struct policy const *p, int wstat);

/* The same, because of how finish has ended. */
bool policy_last_by_finish(struct policy const *p, int wstat);

/* The exit code that stands for an end: 0 for a success, 128 + N for signal N, 111 for unknown, 1
 * for an exit 0 that is none. */
int policy_code(struct policy const *p, int wstat);

#endif
