#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "account.h"

/* -1, which means "leave it" to the system calls, is no id. */
static bool id(char const *word, unsigned int *value)
{
	return uint0_scan(word, value) && *value != (unsigned int)-1;
}

static bool numbers(struct account *a, char *words)
{
	unsigned int n;
	char *word = strsep(&words, ":");

	if (!id(word, &n))
		return false;
	a->uid = n;
	while ((word = strsep(&words, ":"))) {
		if (a->groups == ACCOUNT_GROUPS || !id(word, &n))
			return false;
		a->gid[a->groups++] = n;
	}
	return a->groups > 0;
}

static bool names(struct account *a, char *words, bool only)
{
	char *word = only ? words : strsep(&words, ":");
	char *rest = only ? NULL : words;

	errno = 0;
	struct passwd const *const user = getpwnam(word);
	if (!user)
		return false;
	a->uid = user->pw_uid;
	if (!rest)
		a->gid[a->groups++] = user->pw_gid;
	while ((word = strsep(&rest, ":"))) {
		errno = 0;
		struct group const *const group = getgrnam(word);
		if (!group || a->groups == ACCOUNT_GROUPS)
			return false;
		a->gid[a->groups++] = group->gr_gid;
	}
	return true;
}

/* Looking up in files that don't exist finds nothing; other trouble has a reason. */
static bool absent(int reason)
{
	return !reason || reason == ENOENT || reason == ENOTDIR || reason == ESRCH;
}

void account_find(struct account *a, char const *text, bool only)
{
	bool const numeric = !only && *text == ':';
	char *const words = strdup(text + numeric);

	if (!words)
		strerr_dief(111, "out of memory");
	a->groups = 0;
	bool const found = numeric ? numbers(a, words) : names(a, words, only);
	if (!found && numeric)
		strerr_dief(111, "invalid uid/gids: ", text + 1);
	if (!found && !absent(errno))
		strerr_diefusys(111, "get password/group file entry");
	if (!found)
		strerr_dief(111, only ? "unknown account: " : "unknown user/group: ", text);
	free(words);
}

int account_become(uid_t uid, gid_t const *gid, size_t groups, char const **what)
{
	*what = "setgroups";
	if (setgroups(groups, gid) < 0)
		return -1;
	*what = "setgid";
	if (setgid(gid[0]) < 0)
		return -1;
	*what = "setuid";
	return setuid(uid);
}

/* Not initgroups: musl's gives up above 32. */
static bool all_groups(struct login *l, gid_t primary)
{
	for (int room = 0, n = ACCOUNT_GROUPS; n > room;) {
		room = n;
		free(l->gid);
		l->gid = malloc((size_t)room * sizeof *l->gid);
		if (!l->gid)
			return false;
		if (getgrouplist(l->user, primary, l->gid, &n) >= 0) {
			l->groups = (size_t)n;
			return true;
		}
	}
	return false;
}

void account_login(struct login *l, char const *user)
{
	unsigned int uid;

	errno = 0;
	struct passwd const *p = getpwnam(user);
	if (!p && absent(errno)) {
		bool const number = id(user, &uid);
		errno = 0;
		p = number ? getpwuid(uid) : NULL;
	}
	if (!p && !absent(errno))
		strerr_diefusys(111, "get password/group file entry");
	if (!p)
		strerr_dief(111, "unknown user: ", user);
	*l = (struct login){ .user = strdup(p->pw_name),
			     .home = strdup(p->pw_dir),
			     .shell = strdup(*p->pw_shell ? p->pw_shell : "/bin/sh"),
			     .uid = p->pw_uid };
	if (!l->user || !l->home || !l->shell)
		strerr_dief(111, "out of memory");
	if (!all_groups(l, p->pw_gid))
		strerr_diefusys(111, "get the groups of ", user);
}
