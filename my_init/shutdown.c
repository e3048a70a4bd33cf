#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include <skalibs/djbunix.h>
#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>

#include "files.h"
#include "paths.h"
#include "say.h"
#include "shutdown.h"
#include "spawn.h"

enum { TROUBLE = 111 };

static int run(char const *path, sigset_t const *mask, int *wstat)
{
	char const *const argv[] = { path, NULL };
	pid_t const pid = spawn(&(struct spawn){ .path = path,
						 .argv = argv,
						 .dir = -1,
						 .fd = { -1, -1 },
						 .mask = mask,
						 .what = "execute it",
						 .code = TROUBLE });

	return pid < 0 || wait_pid(pid, wstat) < 0 ? -1 : 0;
}

static bool run_one(char const *dir, char const *name, bool quiet)
{
	stralloc path = STRALLOC_ZERO;
	sigset_t mask;
	int wstat;
	bool good = true;

	sigprocmask(SIG_SETMASK, NULL, &mask);
	if (!stralloc_cats(&path, dir) || !stralloc_cats(&path, "/") ||
	    !stralloc_cats(&path, name) || !stralloc_0(&path))
		strerr_dief(TROUBLE, "out of memory");
	if (files_is_program(path.s)) {
		say_running(quiet, path.s);
		good = run(path.s, &mask, &wstat) == 0;
		if (!good)
			strerr_warnwusys("run ", path.s);
		else if (wstat)
			say_failed(false, path.s, wstat);
		good = good && !wstat;
	}
	stralloc_free(&path);
	return good;
}

int shutdown_run(char const *name, bool quiet)
{
	struct dirent **list;
	char const *const dir = !strcmp(name, "stop") ? PATHS_PRE_SHUTDOWN : PATHS_POST_SHUTDOWN;
	bool good = true;
	int const n = files_list(dir, &list);

	for (int i = 0; i < n; i++)
		good = run_one(dir, list[i]->d_name, quiet) && good;
	if (n >= 0)
		files_forget(list, n);
	return !good;
}
