#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/types.h>

#include "numbers.h"
#include "pidfd.h"
#include "proc.h"
#include "tree.h"

void tree_adopt(bool on)
{
	/* after R, what was set before */
	static int is = -1;

	if ((int)on != is && prctl(PR_SET_CHILD_SUBREAPER, on, 0, 0, 0) == 0)
		is = on;
}

static bool is_other_child(struct runsv const *v, pid_t pid)
{
	if (pid == v->pair.slot[LOGGER].pid)
		return true;
	for (size_t i = 0; i < LETTERS; i++)
		if (v->tickets.of[i].pid == pid)
			return true;
	return false;
}

/* Whose parents lead to us, but not by way of another child; p is of pid. */
static bool is_descendant(struct runsv const *v, pid_t pid, struct proc p)
{
	/* no process has more ancestors than the kernel has levels of anything */
	for (int depth = 0; depth < 1024 && pid > 1 && !is_other_child(v, pid); depth++) {
		if (p.parent == getpid())
			return true;
		pid = p.parent;
		if (proc_read(pid, &p) < 0)
			return false;
	}
	return false;
}

struct search {
	struct runsv const *v;
	pid_t session; /* of run; 0: its number is another one's by now */
	int sig;       /* 0: the first one is enough */
	int member;    /* its pidfd */
};

/* As long as anybody is in the session its number is given to nobody: if there is another process
 * of that number, the session is empty. */
static pid_t session_of(struct runsv const *v)
{
	struct identity const *const run = &v->record[SERVICE].process;
	struct proc p;

	bool const again = proc_read(run->pid, &p) == 0 && p.start != run->start;
	return !run->start || again ? 0 : run->pid;
}

static bool is_member(struct search const *s, pid_t pid)
{
	struct proc p;

	if (proc_read(pid, &p) < 0 || p.state == 'Z')
		return false;
	if (s->session && p.session == s->session && p.start >= s->v->record[SERVICE].process.start)
		return true;
	return is_descendant(s->v, pid, p);
}

static bool look_at(void *context, int proc, char const *name)
{
	struct search *const s = context;
	unsigned int pid;

	(void)proc;
	if (!uint0_scan(name, &pid) || pid == (unsigned int)getpid())
		return false;
	/* the descriptor first: whom it is of can't become another one while it is looked at */
	int const fd = pidfd_of((pid_t)pid);
	if (fd < 0)
		return false;
	bool const found = is_member(s, (pid_t)pid);
	if (found && !s->sig) {
		s->member = fd;
		return true;
	}
	if (found)
		pidfd_signal(fd, s->sig);
	fd_close(fd);
	return false;
}

static int search(struct runsv const *v, int sig)
{
	struct search s = { .v = v, .session = session_of(v), .sig = sig, .member = -1 };
	struct proc self;
	/* where it is another pid namespace's, its numbers are not those of our processes */
	int const proc = proc_read(0, &self) < 0
				 ? -1
				 : openat(AT_FDCWD, "/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (proc < 0)
		return -1;
	numbers_each(proc, look_at, &s);
	fd_close(proc);
	return s.member;
}

int tree_member(struct runsv const *v)
{
	return search(v, 0);
}

void tree_signal(struct runsv const *v, int sig)
{
	search(v, sig);
}
