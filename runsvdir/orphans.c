#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/genalloc.h>
#include <skalibs/types.h>

#include "files.h"
#include "orphans.h"
#include "pidfd.h"
#include "place.h"
#include "proc.h"

struct process {
	pid_t pid, parent;
	bool lost; /* it is an orphan, or below one */
};

struct orphans {
	struct scanner const *s;
	genalloc all;     /* struct process: those that live */
	genalloc spared;  /* pid_t: what a runsv looks after */
	genalloc stopped; /* pid_t */
};

static bool has(genalloc const *pids, pid_t pid)
{
	pid_t const *const p = genalloc_s(pid_t, pids);

	for (size_t i = 0; i < genalloc_len(pid_t, pids); i++)
		if (p[i] == pid)
			return true;
	return false;
}

static void spare(struct orphans *o, struct place at)
{
	char text[UINT_FMT];
	unsigned int number;

	if (!files_text(at, "/pid", text, sizeof text) || !uint_scan(text, &number))
		return;
	pid_t const pid = (pid_t)number;
	genalloc_append(pid_t, &o->spared, &pid);
}

/* A finish, or a logger that drains, is our child as well if its runsv was replaced. */
static void spare_all(struct orphans *o)
{
	for (size_t i = 0; i < roster_len(&o->s->roster); i++) {
		struct place const at = place_of(o->s, roster_at(&o->s->roster, i));
		struct place_log log;
		spare(o, at);
		if (place_log(&log, at))
			spare(o, log.at);
	}
}

static bool is_orphan(struct orphans const *o, struct process const *p)
{
	return p->parent == getpid() && p->pid != o->s->command && p->pid != o->s->hook &&
	       !roster_of_pid(&o->s->roster, p->pid) && !has(&o->spared, p->pid);
}

static void add(void *orphans, char const *name)
{
	struct orphans *const o = orphans;
	unsigned int pid;
	struct proc p;

	if (!uint0_scan(name, &pid) || proc_read((pid_t)pid, &p) < 0 || p.state == 'Z')
		return;
	struct process one = { .pid = (pid_t)pid, .parent = p.parent };
	one.lost = is_orphan(o, &one);
	genalloc_append(struct process, &o->all, &one);
}

static bool list(struct orphans *o)
{
	int const proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (proc < 0)
		return false;
	genalloc_setlen(struct process, &o->all, 0);
	files_each(proc, add, o);
	fd_close(proc);
	return true;
}

/* One more row of what is below them. */
static bool descend(struct orphans *o)
{
	struct process *const p = genalloc_s(struct process, &o->all);
	size_t const n = genalloc_len(struct process, &o->all);
	bool more = false;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n && !p[i].lost; k++)
			if (p[k].lost && p[k].pid == p[i].parent)
				more = p[i].lost = true;
	return more;
}

/* Not kill: its number may be another one's, since its parent is not us. */
static void stop(struct process const *p)
{
	struct proc now;
	int const fd = pidfd_of(p->pid);

	if (fd < 0)
		return;
	if (proc_read(p->pid, &now) == 0 && now.parent == p->parent)
		pidfd_signal(fd, SIGSTOP);
	fd_close(fd);
}

static bool stop_all(struct orphans *o)
{
	struct process const *const p = genalloc_s(struct process, &o->all);
	bool any = false;

	for (size_t i = 0; i < genalloc_len(struct process, &o->all); i++) {
		if (!p[i].lost || has(&o->stopped, p[i].pid))
			continue;
		stop(&p[i]);
		genalloc_append(pid_t, &o->stopped, &p[i].pid);
		any = true;
	}
	return any;
}

/* Those that fork faster than they are killed are stopped before, with all that is below them,
 * until there are no new ones: who has a signal does not finish a fork. */
static void freeze(struct orphans *o)
{
	enum { TURNS = 16 };

	for (int i = 0; i < TURNS; i++) {
		while (descend(o))
			;
		if (!stop_all(o) || !list(o))
			break;
	}
	while (descend(o))
		;
}

size_t orphans_signal(struct scanner const *s, int sig)
{
	struct orphans o = { s, GENALLOC_ZERO, GENALLOC_ZERO, GENALLOC_ZERO };
	size_t n = 0;

	if (s->spare_orphans)
		return 0;
	/* later nobody waits for what a runsv still has */
	if (s->stop.phase < STOP_FINISH)
		spare_all(&o);
	list(&o);
	if (sig == SIGKILL)
		freeze(&o);
	struct process const *const p = genalloc_s(struct process, &o.all);
	for (size_t i = 0; i < genalloc_len(struct process, &o.all); i++) {
		if (!p[i].lost)
			continue;
		n++;
		/* ours, or a stopped one's: it is not reaped before we do that */
		if (sig)
			kill(p[i].pid, sig);
	}
	genalloc_free(struct process, &o.all);
	genalloc_free(pid_t, &o.spared);
	genalloc_free(pid_t, &o.stopped);
	return n;
}
