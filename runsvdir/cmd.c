#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <skalibs/strerr.h>

#include "cmd.h"
#include "files.h"
#include "spawn.h"

enum { NOT_EXECUTABLE = 126, NOT_FOUND = 127, UNKNOWN = 111 };

int command_code(int wstat)
{
	return WIFSIGNALED(wstat) ? 128 + WTERMSIG(wstat) : WEXITSTATUS(wstat);
}

static bool has_terminal(void)
{
	return tcgetpgrp(0) == getpgrp();
}

/* Job control is the shell's, if CMD is one: a group of its own in the foreground. All signals are
 * blocked here, so that taking it is allowed. */
static int prepare(void *terminal)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (*(bool const *)terminal && setpgid(0, 0) == 0)
		tcsetpgrp(0, getpid());
	return 0;
}

/* What it is started with: it is no runsv, which takes a blocked TERM over. */
static sigset_t mask_of(struct scanner const *s)
{
	sigset_t mask = s->mask;

	sigdelset(&mask, SIGTERM);
	return mask;
}

/* What both are given. */
static struct spawn child_of(struct scanner const *s, sigset_t *mask, bool *terminal)
{
	*mask = mask_of(s);
	return (struct spawn){ .hangup = true,
			       .dir = -1,
			       .fd = { -1, -1 },
			       .part = service_part(s),
			       .mask = mask,
			       .nofile = &s->nofile,
			       .before = prepare,
			       .context = terminal };
}

bool command_start(struct scanner *s, int *code)
{
	static char what[300] = "start ";
	bool terminal = has_terminal();
	sigset_t mask;
	struct spawn child = child_of(s, &mask, &terminal);

	child.path = s->command_argv[0];
	child.argv = (char const *const *)s->command_argv;
	child.search = true;
	child.what = what;
	child.code = NOT_EXECUTABLE;
	child.code_missing = NOT_FOUND;
	strncat(what, child.path, sizeof what - strlen(what) - 1);
	s->command = spawn(&child);
	if (s->command > 0)
		return true;
	strerr_warnwusys("fork for ", child.path);
	s->command = 0;
	*code = UNKNOWN;
	return false;
}

void command_resume(struct scanner const *s)
{
	siginfo_t info = { .si_pid = 0 };

	if (s->command <= 0 || waitid(P_PID, (id_t)s->command, &info, WSTOPPED | WNOHANG) < 0 ||
	    !info.si_pid)
		return;
	/* a group of its own: it has the terminal */
	if (info.si_status == SIGTSTP && getpgid(s->command) == s->command)
		kill(-s->command, SIGCONT);
}

void command_signal(struct scanner const *s, int sig)
{
	if (s->command <= 0)
		return;
	kill(s->command, sig);
	if (sig == SIGTERM)
		kill(s->command, SIGCONT);
}

static pid_t start_hook(struct scanner *s, struct spawn const *child)
{
	pid_t const pid = spawn(child);

	if (pid < 0)
		strerr_warnwusys("fork for ", child->path);
	s->hook = pid < 0 ? 0 : pid;
	return pid;
}

/* That of -H: its words, then the name. It knows nothing of DIR, which may be missing. */
static pid_t hook_program_start(struct scanner *s, char const *name, char const *argument)
{
	char const *argv[HOOK_WORDS + 3];
	unsigned int n = 0;
	bool terminal = false;
	sigset_t mask;
	struct spawn child = child_of(s, &mask, &terminal);

	if (!strcmp(name, "start"))
		return 0;
	for (; s->hook_argv[n]; n++)
		argv[n] = s->hook_argv[n];
	argv[n++] = name;
	argv[n++] = argument;
	argv[n] = NULL;
	child.path = argv[0];
	child.argv = argv;
	child.search = true;
	child.fd[0] = s->null;
	child.what = "start the program of -H";
	child.code = UNKNOWN;
	return start_hook(s, &child);
}

pid_t hook_start(struct scanner *s, char const *name, char const *argument)
{
	char path[32] = ".runsvdir/", what[64] = "start .runsvdir/";
	char const *const argv[] = { path, argument, NULL };
	bool terminal = false;
	sigset_t mask;
	struct spawn child = child_of(s, &mask, &terminal);
	struct stat st;

	if (s->hook_argv[0])
		return hook_program_start(s, name, argument);
	strncat(path, name, sizeof path - strlen(path) - 1);
	strncat(what, name, sizeof what - strlen(what) - 1);
	if (s->dir < 0 || fstatat(s->dir, path, &st, 0) < 0 || !S_ISREG(st.st_mode) ||
	    !(st.st_mode & S_IXUSR))
		return 0;
	child.path = path;
	child.argv = argv;
	child.dir = s->dir;
	child.fd[0] = s->null;
	child.what = what;
	child.code = UNKNOWN;
	return start_hook(s, &child);
}
