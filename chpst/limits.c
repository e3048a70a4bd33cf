#include <stddef.h>
#include <sys/resource.h>

#include "limits.h"

/* glibc has an enumeration of its own for what POSIX and musl call an int. */
#ifdef __GLIBC__
typedef __rlimit_resource_t resource_t;
#else
typedef int resource_t;
#endif

/* clang-format off */
static struct {
	char letter;
	resource_t resource;
} const meanings[] = {
	{ 'a', RLIMIT_AS },
	{ 'c', RLIMIT_CORE },
	{ 'd', RLIMIT_DATA },
	{ 'f', RLIMIT_FSIZE },
	{ 'l', RLIMIT_MEMLOCK },
	{ 'm', RLIMIT_DATA },
	{ 'm', RLIMIT_STACK },
	{ 'm', RLIMIT_MEMLOCK },
	{ 'm', RLIMIT_AS },
	{ 'o', RLIMIT_NOFILE },
	{ 'p', RLIMIT_NPROC },
	{ 'r', RLIMIT_RSS },
	{ 's', RLIMIT_STACK },
	{ 't', RLIMIT_CPU },
};
/* clang-format on */

static int set(resource_t resource, struct plan_limit const *l, char const **what)
{
	struct rlimit r;

	*what = "getrlimit()";
	if (getrlimit(resource, &r) < 0)
		return -1;
	r.rlim_cur = l->hard || l->value > r.rlim_max ? r.rlim_max : l->value;
	*what = "setrlimit()";
	return setrlimit(resource, &r);
}

int limits_set(struct plan_limit const *l, char const **what)
{
	for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
		if (meanings[i].letter == l->letter && set(meanings[i].resource, l, what) < 0)
			return -1;
	return 0;
}
