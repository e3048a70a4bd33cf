#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cap-ng.h>
#include <skalibs/strerr.h>

#include "caps.h"

#define WRONG 100
#define TROUBLE 111

/* libcap-ng knows the names, and makes and sets the masks. Not left to it is the bounding set,
 * since its capng_apply, as Debian has it, calls a failure there a success; nor what we have
 * already, since it reads that in /proc, which may be another's after a change of the root
 * directory. */

#define CAPS 64 /* a bit each */

static bool has(uint64_t set, unsigned int cap)
{
	return set >> cap & 1;
}

static char const *verb(struct caps const *c)
{
	return c->keep ? "keep" : "drop";
}

/* cap is of the set: there is a name for it. */
static _Noreturn void fail(struct caps const *c, unsigned int cap)
{
	int const reason = errno;
	char const *const name = capng_capability_to_name(cap);

	errno = reason;
	strerr_diefusys(TROUBLE, verb(c), " capability ", name);
}

/* Whether cap is in the bounding set; -1: the kernel does not know it. */
static int in_bounds(unsigned int cap)
{
	int const in = prctl(PR_CAPBSET_READ, cap, 0, 0, 0);

	if (in < 0 && (errno != EINVAL || !cap))
		strerr_diefusys(TROUBLE, "read the bounding set of capabilities");
	return in;
}

void caps_read(struct caps *c, char const *text, bool keep)
{
	bool const none = keep && (!*text || !strcasecmp(text, "none"));
	char *const words = strdup(text);
	char *rest = none ? NULL : words;

	if (!words)
		strerr_dief(TROUBLE, "out of memory");
	capng_clear(CAPNG_SELECT_ALL);
	*c = (struct caps){ .keep = keep };
	for (char *word; (word = strsep(&rest, ","));) {
		bool const prefix = !strncasecmp(word, "cap_", 4);
		int const cap = capng_name_to_capability(prefix ? word + 4 : word);
		if (cap < 0 || cap >= CAPS)
			strerr_dief(WRONG, "unknown capability: ", word);
		/* To drop as well: what it stands for is in the power of another one then. */
		if (in_bounds((unsigned int)cap) < 0)
			strerr_dief(TROUBLE, "unable to ", verb(c), " capability ", word,
				    ": the kernel has none of that name");
		c->set |= (uint64_t)1 << cap;
	}
	free(words);
}

struct mine {
	uint64_t effective, permitted, inheritable;
};

static struct mine mine(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct d[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &head, d) < 0)
		strerr_diefusys(TROUBLE, "read the capabilities");
	return (struct mine){ .effective = d[0].effective | (uint64_t)d[1].effective << 32,
			      .permitted = d[0].permitted | (uint64_t)d[1].permitted << 32,
			      .inheritable = d[0].inheritable | (uint64_t)d[1].inheritable << 32 };
}

static void leave_bounds(struct caps const *c, unsigned int cap)
{
	if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0)
		return;
	if (!c->keep)
		fail(c, cap);
	strerr_diefusys(TROUBLE, "drop the other capabilities");
}

void caps_bound(struct caps const *c)
{
	uint64_t const permitted = mine().permitted;

	for (unsigned int cap = 0; cap < CAPS && c->keep; cap++)
		if (has(c->set, cap) && !has(permitted, cap)) {
			errno = EPERM;
			fail(c, cap);
		}
	for (unsigned int cap = 0; cap < CAPS; cap++) {
		int const in = in_bounds(cap);
		if (in < 0)
			break;
		if (in && has(c->set, cap) != c->keep)
			leave_bounds(c, cap);
	}
	if (c->keep && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		strerr_diefusys(TROUBLE, "keep capabilities");
}

/* The sets that cap is to be in. If we drop some, the others stay as they are, which is what the
 * change of the user has left. */
static unsigned int sets(struct caps const *c, struct mine const *m, unsigned int cap)
{
	if (has(c->set, cap) != c->keep)
		return 0;
	if (c->keep)
		return CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_INHERITABLE | CAPNG_AMBIENT;
	return (has(m->effective, cap) ? CAPNG_EFFECTIVE : 0) |
	       (has(m->permitted, cap) ? CAPNG_PERMITTED : 0) |
	       (has(m->inheritable, cap) ? CAPNG_INHERITABLE : 0);
}

static void raise_ambient(struct caps const *c)
{
	if (capng_apply(CAPNG_SELECT_AMBIENT) < 0)
		strerr_diefusys(TROUBLE, "keep capabilities");
	/* which is a success as well where the kernel seems to have no such set */
	for (unsigned int cap = 0; cap < CAPS; cap++)
		if (has(c->set, cap) &&
		    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, cap, 0, 0) != 1)
			fail(c, cap);
}

void caps_apply(struct caps const *c)
{
	struct mine const m = mine();

	capng_clear(CAPNG_SELECT_ALL);
	for (unsigned int cap = 0; cap < CAPS; cap++) {
		unsigned int const in = sets(c, &m, cap);
		if (in && capng_update(CAPNG_ADD, in, cap) < 0)
			strerr_diefusys(TROUBLE, verb(c), " capabilities");
	}
	if (capng_apply(CAPNG_SELECT_CAPS) < 0)
		strerr_diefusys(TROUBLE, verb(c), " capabilities");
	/* the kernel has taken what is lost out of the ambient set by itself */
	if (c->keep)
		raise_ambient(c);
}

_Noreturn void caps_unused(void)
{
	abort();
}
