#ifndef TEND_PLAN_H
#define TEND_PLAN_H

#include <stdbool.h>
#include <stdint.h>

/* The words of chpst, or of one of its other names, as what is to be done. Pure. All strings are
 * the caller's. */

/* A soft limit; what a letter stands for is limits.c's. */
struct plan_limit {
	char letter; /* of softlimit's option */
	bool hard;   /* as much as the hard limit allows */
	uint64_t value;
};

#define PLAN_LIMITS 16

struct plan_path {
	char const *name;
	bool write;
};

#define PLAN_PATHS 64

struct plan {
	bool session;
	bool verbose;
	char const *env_dir;
	bool env_strict; /* a directory in env_dir is fatal */
	char const *root, *dir;
	int nice;
	char const *env_account, *account; /* for $UID and $GID, and to become */
	bool account_only;                 /* both: the name of an account and no groups */
	char const *login;                 /* to become with everything that is theirs */
	bool no_new_privs;
	char const *caps; /* the list to keep or to drop; NULL: leave them */
	bool caps_keep;
	struct plan_path paths[PLAN_PATHS]; /* npaths of them; if any, no other file is there */
	unsigned int npaths;
	char const *lock;
	bool lock_wait;
	bool quiet; /* no message and exit 0 when the lock or the program fails */
	bool close[3];
	struct plan_limit limits[PLAN_LIMITS]; /* nlimits of them, in the order given */
	unsigned int nlimits;
	char const *argv0;       /* NULL: as argv[0] */
	char const *const *argv; /* the program's */
};

enum plan_result { PLAN_OK, PLAN_USAGE, PLAN_VERSION };

/* What a usage error was. */
struct plan_error {
	char const *name;  /* the one we were called by, */
	char const *prog;  /* and what the usage says for it: without a leading d */
	char const *usage; /* what follows it in the usage line */
	char letter;       /* the option that is illegal or lacks its argument; 0: neither */
	bool missing;
};

/* argv is main's. With PLAN_USAGE and PLAN_VERSION only *e is to be used. */
enum plan_result plan_make(struct plan *p, struct plan_error *e, int argc, char const *const *argv);

#endif
