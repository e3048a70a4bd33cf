/* The least supervisor of DIR/run and, if it is there, DIR/log/run: started, started again when
 * they end, two letters, ended by TERM. It keeps no state for others, except that "answer" tells of
 * a restart. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int pipes[2] = { -1, -1 };
static pid_t service, logger;
static int ending, asked;
static sigset_t mask;

static pid_t start(char const *dir, int from, int to)
{
	char *const argv[] = { "./run", NULL };
	extern char **environ;
	pid_t const pid = vfork();

	if (pid)
		return pid;
	sigprocmask(SIG_SETMASK, &mask, NULL);
	if (from >= 0)
		dup2(from, to);
	if (!dir || chdir(dir) == 0)
		execve("./run", argv, environ);
	_exit(111);
}

static void answer(void)
{
	int const fd = open("answer", O_WRONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 || write(fd, "", 1) < 0)
		return;
	close(fd);
}

static void reap(void)
{
	for (pid_t pid; (pid = waitpid(-1, NULL, WNOHANG)) > 0;) {
		if (pid == logger)
			logger = ending ? 0 : start("log", pipes[0], 0);
		if (pid != service)
			continue;
		service = ending ? 0 : start(NULL, pipes[1], 1);
		if (asked)
			answer();
		asked = 0;
		if (ending && pipes[0] >= 0) {
			close(pipes[0]);
			close(pipes[1]);
			pipes[0] = -1;
		}
	}
	if (ending && !service && !logger)
		_exit(0);
}

int main(int argc, char **argv)
{
	sigset_t mine;

	if (argc < 2 || chdir(argv[1]) < 0)
		return 100;
	sigemptyset(&mine);
	sigaddset(&mine, SIGTERM);
	sigaddset(&mine, SIGCHLD);
	sigprocmask(SIG_BLOCK, &mine, &mask);
	int const signals = signalfd(-1, &mine, SFD_CLOEXEC);
	mkfifo("control", 0600);
	int const control = open("control", O_RDWR | O_CLOEXEC);
	if (access("log", F_OK) == 0 && pipe2(pipes, O_CLOEXEC) == 0)
		logger = start("log", pipes[0], 0);
	service = start(NULL, pipes[1], 1);
	for (;;) {
		struct pollfd x[2] = { { .fd = signals, .events = POLLIN },
				       { .fd = control, .events = POLLIN } };
		struct signalfd_siginfo s;
		char letter;

		poll(x, 2, -1);
		if (x[1].revents && read(control, &letter, 1) == 1) {
			asked = letter == 'r';
			kill(service, letter == 'r' ? SIGTERM : SIGHUP);
		}
		if (!x[0].revents || read(signals, &s, sizeof s) != (ssize_t)sizeof s)
			continue;
		if (s.ssi_signo == SIGTERM) {
			ending = 1;
			kill(service, SIGTERM);
		}
		reap();
	}
}
