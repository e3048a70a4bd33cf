#include <fcntl.h>
#include <string.h>

#include "judge.h"
#include "letters.h"

enum role { ROLE_NONE, ROLE_CONTROL, ROLE_LOG_CONTROL, ROLE_PIPE };

struct service *services[64];
int service_count;

void judge_reset(void)
{
	service_count = 0;
}

struct service *judge_service(struct inode *dir, char const *name)
{
	struct service *const s = arena(sizeof *s);

	strncpy(s->name, name, NAME - 1);
	s->dir = dir;
	dir->service = s;
	s->number = 1;
	return services[service_count++] = s;
}

char const *judge_name(struct service const *s)
{
	return s->name;
}

static bool is_busy(struct service const *s)
{
	return s->run[OF_SERVICE] || s->finish;
}

static void note_run(struct service *s, struct process const *p)
{
	struct run *const r = &s->runs[s->run_count++ % RUNS_KEPT];

	*r = (struct run){ .pid = p->pid, .born = p->born };
}

/* One copy, over all deaths of runsv and of the scanner. */
static void born_run(struct process *p)
{
	struct service *const s = p->service;
	struct process *const other = s->run[p->who];

	if (other)
		broken("one copy: %s/%s runs as %d and %d", s->name, p->who ? "log" : "run",
		       (int)other->pid, (int)p->pid);
	if (s->finish && p->who == OF_SERVICE)
		broken("one copy: %s runs as %d beside its finish %d", s->name, (int)p->pid,
		       (int)s->finish->pid);
	if (p->who == OF_SERVICE && !is_busy(s))
		s->busy_since = w.now;
	s->run[p->who] = p;
	if (p->who == OF_LOGGER)
		s->log_off = false;
	else
		note_run(s, p);
}

static void born_finish(struct process *p)
{
	struct service *const s = p->service;

	if (is_busy(s))
		broken("one copy: finish %d of %s beside %s", (int)p->pid, s->name,
		       s->finish ? "another" : "its run");
	s->busy_since = w.now;
	s->finish = p;
}

void judge_born(struct process *p)
{
	if (p->program == PROGRAM_RUNSV)
		return; /* whose it is, its lock tells; and R changes nothing of that */
	p->service = p->cwd->service;
	if (!p->service)
		return;
	p->who = p->cwd == p->service->dir ? OF_SERVICE : OF_LOGGER;
	if (p->program == PROGRAM_RUN || p->program == PROGRAM_SVLOGD)
		born_run(p);
	else if (p->program == PROGRAM_FINISH)
		born_finish(p);
}

struct process *judge_scanner(void)
{
	for (int i = 0; i < w.processes; i++)
		if (w.table[i]->program == PROGRAM_RUNSVDIR && process_lives(w.table[i]))
			return w.table[i];
	return NULL;
}

static bool is_stopped(struct service const *s)
{
	return !s->runsv && !s->run[0] && !s->run[1] && !s->finish &&
	       !tree(s->dir, "supervise/record");
}

void judge_moved(struct service *s, bool in_scan)
{
	struct process const *const p = judge_scanner();

	s->held_by = judge_holder(s);
	s->in_scan = in_scan;
	s->moved = w.now;
	/* a young one may not have read the directory */
	s->left = !in_scan && !is_stopped(s) && (s->left || !p || w.now - p->born < SECOND);
}

/* The scanner that has the pipe: for a second it could look for that of a runsv which it had, and
 * whose entry was there. */
struct process const *judge_holder(struct service const *s)
{
	struct process const *const p = judge_scanner();
	int64_t since = s->runsv_since > s->moved ? s->runsv_since : s->moved;

	if (!p || s->held_by == p)
		return p;
	since = since > p->born ? since : p->born;
	return s->runsv && s->in_scan && w.now - since > SECOND ? p : NULL;
}

static void scanner_ends(void)
{
	for (int i = 0; i < service_count; i++)
		if (!services[i]->in_scan && !is_stopped(services[i]))
			services[i]->left = true;
}

/* One that ends between vfork and exec has had a pid, too. */
static void child_ends(struct process const *p)
{
	struct service *const s = p->parent->service;

	if (s && p->parent->program == PROGRAM_RUNSV) {
		note_run(s, p);
		s->runs[(s->run_count - 1) % RUNS_KEPT].ended = w.now;
	}
}

void judge_ends(struct process *p)
{
	struct service *const s = p->service;

	if (!p->lives_as_actor)
		child_ends(p);
	if (p->program == PROGRAM_RUNSVDIR && p->lives_as_actor)
		scanner_ends();
	if (!s)
		return;
	for (int who = 0; who < 2; who++)
		if (s->run[who] == p)
			s->run[who] = NULL;
	for (unsigned int i = 0; i < RUNS_KEPT; i++)
		if (s->runs[i].pid == p->pid && s->runs[i].born == p->born)
			s->runs[i].ended = w.now;
	if (s->finish == p)
		s->finish = NULL;
	if (s->runsv == p) {
		s->held_by = judge_holder(s);
		s->runsv = NULL;
	}
	if (p->program == PROGRAM_SV && p->said)
		settled_claims(p);
}

