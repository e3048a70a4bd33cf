#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/types.h>
#include <skalibs/uint64.h>

#include "pidfd.h"
#include "proc.h"

static ssize_t read_file(char const *path, char *buf, size_t max)
{
	int const fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	ssize_t const n = read(fd, buf, max - 1);
	fd_close(fd);
	buf[n > 0 ? n : 0] = 0;
	return n;
}

/* proc(5): after the name, which may hold anything, come state (3), parent (4), session (6) … start
 * (22) … exit code (52). */
static int parse(char const *text, struct proc *p)
{
	char const *s = strrchr(text, ')');
	char *end;

	*p = (struct proc){ .wstat = WSTAT_UNKNOWN };
	if (!s || s[1] != ' ' || !s[2])
		return errno = EINVAL, -1;
	p->state = s[2];
	s += 3;
	for (int field = 4; *s == ' '; field++, s = end) {
		unsigned long long const n = strtoull(s, &end, 10);
		if (end == s)
			break;
		if (field == 4)
			p->parent = (pid_t)n;
		else if (field == 6)
			p->session = (pid_t)n;
		else if (field == 22)
			p->start = n;
		else if (field == 52)
			p->wstat = (int)n;
	}
	if (!p->start)
		return errno = EINVAL, -1;
	if (p->state != 'Z')
		p->wstat = WSTAT_UNKNOWN;
	return 0;
}

int proc_read(pid_t pid, struct proc *p)
{
	char path[32] = "/proc/self/stat";
	char text[1024];

	if (pid) {
		size_t const n = 6 + uint64_fmt(path + 6, (uint64_t)pid);
		memcpy(path + n, "/stat", 6);
	}
	ssize_t const n = read_file(path, text, sizeof text);
	if (n < 0)
		return errno = errno == ESRCH ? ENOENT : errno, -1;
	if (!pid && strtol(text, NULL, 10) != getpid())
		return errno = ENOENT, -1; /* it is the /proc of another pid namespace */
	return parse(text, p);
}

bool proc_instance(char instance[INSTANCE_SIZE])
{
	struct proc first;
	struct stat ns;
	ssize_t const n = read_file("/proc/sys/kernel/random/boot_id", instance, 37);

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
