#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pidfd.h"

/* Linux 6.15, <linux/pidfd.h>: older headers lack it, older kernels refuse it. */
struct info {
	uint64_t mask, cgroupid;
	uint32_t pid, tgid, ppid, ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid;
	int32_t exit_code;
};
#define INFO_EXIT UINT64_C(8)
#define GET_INFO _IOWR(0xff, 11, struct info)

int pidfd_of(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

int pidfd_signal(int pidfd, int sig)
{
	return (int)syscall(SYS_pidfd_send_signal, pidfd, sig, NULL, 0);
}

int pidfd_signal_group(int pidfd, pid_t pid, int sig)
{
	enum { PROCESS_GROUP = 1 << 2 }; /* Linux 6.9 */
	struct pollfd x = { .fd = pidfd, .events = POLLIN };
	int const r = (int)syscall(SYS_pidfd_send_signal, pidfd, sig, NULL, PROCESS_GROUP);

	if (r == 0 || errno != EINVAL)
		return r;
	/* who has reaped it is another one: its number may come again from then on */
	return poll(&x, 1, 0) == 0 ? kill(-pid, sig) : -1;
}

int pidfd_wstat(int pidfd)
{
	struct info info = { .mask = INFO_EXIT };

	/* the request's type is int in one C library and unsigned long in another */
	if (syscall(SYS_ioctl, pidfd, GET_INFO, &info) == 0 && info.mask & INFO_EXIT)
		return info.exit_code;
	return WSTAT_UNKNOWN;
}
