#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/types.h>

#include "files.h"
#include "orphans.h"
#include "proc.h"

struct orphans {
	struct scanner const *s;
	int sig;
	size_t n;
};

static void look_at(void *orphans, char const *name)
{
	struct orphans *const o = orphans;
	unsigned int pid;
	struct proc p;

	if (!uint0_scan(name, &pid) || (pid_t)pid == o->s->command || (pid_t)pid == o->s->hook ||
	    proc_read((pid_t)pid, &p) < 0 || p.state == 'Z' || p.parent != getpid() ||
	    roster_of_pid(&o->s->roster, (pid_t)pid))
		return;
	o->n++;
	/* it is ours: its number can't be another one's before we have reaped it */
	if (o->sig)
		kill((pid_t)pid, o->sig);
}

size_t orphans_signal(struct scanner const *s, int sig)
{
	struct orphans o = { .s = s, .sig = sig };

	if (s->spare_orphans)
		return 0;
	int const proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (proc < 0)
		return 0;
	files_each(proc, look_at, &o);
	fd_close(proc);
	return o.n;
}
