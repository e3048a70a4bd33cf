#include <signal.h>
#include <sys/wait.h>

#include "pidfd.h"
#include "policy.h"

enum { FAILED_FOR_GOOD = 125, UNKNOWN = 111 };

char const *const restart_names[RESTARTS] = { "always", "on-failure", "no" };
char const *const kill_mode_names[KILL_MODES] = { "process", "group", "tree" };
char const *const essential_names[ESSENTIALS] = { "no", "yes", "failed" };

struct policy const policy_none = { .success.codes = { 1 },
				    .down_signal = SIGTERM,
				    .timeout_kill = VALUE_NEVER,
				    .timeout_finish = VALUE_NEVER };

bool policy_failed(struct policy const *p, int wstat)
{
	if (wstat == WSTAT_UNKNOWN)
		return true;
	if (WIFSIGNALED(wstat))
		return !value_codes_has_signal(&p->success, (unsigned int)WTERMSIG(wstat));
	return !value_codes_has(&p->success, (unsigned int)WEXITSTATUS(wstat));
}

bool policy_last(struct policy const *p, int wstat)
{
	switch (p->restart) {
	case RESTART_NO:
		return true;
	case RESTART_ON_FAILURE:
		return !policy_failed(p, wstat);
	case RESTART_ALWAYS:
	case RESTARTS:
		break;
	}
	return false;
}

bool policy_last_by_finish(struct policy const *p, int wstat)
{
	return p->asked_for && wstat != WSTAT_UNKNOWN && WIFEXITED(wstat) &&
	       WEXITSTATUS(wstat) == FAILED_FOR_GOOD;
}

int policy_code(struct policy const *p, int wstat)
{
	if (!policy_failed(p, wstat))
		return 0;
	if (wstat == WSTAT_UNKNOWN)
		return UNKNOWN;
	if (WIFSIGNALED(wstat))
		return 128 + WTERMSIG(wstat);
	return WEXITSTATUS(wstat) ? WEXITSTATUS(wstat) : 1;
}
