#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
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
	uint64_t start;
	bool spared; /* with what is below it */
	bool lost;   /* it is an orphan, or below one */
};

struct orphans {
	struct scanner *s;
	genalloc all;     /* struct process: those that live, by pid */
	genalloc spared;  /* pid_t: what a runsv looks after */
	genalloc stopped; /* struct process, by pid */
	bool lack;        /* of memory */
};

static int by_pid(void const *a, void const *b)
{
	pid_t const p = ((struct process const *)a)->pid, q = ((struct process const *)b)->pid;

	return (p > q) - (p < q);
}

static void sort(genalloc *processes)
{
	if (genalloc_len(struct process, processes))
		qsort(genalloc_s(struct process, processes),
		      genalloc_len(struct process, processes), sizeof(struct process), by_pid);
}

static struct process *of_pid(genalloc const *processes, pid_t pid)
{
	struct process const key = { .pid = pid };
	size_t const n = genalloc_len(struct process, processes);

	return n ? bsearch(&key, genalloc_s(struct process, processes), n, sizeof key, by_pid)
		 : NULL;
}

/* The same one, not one that has its number by now. */
static bool has(genalloc const *processes, struct process const *p)
{
	struct process const *const q = of_pid(processes, p->pid);

	return q && q->start == p->start;
}

static void spare(struct orphans *o, struct place at)
{
	char text[UINT_FMT];
	unsigned int number;

	if (!files_text(at, "/pid", text, sizeof text) || !uint_scan(text, &number))
		return;
	pid_t const pid = (pid_t)number;
	o->lack = !genalloc_append(pid_t, &o->spared, &pid) || o->lack;
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

static bool is_spared(struct orphans const *o, pid_t pid)
{
	pid_t const *const p = genalloc_s(pid_t, &o->spared);

	for (size_t i = 0; i < genalloc_len(pid_t, &o->spared); i++)
		if (p[i] == pid)
			return true;
	return pid == o->s->command || pid == o->s->hook || roster_of_pid(&o->s->roster, pid);
}

static void add(void *orphans, char const *name)
{
	struct orphans *const o = orphans;
	unsigned int pid;
	struct proc p;

	if (!uint0_scan(name, &pid) || proc_read((pid_t)pid, &p) < 0 || p.state == 'Z')
		return;
	struct process one = { .pid = (pid_t)pid, .parent = p.parent, .start = p.start };
	one.spared = is_spared(o, one.pid);
	one.lost = one.parent == getpid() && !one.spared;
	o->lack = !genalloc_append(struct process, &o->all, &one) || o->lack;
}

static bool list(struct orphans *o)
{
	int const proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct proc self;

	if (proc < 0)
		return false;
	genalloc_setlen(struct process, &o->all, 0);
	/* it may be the /proc of another pid namespace */
	bool const good = proc_read(0, &self) == 0 && files_each(proc, add, o) == 0;
	fd_close(proc);
	sort(&o->all);
	return good;
}

/* One more row of what is below them. */
static bool descend(struct orphans *o)
{
	struct process *const p = genalloc_s(struct process, &o->all);
	bool more = false;

	for (size_t i = 0; i < genalloc_len(struct process, &o->all); i++) {
		if (p[i].lost || p[i].spared)
			continue;
		struct process const *const parent = of_pid(&o->all, p[i].parent);
		if (parent && parent->lost)
			more = p[i].lost = true;
	}
	return more;
}

/* Not kill: its number may be another one's, since its parent is not us. False: it was not the one
 * that was listed. */
static bool stop(struct process const *p)
{
	struct proc now;
	int const fd = pidfd_of(p->pid);

	if (fd < 0)
		return false;
	bool const same =
		proc_read(p->pid, &now) == 0 && now.parent == p->parent && now.start == p->start;
	if (same)
		pidfd_signal(fd, SIGSTOP);
	fd_close(fd);
	return same;
}

static bool stop_all(struct orphans *o)
{
	struct process const *const p = genalloc_s(struct process, &o->all);
	bool any = false;

	for (size_t i = 0; i < genalloc_len(struct process, &o->all); i++) {
		if (!p[i].lost || has(&o->stopped, &p[i]))
			continue;
		any = true;
		if (stop(&p[i]))
			o->lack = !genalloc_append(struct process, &o->stopped, &p[i]) || o->lack;
	}
	sort(&o->stopped);
	return any;
}

/* Those that fork faster than they are killed are stopped before, with all that is below them,
 * until there are no new ones: only KILL, which follows, keeps a fork that has begun from its end.
 */
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

/* Ours, or one that is stopped or has a stopped parent: none is reaped before we do that. */
static size_t kill_all(struct orphans *o)
{
	struct process const *const p = genalloc_s(struct process, &o->all);
	struct process const *const t = genalloc_s(struct process, &o->stopped);
	size_t n = genalloc_len(struct process, &o->stopped);

	/* whatever has become of the list meanwhile */
	for (size_t i = 0; i < genalloc_len(struct process, &o->stopped); i++)
		kill(t[i].pid, SIGKILL);
	for (size_t i = 0; i < genalloc_len(struct process, &o->all); i++) {
		if (!p[i].lost || has(&o->stopped, &p[i]))
			continue;
		kill(p[i].pid, SIGKILL);
		n++;
	}
	return n;
}

/* Those that are noted have had it, and live. */
static size_t term_all(struct orphans *o)
{
	struct process *const p = genalloc_s(struct process, &o->all);
	size_t n = 0;

	for (size_t i = 0; i < genalloc_len(struct process, &o->all); i++) {
		if (!p[i].lost)
			continue;
		if (!has(&o->s->orphans, &p[i])) {
			kill(p[i].pid, SIGTERM);
			kill(p[i].pid, SIGCONT);
		}
		p[n++] = p[i];
	}
	genalloc_setlen(struct process, &o->all, n);
	genalloc_free(struct process, &o->s->orphans);
	o->s->orphans = o->all;
	o->all = (genalloc)GENALLOC_ZERO;
	return n;
}

size_t orphans_signal(struct scanner *s, int sig)
{
	struct orphans o = { .s = s };
	size_t n = 0;

	if (s->spare_orphans)
		return 0;
	/* later nobody waits for what a runsv still has */
	if (s->stop.phase < STOP_FINISH)
		spare_all(&o);
	list(&o);
	if (o.lack)
		n = 1;
	else if (sig == SIGTERM)
		n = term_all(&o);
	else {
		freeze(&o);
		n = kill_all(&o);
	}
	genalloc_free(struct process, &o.all);
	genalloc_free(pid_t, &o.spared);
	genalloc_free(struct process, &o.stopped);
	return n;
}
