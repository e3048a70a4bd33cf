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

/* Becomes them: groups, of which the first is the primary one, gid, uid. 0, or -1 with errno and
 * *what, the call that failed. */
int account_become(uid_t uid, gid_t const *gid, size_t groups, char const **what);

/* What a login as a user sets up. The strings and the groups stay allocated. */
struct login {
	char *user, *home, *shell;
	uid_t uid;
	gid_t *gid; /* all of the user's, the primary one first */
	size_t groups;
};

/* By name, or by number if no user has that name. Trouble as in account_find. */
void account_login(struct login *l, char const *user);

#endif
