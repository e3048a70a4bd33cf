#include <errno.h>
#include <string.h>
#include <sys/wait.h>

#include "judge.h"
#include "kernel.h"

/* Soon another one's again, but not in the same tick of the clock. */
static pid_t new_pid(void)
{
	pid_t pid;

	if (chance(200)) /* thousands have come and gone */
		w.next_pid = 2 + (pid_t)dice(PIDS - 2);
	do {
		pid = w.next_pid;
		w.next_pid = w.next_pid + 1 < PIDS ? w.next_pid + 1 : 2;
	} while (process_of(pid) ||
		 (w.pid_free[pid] && w.now - w.pid_free[pid] < 20 * MS && w.processes < PIDS / 2));
	return pid;
}

struct process *process_new(struct process *parent)
{
	struct process *const p = arena(sizeof *p);

	p->pid = parent ? new_pid() : 1;
	p->start = w.mutant == MUTANT_START ? 1 : (uint64_t)w.now / 10000000;
	p->parent = parent;
	p->born = w.now;
	p->deadline = INT64_MAX;
	sigemptyset(&p->mask);
	sigemptyset(&p->pending);
	sigemptyset(&p->ignored);
	sigemptyset(&p->caught);
	w.table[w.processes++] = p;
	if (!parent)
		return p;
	p->cwd = parent->cwd;
	p->program = parent->program;
	p->mask = parent->mask;
	p->ignored = parent->ignored;
	p->caught = parent->caught;
	for (int i = 0; i < FDS; i++) {
		p->fds[i] = parent->fds[i];
		if (p->fds[i].file)
			p->fds[i].file->refs++;
	}
	return p;
}

char const *process_name(struct process const *p)
{
	return text_of("%s[%d]%s%s", p->lives_as_actor ? program_names[p->program] : "child",
		       (int)p->pid, p->service ? " " : "",
		       p->service ? judge_name(p->service) : "");
}

void process_exec(struct process *p, enum program program, char const *const *words)
{
	int argc = 0;

	while (words[argc])
		argc++;
	p->argc = argc;
	p->argv = arena(sizeof *p->argv * (size_t)(argc + 1));
	for (int i = 0; i < argc; i++)
		p->argv[i] = text_of("%s", words[i]);
	for (int i = 0; i < FDS; i++)
		if (p->fds[i].file && p->fds[i].cloexec)
			fd_release(p, i);
	p->program = program;
	p->lives_as_actor = true;
	sigemptyset(&p->caught);
	coroutine_start(p, program_entry(program));
	p->state = PROCESS_READY;
	judge_born(p);
	tell("%s starts", process_name(p));
}

/* From outside: standard descriptors lead nowhere. */
void process_start(struct process *p, enum program program, struct inode *cwd,
		   char const *const *words)
{
	p->cwd = cwd;
	for (int i = 0; i < 3; i++)
		if (!p->fds[i].file) {
			p->fds[i].file = file_new(FILE_INODE, w.null, 2);
			p->fds[i].file->refs = 1;
		}
	process_exec(p, program, words);
}

bool process_lives(struct process const *p)
{
	return p->state < PROCESS_DYING;
}

struct process *process_of(pid_t pid)
{
	for (int i = 0; i < w.processes; i++)
		if (w.table[i]->pid == pid)
			return w.table[i];
	return NULL;
}

static bool is_ignored(struct process const *p, int sig)
{
	bool const by_default =
		sig == SIGCHLD || sig == SIGWINCH || sig == SIGURG || sig == SIGCONT;

	return sigismember(&p->ignored, sig) || (by_default && !sigismember(&p->caught, sig));
}

static void act_on(struct process *p, int sig)
{
	if (sigismember(&p->caught, sig))
		p->interrupted = true;
	else if (!is_ignored(p, sig)) {
		tell("%s is ended by signal %d", process_name(p), sig);
		if (p == w.current) {
			process_dies(p, sig);
			coroutine_leave();
		}
		process_dies(p, sig);
	}
}

