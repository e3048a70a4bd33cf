#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/types.h>

#include "files.h"
#include "orphans.h"

/* The parent of a process, from its line in /proc (proc(5)): after the name, which may hold
 * anything, come state and parent. 0: it has gone, or has ended. */
static pid_t parent_of(int proc, char const *pid)
{
	char path[32], text[512];
	size_t const n = strlen(pid);

	if (n > 10)
		return 0;
	memcpy(path, pid, n);
	memcpy(path + n, "/stat", 6);
	int const fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	ssize_t const r = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
	if (fd >= 0)
		fd_close(fd);
	text[r > 0 ? r : 0] = 0;
	char const *const end = strrchr(text, ')');
	return end && end[1] == ' ' && end[2] && end[2] != 'Z' ? (pid_t)strtol(end + 3, NULL, 10)
							       : 0;
}

struct orphans {
	struct scanner const *s;
	int proc, sig;
	size_t n;
};

static void look_at(void *orphans, char const *name)
{
	struct orphans *const o = orphans;
	unsigned int pid;

	if (!uint0_scan(name, &pid) || (pid_t)pid == o->s->command || (pid_t)pid == o->s->hook ||
	    parent_of(o->proc, name) != getpid() || roster_of_pid(&o->s->roster, (pid_t)pid))
		return;
	o->n++;
	/* it is ours: its number can't be another one's before we have reaped it */
	if (o->sig)
		kill((pid_t)pid, o->sig);
}

size_t orphans_signal(struct scanner const *s, int sig)
{
	struct orphans o = { .s = s,
			     .proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
			     .sig = sig };

	if (o.proc < 0)
		return 0;
	files_each(o.proc, look_at, &o);
	fd_close(o.proc);
	return o.n;
}
