#include <errno.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "events.h"
#include "stamp.h"

int events_signals(sigset_t *inherited, int const *signals)
{
	sigset_t set;

	/* ignored by whoever started us, it would never come */
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&set);
	for (int const *s = signals; *s; s++)
		sigaddset(&set, *s);
	if (sigprocmask(SIG_BLOCK, &set, inherited) < 0)
		return -1;
	/* they are ours, whether they came blocked or not: a runsv that executed itself has them so
	 */
	for (int const *s = signals; *s; s++)
		sigdelset(inherited, *s);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int events_signal(int fd, pid_t *sender)
{
	struct signalfd_siginfo info;
	ssize_t n;

	do
		n = read(fd, &info, sizeof info);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof info)
		return 0;
	if (sender)
		*sender = info.ssi_code == SI_USER ? (pid_t)info.ssi_pid : 0;
	return (int)info.ssi_signo;
}

int events_wait(struct pollfd *x, nfds_t n, tain const *deadline)
{
	struct timespec left = { 0 };
	tain now, rest;

	if (tain_less(deadline, &tain_infinite)) {
		stamp_monotonic(&now);
		if (tain_less(&now, deadline)) {
			tain_sub(&rest, deadline, &now);
			left.tv_sec = (time_t)rest.sec.x;
			left.tv_nsec = (long)rest.nano;
		}
	}
	int const r = ppoll(x, n, tain_less(deadline, &tain_infinite) ? &left : NULL, NULL);
	return r < 0 && errno == EINTR ? 0 : r;
}
