#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "say.h"

void say_running(bool quiet, char const *path)
{
	if (!quiet)
		strerr_warn("*** Running ", path, "...");
}

void say_running_command(bool quiet, char *const *words)
{
	stralloc line = STRALLOC_ZERO;
	bool good = true;

	for (unsigned int i = 0; good && words[i]; i++)
		good = stralloc_cats(&line, i ? " " : "") && stralloc_cats(&line, words[i]);
	if (good && stralloc_0(&line))
		say_running(quiet, line.s);
	stralloc_free(&line);
}

void say_runit(bool quiet)
{
	char pid[UINT_FMT];

	if (quiet)
		return;
	pid[uint_fmt(pid, (unsigned int)getpid())] = 0;
	strerr_warn("*** Booting runit daemon...");
	strerr_warn("*** Runit started as PID ", pid);
}

void say_failed(bool fatal, char const *path, int wstat)
{
	char number[UINT_FMT];
	char const *const how = fatal ? ": fatal: " : ": warning: ";

	if (WIFSIGNALED(wstat)) {
		int const sig = WTERMSIG(wstat);
		number[uint_fmt(number, (unsigned int)sig)] = 0;
		strerr_warn(PROG, how, path, " was killed by signal ", number, " (", strsignal(sig),
			    ")");
	} else {
		number[uint_fmt(number, (unsigned int)WEXITSTATUS(wstat))] = 0;
		strerr_warn(PROG, how, path, " failed with exit code ", number);
	}
}