void process_signal(struct process *p, int sig, struct signal_info info)
{
	if (!process_lives(p) || p == w.init || !sig)
		return;
	if (sig == SIGKILL) {
		p->killed = true;
		return;
	}
	if (sig == SIGSTOP || sig == SIGCONT)
		p->stopped = sig == SIGSTOP;
	if (sig == SIGSTOP)
		return;
	if (!sigismember(&p->mask, sig)) {
		act_on(p, sig);
		return;
	}
	if (sig >= SIGRTMIN && p->rt_count < RT_QUEUE)
		p->rt[p->rt_count++] = info.fd;
	else if (sig >= SIGRTMIN)
		sigaddset(&p->pending, SIGIO);
	else if (!sigismember(&p->pending, sig)) {
		sigaddset(&p->pending, sig);
		p->info[sig] = info;
	}
}

/* What is not blocked any more. */
void process_deliver(struct process *p)
{
	for (int sig = 1; sig < 32; sig++)
		if (sigismember(&p->pending, sig) && !sigismember(&p->mask, sig)) {
			sigdelset(&p->pending, sig);
			act_on(p, sig);
		}
}

void process_kill(struct process *p)
{
	if (!process_lives(p) || p->killed)
		return;
	tell("KILL to %s", process_name(p));
	process_signal(p, SIGKILL, (struct signal_info){ 0 });
}

void process_dies(struct process *p, int wstat)
{
	p->wstat = wstat;
	p->state = PROCESS_DYING;
	p->alarm = 0;
	tell("%s ends: %s %d", process_name(p), wstat & 0x7f ? "signal" : "code",
	     wstat & 0x7f ? wstat & 0x7f : WEXITSTATUS(wstat));
	judge_ends(p);
	coroutine_drop(p);
}

static struct process *reaper_of(struct process const *p)
{
	for (struct process *q = p->parent; q; q = q->parent)
		if (q->subreaper && process_lives(q))
			return q;
	return w.init;
}

static void tell_parent(struct process *p)
{
	if (w.mutant == MUTANT_REAP && chance(100))
		return;
	process_signal(p->parent, SIGCHLD, (struct signal_info){ .pid = p->pid });
}

/* One descriptor at a time, as the kernel's own order is nobody's business. */
void process_dies_on(struct process *p)
{
	for (int i = 0; i < FDS; i++)
		if (p->fds[i].file) {
			fd_release(p, i);
			return;
		}
	for (int i = 0; i < w.processes; i++)
		if (w.table[i]->parent == p) {
			w.table[i]->parent = reaper_of(p);
			if (w.table[i]->state == PROCESS_ZOMBIE)
				tell_parent(w.table[i]);
		}
	p->state = PROCESS_ZOMBIE;
	p->died = w.now;
	tell_parent(p);
}

void process_reap(struct process *p)
{
	p->state = PROCESS_GONE;
	w.pid_free[p->pid] = w.now;
	for (int i = 0; i < w.processes; i++)
		if (w.table[i] == p) {
			w.table[i] = w.table[--w.processes];
			return;
		}
}

void step(void)
{
	struct process *const p = w.current;

	w.steps++;
	w.now += 1000 + (int64_t)dice(20000);
	if (w.target == p && w.countdown-- <= 0) {
		w.target = NULL;
		process_kill(p);
	}
	if (--w.burst <= 0 || p->killed || p->stopped || w.broken[0])
		coroutine_yield();
}

int wait_until(bool (*until)(struct process *), void const *wanted, int64_t deadline)
{
	struct process *const p = w.current;

	p->wanted = wanted;
	for (;;) {
		if (p->interrupted) {
			p->interrupted = false;
			return EINTR;
		}
		if (until && until(p))
			return 0;
		if (w.now >= deadline)
			return ETIMEDOUT;
		p->until = until;
		p->deadline = deadline;
		p->state = PROCESS_WAITS;
		coroutine_yield();
		p->until = NULL;
		p->deadline = INT64_MAX;
	}
}
