/* The least that could be a container's process 1: limit DIR starts each NAME/run of it, passes on
 * TERM, and ends when nobody is left. */
#include <dirent.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	DIR *const dir = argc == 2 && chdir(argv[1]) == 0 ? opendir(".") : NULL;
	char *const run[] = { "./run", NULL };
	extern char **environ;
	sigset_t mine, old;
	int sig = 0;

	if (!dir)
		return 100;
	sigemptyset(&mine);
	sigaddset(&mine, SIGTERM);
	sigaddset(&mine, SIGCHLD);
	sigprocmask(SIG_BLOCK, &mine, &old);
	for (struct dirent *d; (d = readdir(dir));) {
		if (d->d_name[0] == '.' || vfork())
			continue;
		sigprocmask(SIG_SETMASK, &old, NULL);
		if (chdir(d->d_name) == 0)
			execve(run[0], run, environ);
		_exit(111);
	}
	while (sig != SIGTERM)
		if ((sig = sigwaitinfo(&mine, NULL)) == SIGCHLD)
			while (waitpid(-1, NULL, WNOHANG) > 0)
				;
	kill(-1, SIGTERM);
	while (waitpid(-1, NULL, 0) > 0)
		;
	_exit(0);
}
