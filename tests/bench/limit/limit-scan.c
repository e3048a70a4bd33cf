/* The least scanner: limit-scan DIR starts NAME/run of what is renamed into DIR; limit-scan DIR
 * SUPERVISOR starts SUPERVISOR NAME, also of what is there already. HUP ends what it started. */
#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 20000 };

static pid_t pids[MOST];
static unsigned int count;

static void start(char const *supervisor, char const *name, sigset_t const *mask)
{
	char const *const argv[] = { supervisor ? supervisor : "./run", supervisor ? name : NULL,
				     NULL };
	extern char **environ;
	pid_t const pid = vfork();

	if (!pid) {
		sigprocmask(SIG_SETMASK, mask, NULL);
		if (supervisor || chdir(name) == 0)
			execve(argv[0], (char *const *)argv, environ);
		_exit(111);
	}
	if (pid > 0 && count < MOST)
		pids[count++] = pid;
}

static void start_all(char const *supervisor, sigset_t const *mask)
{
	DIR *const dir = opendir(".");

	for (struct dirent *d; dir && (d = readdir(dir));)
		if (d->d_name[0] != '.')
			start(supervisor, d->d_name, mask);
	if (dir)
		closedir(dir);
}

static void look(int in, char const *supervisor, sigset_t const *mask)
{
	char buf[4096] __attribute__((aligned(8)));
	ssize_t const n = read(in, buf, sizeof buf);

	for (ssize_t i = 0; i < n;) {
		struct inotify_event const *const e = (struct inotify_event const *)(buf + i);
		start(supervisor, e->name, mask);
		i += (ssize_t)(sizeof *e + e->len);
	}
}

int main(int argc, char **argv)
{
	char const *const supervisor = argc > 2 ? argv[2] : NULL;
	sigset_t mine, old;

	if (argc < 2 || chdir(argv[1]) < 0)
		return 100;
	sigemptyset(&mine);
	sigaddset(&mine, SIGHUP);
	sigaddset(&mine, SIGCHLD);
	sigprocmask(SIG_BLOCK, &mine, &old);
	int const signals = signalfd(-1, &mine, SFD_CLOEXEC);
	int const in = inotify_init1(IN_CLOEXEC);
	if (inotify_add_watch(in, ".", IN_MOVED_TO) < 0)
		return 100;
	if (supervisor)
		start_all(supervisor, &old);
	for (;;) {
		struct pollfd x[2] = { { .fd = in, .events = POLLIN },
				       { .fd = signals, .events = POLLIN } };
		struct signalfd_siginfo s;

		poll(x, 2, -1);
		if (x[0].revents)
			look(in, supervisor, &old);
		if (!x[1].revents || read(signals, &s, sizeof s) != (ssize_t)sizeof s)
			continue;
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		if (s.ssi_signo != SIGHUP)
			continue;
		for (unsigned int i = 0; i < count; i++)
			kill(pids[i], SIGTERM);
		_exit(111);
	}
}
