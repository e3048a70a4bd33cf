#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/genalloc.h>
#include <skalibs/types.h>

#include "files.h"
#include "orphans.h"
#include "place.h"
#include "proc.h"

struct orphans {
	struct scanner const *s;
	genalloc loggers; /* pid_t: those that drain */
	int sig;
	size_t n;
};

static pid_t logger_of(struct place at)
{
	struct place_log log;
	char text[UINT_FMT];
	unsigned int pid;

	if (!place_log(&log, at) || !files_text(log.at, "/pid", text, sizeof text))
		return 0;
	return uint_scan(text, &pid) ? (pid_t)pid : 0;
}

/* One whose runsv was replaced is our child as well, and no orphan while it has an entry. */
static void find_loggers(struct orphans *o)
{
	for (size_t i = 0; i < roster_len(&o->s->roster); i++) {
		struct entry const *const e = roster_at(&o->s->roster, i);
		pid_t const pid = logger_of(place_of(o->s, e));
		if (pid)
			genalloc_append(pid_t, &o->loggers, &pid);
	}
}

static bool drains(struct orphans const *o, pid_t pid)
{
	pid_t const *const loggers = genalloc_s(pid_t, &o->loggers);

	for (size_t i = 0; i < genalloc_len(pid_t, &o->loggers); i++)
		if (loggers[i] == pid)
			return true;
	return false;
}

static void look_at(void *orphans, char const *name)
{
	struct orphans *const o = orphans;
	unsigned int pid;
	struct proc p;

	if (!uint0_scan(name, &pid) || (pid_t)pid == o->s->command || (pid_t)pid == o->s->hook ||
	    proc_read((pid_t)pid, &p) < 0 || p.state == 'Z' || p.parent != getpid() ||
	    roster_of_pid(&o->s->roster, (pid_t)pid) || drains(o, (pid_t)pid))
		return;
	o->n++;
	/* it is ours: its number can't be another one's before we have reaped it */
	if (o->sig)
		kill((pid_t)pid, o->sig);
}

size_t orphans_signal(struct scanner const *s, int sig)
{
	struct orphans o = { .s = s, .sig = sig, .loggers = GENALLOC_ZERO };

	if (s->spare_orphans)
		return 0;
	int const proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (proc < 0)
		return 0;
	if (sig == SIGTERM)
		find_loggers(&o);
	files_each(proc, look_at, &o);
	fd_close(proc);
	genalloc_free(pid_t, &o.loggers);
	return o.n;
}
