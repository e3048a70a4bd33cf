#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include <skalibs/uint64.h>

#include "pidfd.h"
#include "life.h"

bool proc_instance(char instance[INSTANCE_SIZE])
{
	struct proc first;
	struct stat ns;
	ssize_t const n = proc_file("/proc/sys/kernel/random/boot_id", instance, 37);

	if (n != 36) {
		errno = n < 0 ? errno : ENOENT;
		instance[0] = 0;
		return false;
	}
	/* Under hidepid process 1 is not shown to everybody: the boot alone must do. Any other
	 * reason is one of this moment. */
	first.start = 0;
	if (proc_read(1, &first) < 0 && errno != ENOENT && errno != EACCES && errno != EPERM) {
		instance[0] = 0;
		return false;
	}
	instance[36] = ':';
	size_t len = 37 + uint64_fmt(instance + 37, first.start);
	instance[len++] = ':';
	instance[len + uint64_fmt(instance + len,
				  stat("/proc/self/ns/pid", &ns) < 0 ? 0 : ns.st_ino)] = 0;
	return true;
}

enum proc_life proc_life(struct identity const *id, struct proc *p)
{
	if (id->start && proc_read(id->pid, p) == 0)
		return p->start == id->start ? PROC_THERE : PROC_GONE;
	/* /proc lacks it, or hides it, or can't be read just now */
	return kill(id->pid, 0) < 0 && errno == ESRCH ? PROC_GONE : PROC_UNKNOWN;
}

int proc_wstat(int pidfd, struct identity const *id)
{
	struct proc p;
	/* The zombie first: it may be reaped meanwhile, and only then the pidfd knows. Its 0 can
	 * also mean that we may not see the code. */
	bool const its = proc_read(id->pid, &p) == 0 && p.start == id->start && p.state == 'Z';
	int const seen = its && p.wstat ? p.wstat : WSTAT_UNKNOWN;
	int const told = pidfd_wstat(pidfd);

	return told != WSTAT_UNKNOWN ? told : seen;
}
