#include <signal.h>

#include "../../runsv/policy.h"
#include "pidfd.h"
#include "tap.h"

enum { EXIT = 256 };

static void without(void)
{
	struct policy const *const p = &policy_none;

	ok(!policy_failed(p, 0) && policy_failed(p, 1 * EXIT) && policy_failed(p, SIGTERM) &&
		   policy_failed(p, WSTAT_UNKNOWN),
	   "only 0 is a success");
	ok(!policy_last(p, 0) && !policy_last(p, 1 * EXIT) && !policy_last(p, WSTAT_UNKNOWN),
	   "it is started again, whatever happened");
	ok(!policy_last_by_finish(p, 125 * EXIT), "whatever finish says");
	is_int((long)p->down_signal, SIGTERM, "it is stopped by TERM");
	ok(p->timeout_kill == VALUE_NEVER && p->timeout_finish == VALUE_NEVER, "for ever");
}

static void restarts(void)
{
	struct policy p = policy_none;

	p.asked_for = true;
	p.restart = RESTART_NO;
	ok(policy_last(&p, 0) && policy_last(&p, 1 * EXIT) && policy_last(&p, WSTAT_UNKNOWN),
	   "no: never again");
	p.restart = RESTART_ON_FAILURE;
	ok(policy_last(&p, 0) && !policy_last(&p, 1 * EXIT) && !policy_last(&p, SIGSEGV) &&
		   !policy_last(&p, WSTAT_UNKNOWN),
	   "on-failure: after a success not");
	ok(value_codes("0 143 TERM", &p.success) && policy_last(&p, 143 * EXIT) &&
		   policy_last(&p, SIGTERM) && !policy_last(&p, SIGINT),
	   "what is a success can be said");
	ok(value_codes("3", &p.success) && !policy_last(&p, 0), "also that 0 is none");
	p.restart = RESTART_ALWAYS;
	ok(policy_last_by_finish(&p, 125 * EXIT) && !policy_last_by_finish(&p, 0) &&
		   !policy_last_by_finish(&p, 126 * EXIT) && !policy_last_by_finish(&p, SIGKILL) &&
		   !policy_last_by_finish(&p, WSTAT_UNKNOWN),
	   "beside a `restart` finish's 125 is a failure for good");
}

static void codes(void)
{
	struct policy p = policy_none;

	is_int(policy_code(&p, 0), 0, "0 is 0");
	is_int(policy_code(&p, 42 * EXIT), 42, "a code is itself");
	is_int(policy_code(&p, SIGKILL), 137, "a signal 128 more");
	is_int(policy_code(&p, SIGSEGV | 128), 139, "also with a core");
	is_int(policy_code(&p, WSTAT_UNKNOWN), 111, "nobody knows");
	value_codes("143 TERM", &p.success);
	is_int(policy_code(&p, 143 * EXIT), 0, "a success is 0");
	is_int(policy_code(&p, SIGTERM), 0, "also by a signal");
	is_int(policy_code(&p, 0), 1, "a 0 that is no success is 1");
}

int main(void)
{
	without();
	restarts();
	codes();
	return done();
}
