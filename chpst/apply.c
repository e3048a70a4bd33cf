#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "account.h"
#include "apply.h"
#include "caps.h"
#include "envdir.h"
#include "landlock.h"
#include "limits.h"

#define TROUBLE 111

static void enter_root(char const *root)
{
	if (chdir(root) < 0)
		strerr_diefusys(TROUBLE, "change directory: ", root);
	if (chroot(".") < 0)
		strerr_diefusys(TROUBLE, "change root directory");
}

static void set_nice(int level)
{
	errno = 0;
	if (nice(level) == -1 && errno)
		strerr_diefusys(TROUBLE, "set nice level");
}

static void set_id_variables(struct env *e, uid_t u, gid_t g)
{
	char uid[UINT_FMT], gid[UINT_FMT];

	if (!env_set(e, "UID", uid, uint_fmt(uid, u)) || !env_set(e, "GID", gid, uint_fmt(gid, g)))
		strerr_dief(TROUBLE, "out of memory");
}

static void set_ids(struct env *e, char const *text, bool only)
{
	struct account a;

	account_find(&a, text, only);
	set_id_variables(e, a.uid, a.gid[0]);
}

static void become(char const *text, bool only)
{
	struct account a;
	char const *what;

	account_find(&a, text, only);
	if (account_become(a.uid, a.gid, a.groups, &what) < 0)
		strerr_diefusys(TROUBLE, what);
}

static void log_in(struct env *e, char const *user)
{
	struct login l;
	char const *what;

	account_login(&l, user);
	if (!env_set(e, "USER", l.user, strlen(l.user)) ||
	    !env_set(e, "LOGNAME", l.user, strlen(l.user)) ||
	    !env_set(e, "HOME", l.home, strlen(l.home)) ||
	    !env_set(e, "SHELL", l.shell, strlen(l.shell)))
		strerr_dief(TROUBLE, "out of memory");
	set_id_variables(e, l.uid, l.gid[0]);
	if (account_become(l.uid, l.gid, l.groups, &what) < 0)
		strerr_diefusys(TROUBLE, what);
}

/* setlock -x: neither the lock nor the program is important enough for a message. */
static _Noreturn void fail(struct plan const *p, char const *what, char const *object)
{
	if (p->quiet)
		_exit(0);
	strerr_diefusys(TROUBLE, what, ": ", object);
}

/* The lock lives in the descriptor, which the program inherits. */
static void take_lock(struct plan const *p)
{
	int const fd = open(p->lock, O_WRONLY | O_NONBLOCK | O_APPEND | O_CREAT, 0600);
	int failed;

	if (fd < 0)
		fail(p, "open lock", p->lock);
	do
		failed = flock(fd, p->lock_wait ? LOCK_EX : LOCK_EX | LOCK_NB);
	while (failed && errno == EINTR);
	if (failed)
		fail(p, "lock", p->lock);
}

static void close_files(struct plan const *p)
{
	static char const *const names[] = { "stdin", "stdout", "stderr" };

	for (int fd = 0; fd < 3; fd++)
		if (p->close[fd] && close(fd) < 0)
			strerr_diefusys(TROUBLE, "close ", names[fd]);
}

static void set_limits(struct plan const *p)
{
	char const *what;

	for (unsigned int i = 0; i < p->nlimits; i++)
		if (limits_set(&p->limits[i], &what) < 0)
			strerr_diefusys(TROUBLE, what);
}

/* The search in $PATH, ours and not the program's: contract. A file that may not be executed does
 * not end the search, but is the reason given if nothing is found. Allocates nothing, because the
 * limits are the program's already. */
static void execute(char const *name, char *const *argv, char *const *env)
{
	char const *path = getenv("PATH");
	size_t const n = strlen(name) + 1;
	char file[PATH_MAX];
	int reason = ENOENT;

	if (strchr(name, '/')) {
		execve(name, argv, env);
		return;
	}
	if (!path)
		path = "/bin:/usr/bin";
	for (;; path++) {
		size_t const len = strcspn(path, ":");
		size_t const at = len ? len : 1; /* an empty element is where we are */
		if (at + 1 + n <= sizeof file) {
			memcpy(file, len ? path : ".", at);
			file[at] = '/';
			memcpy(file + at + 1, name, n);
			execve(file, argv, env);
			if (errno != ENOENT && errno != ENOTDIR)
				reason = errno;
			if (reason == errno && reason != ENOENT && reason != EACCES &&
			    reason != EPERM && reason != EISDIR)
				return;
		}
		path += len;
		if (!*path)
			break;
	}
	errno = reason;
}

static char const *const *arguments(struct plan const *p)
{
	size_t count = 0;

	if (!p->argv0)
		return p->argv;
	while (p->argv[count])
		count++;
	char const **const argv = malloc((count + 1) * sizeof *argv);
	if (!argv)
		strerr_dief(TROUBLE, "out of memory");
	memcpy(argv, p->argv, (count + 1) * sizeof *argv);
	argv[0] = p->argv0;
	return argv;
}

static void change_user(struct plan const *p, struct env *e)
{
	if (p->env_account)
		set_ids(e, p->env_account, p->account_only);
	if (p->login)
		log_in(e, p->login);
	if (p->account)
		become(p->account, p->account_only);
}

/* The order is the contract's, whatever that of the words. What is not in it stands where it
 * disturbs nothing: capabilities are needed until the user has changed, and descriptors, which
 * limits may deny, and standard error until there is no path left to complain of. */
_Noreturn void apply(struct plan const *p)
{
	char const *const *const argv = arguments(p);
	struct caps caps;
	struct env e;

	if (!env_init(&e))
		strerr_dief(TROUBLE, "out of memory");
	if (p->caps)
		caps_read(&caps, p->caps, p->caps_keep);
	if (p->session)
		setsid(); /* fails only in one that leads a group already */
	if (p->env_dir)
		envdir_read(&e, p->env_dir, p->env_strict, p->verbose);
	if (p->root)
		enter_root(p->root);
	if (p->dir && chdir(p->dir) < 0)
		strerr_diefusys(TROUBLE, "change directory: ", p->dir);
	if (p->nice)
		set_nice(p->nice);
	if (p->caps)
		caps_bound(&caps);
	change_user(p, &e);
	if (p->lock)
		take_lock(p);
	if (p->caps)
		caps_apply(&caps);
	if (p->npaths)
		landlock_restrict(p->paths, p->npaths);
	close_files(p);
	set_limits(p);
	if (p->no_new_privs && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		strerr_diefusys(TROUBLE, "give up new privileges");
	execute(p->argv[0], (char *const *)argv, e.list);
	fail(p, p->npaths && errno == EACCES ? "run within -R and -W" : "run", p->argv[0]);
}
