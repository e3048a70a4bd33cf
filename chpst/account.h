#ifndef TEND_ACCOUNT_H
#define TEND_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define ACCOUNT_GROUPS 60 /* the reference's limit */

struct account {
	uid_t uid;
	gid_t gid[ACCOUNT_GROUPS]; /* the primary one first */
	size_t groups;             /* at least one */
};

/* What USER[:GROUP...], or :UID:GID..., stands for. only: USER alone, a colon is part of it.
 * Trouble is reported, and ends the process with 111. */
void account_find(struct account *a, char const *text, bool only);

/* Becomes a: groups, gid, uid. 0, or -1 with errno and *what, the call that failed. */
int account_become(struct account const *a, char const **what);

#endif