/* A pid comes again soon. */
static void sent_to_stranger(struct process const *p, int sig)
{
	struct process const *const from = w.current;

	if (from->program == PROGRAM_RUNSV && from->service && p->service != from->service &&
	    p->lives_as_actor && sig != SIGCHLD)
		broken("a signal is for whom it is meant: runsv %d of %s sends %d to %s",
		       (int)from->pid, from->service->name, sig, process_name(p));
}

/* A writer outlives runsv and logger. */
void judge_unread(struct process const *p)
{
	if (p->program == PROGRAM_RUN && p->service)
		broken("a pipe has a reader: %s", process_name(p));
}

/* TERM is an x without a letter. */
void judge_signalled(struct process *p, int sig)
{
	sent_to_stranger(p, sig);
	if (p->program == PROGRAM_RUNSV && sig == SIGTERM && p->service && p->lives_as_actor)
		p->service->unsure[0] = p->service->unsure[1] = true;
}

static bool is_of(struct inode const *i, char const *dir, struct service const *s)
{
	return s && s->dir && i->parent == tree(s->dir, dir);
}

void judge_made(struct inode *i, char const *name)
{
	struct service const *const s = i->service;

	if (is_of(i, "supervise", s) && !strcmp(name, "pipe"))
		i->service->held_by = NULL;
	if (is_of(i, "supervise", s))
		i->role = !strcmp(name, "control") ? ROLE_CONTROL
			  : !strcmp(name, "pipe")  ? ROLE_PIPE
						   : ROLE_NONE;
	else if (is_of(i, "log/supervise", s) && !strcmp(name, "control"))
		i->role = ROLE_LOG_CONTROL;
}

/* An orderly end: the next one begins with what the owner's files say. */
void judge_removed(struct inode *i, char const *name)
{
	struct service *const s = i->service;

	/* it ends while its logger is not wanted: what is in the pipe goes with it */
	if (i->role == ROLE_PIPE && s->log_off) {
		log_cut(s, i->size);
		i->role = ROLE_NONE;
	}
	if (s && !strcmp(name, "record") && w.current->program == PROGRAM_RUNSV)
		s->last[is_of(i, "supervise", s) ? 0 : 1] = 0;
}

void judge_opened(struct inode *i)
{
	if (w.current->program == PROGRAM_SV && i->kind == INODE_FIFO && i->service)
		w.current->service = i->service;
}

void judge_locked(struct inode *i)
{
	struct service *const s = i->service;
	struct process *const p = w.current;

	if (p->program != PROGRAM_RUNSV || !is_of(i, "supervise", s))
		return;
	p->service = s;
	if (s->runsv != p)
		s->runsv_since = w.now;
	s->runsv = p;
}

/* Who waits for events has the lock. */
void judge_waits(struct process const *p)
{
	struct service const *const s = p->service;

	if (p->program == PROGRAM_RUNSV && s && s->runsv && s->runsv != p)
		broken("one runsv: %d and %d supervise %s", (int)s->runsv->pid, (int)p->pid,
		       s->name);
}

static int slot_of(struct inode const *fifo)
{
	return fifo->role == ROLE_LOG_CONTROL;
}

static bool is_want(char letter)
{
	return letter && strchr("udox", letter);
}

void judge_put(struct inode *fifo, char const *bytes, size_t n)
{
	if (fifo->role == ROLE_PIPE)
		log_put(fifo->service, bytes, n);
	else if (fifo->role && w.current->program == PROGRAM_SV && bytes[0] != 'k')
		w.current->sent = w.now;
}

void judge_taken(struct inode *fifo, size_t n)
{
	int const who = slot_of(fifo);

	if (fifo->role != ROLE_CONTROL && fifo->role != ROLE_LOG_CONTROL)
		return;
	for (size_t i = 0; i < n; i++) {
		tell("letter %c of %s%s is taken", fifo->data[i], fifo->service->name,
		     who ? "/log" : "");
		if (!is_want(fifo->data[i]) || (who && fifo->data[i] == 'x'))
			continue;
		/* who tells one that is leaving something else has taken it back */
		if (!who && !fifo->service->in_scan && fifo->data[i] != 'x')
			fifo->service->left = true;
		fifo->service->log_off = who ? fifo->data[i] != 'u' : fifo->service->log_off;
		fifo->service->last[who] = fifo->data[i];
		fifo->service->unsure[who] = false;
	}
	/* the exit is the logger's, too */
	if (!who && memchr(fifo->data, 'x', n))
		fifo->service->unsure[OF_LOGGER] = true;
}

/* The first may have been obeyed and not taken yet, the others have not been seen by anybody. */
void judge_discarded(struct inode *fifo)
{
	if (fifo->role == ROLE_PIPE)
		log_discarded(fifo->service, fifo->size);
	else if (fifo->role && is_want(fifo->data[0]))
		fifo->service->unsure[slot_of(fifo)] = true;
	if (fifo->role == ROLE_LOG_CONTROL && is_want(fifo->data[0]) && fifo->data[0] != 'u')
		fifo->service->log_off = true;
	if (fifo->role == ROLE_CONTROL && fifo->data[0] == 'x')
		fifo->service->unsure[OF_LOGGER] = true;
}

void judge_appended(struct inode *i, char const *bytes, size_t n)
{
	struct service *const s = i->service;

	if (s && s->main == i->parent && w.current->program == PROGRAM_SVLOGD)
		log_appended(s, bytes, n);
}
