#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/uint64.h>

#include "pidfd.h"
#include "proc.h"

ssize_t proc_file(char const *path, char *buf, size_t max)
{
	int const fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	ssize_t const n = read(fd, buf, max - 1);
	fd_close(fd);
	buf[n > 0 ? n : 0] = 0;
	return n;
}

/* proc(5): after the name, which may hold anything, come state (3), parent (4), session (6) …
 * threads (20), start (22) … exit code (52). */
static int parse(char const *text, struct proc *p)
{
	char const *s = strrchr(text, ')');
	unsigned long long threads = 0;
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
		else if (field == 20)
			threads = n;
		else if (field == 22)
			p->start = n;
		else if (field == 52)
			p->wstat = (int)n;
	}
	if (!p->start)
		return errno = EINVAL, -1;
	/* only its first thread has ended */
	if (p->state == 'Z' && threads > 1)
		p->state = 'S';
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
	ssize_t const n = proc_file(path, text, sizeof text);
	if (n < 0)
		return errno = errno == ESRCH ? ENOENT : errno, -1;
	if (!pid && strtol(text, NULL, 10) != getpid())
		return errno = ENOENT, -1; /* it is the /proc of another pid namespace */
	return parse(text, p);
}
