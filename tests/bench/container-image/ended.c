/* ended PID MS: sends TERM, and after MS KILL as docker would; prints how many milliseconds it took
 * PID to end, and when that was, as a stamp. For the host: PID is a container's process 1. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "stamp.h"

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 100;
	pid_t const pid = (pid_t)strtol(argv[1], NULL, 10);
	struct pollfd x = { .fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN };
	double const began = now_ms();
	if (pid <= 1 || x.fd < 0 || kill(pid, SIGTERM) < 0) {
		perror("ended");
		return 111;
	}
	if (poll(&x, 1, (int)strtol(argv[2], NULL, 10)) == 0) {
		kill(pid, SIGKILL);
		poll(&x, 1, -1);
	}
	double const took = now_ms() - began;
	printf("%.3f %lld\n", took, now_ns());
	return 0;
}
