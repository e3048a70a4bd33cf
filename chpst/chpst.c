#include <skalibs/strerr.h>

#include "apply.h"
#include "plan.h"

#define USAGE 100

/* Messages carry this name whatever we were called by: contract. */
char const *PROG = "chpst";

int main(int argc, char const *const *argv)
{
	struct plan p;
	struct plan_error e;
	char letter[2] = "";

	enum plan_result const result = plan_make(&p, &e, argc, argv);
	if (result == PLAN_OK)
		apply(&p);
	if (result == PLAN_VERSION)
		strerr_warn("chpst (tend)");
	*letter = e.letter;
	if (e.letter)
		strerr_warn(e.name,
			    e.missing ? ": option requires an argument -- "
				      : ": illegal option -- ",
			    letter);
	strerr_die(USAGE, "usage: ", e.prog, e.usage, "\n");
}
