#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"
#include "judge.h"
#include "kernel.h"

int sim__exit(int code)
{
	step();
	process_dies(w.current, (code & 0xff) << 8);
	coroutine_leave();
}

int sim_execve(char const *path, char *const *argv, char *const *env)
{
	struct process *const p = w.current;
	bool const vforked = coroutine_is_vforked();
	struct place at;

	(void)env;
	step();
	if (!find_path(&at, AT_FDCWD, path, true))
		return -1;
	if (at.inode->kind != INODE_FILE || !at.inode->program)
		return errno = EACCES, -1;
	char const *const *const words =
		at.inode->words ? at.inode->words : (char const *const *)argv;
	process_exec(p, at.inode->program, words);
	if (vforked)
		coroutine_parent();
	coroutine_leave();
}

pid_t sim_fork(void)
{
	return errno = EAGAIN, -1;
}

/* For missing.c, which make generates. */
int lacks(char const *call);
int lacks(char const *call)
{
	broken("the model lacks %s, which %s calls", call, process_name(w.current));
	coroutine_yield();
	return -1;
}

pid_t sim_getpid(void)
{
	return w.current->pid;
}

pid_t sim_getppid(void)
{
	return w.current->parent->pid;
}

uid_t sim_geteuid(void)
{
	return 0;
}

static bool is_asked(struct process const *p, pid_t pid)
{
	return p->parent == w.current && (pid <= 0 || p->pid == pid);
}

static bool child_ended(struct process *p)
{
	pid_t const pid = *(pid_t const *)p->wanted;

	for (int i = 0; i < w.processes; i++)
		if (w.table[i]->parent == p && w.table[i]->state == PROCESS_ZOMBIE &&
		    (pid <= 0 || w.table[i]->pid == pid))
			return true;
	return false;
}

/* Only asked for a CMD that has stopped, and the tree has none. */
int sim_waitid(int kind, id_t id, siginfo_t *info, int flags)
{
	(void)kind;
	(void)id;
	(void)info;
	(void)flags;
	return errno = ECHILD, -1;
}

pid_t sim_waitpid(pid_t pid, int *wstat, int flags)
{
	bool any = false;

	step();
	if (!(flags & WNOHANG) && wait_until(child_ended, &pid, INT64_MAX) == EINTR)
		return errno = EINTR, -1;
	for (int i = 0; i < w.processes; i++) {
		struct process *const p = w.table[i];
		if (!is_asked(p, pid))
			continue;
		any = true;
		if (p->state != PROCESS_ZOMBIE)
			continue;
		if (wstat)
			*wstat = p->wstat;
		process_reap(p);
		return p->pid;
	}
	return any ? 0 : (errno = ECHILD, -1);
}

static int send(struct process *p, int sig)
{
	if (!p || p->state == PROCESS_GONE)
		return errno = ESRCH, -1;
	if (sig)
		trace("%s sends %d to %s", process_name(w.current), sig, process_name(p));
	if (sig)
		judge_signalled(p, sig);
	process_signal(p, sig, (struct signal_info){ .from = 1, .pid = w.current->pid });
	if (p == w.current && p->killed)
		coroutine_yield();
	return 0;
}

int sim_kill(pid_t pid, int sig)
{
	step();
	return send(process_of(pid < 0 ? -pid : pid), sig);
}

int sim_raise(int sig)
{
	return sim_kill(w.current->pid, sig);
}

/* The wall clock's seconds are whole nanoseconds here, too: it can be set. */
int sim_clock_gettime(clockid_t clock, struct timespec *t)
{
	w.now += 200 + (int64_t)dice(2000);
	int64_t const now = clock == CLOCK_REALTIME ? w.now + w.wall : w.now;
	t->tv_sec = now / SECOND;
	t->tv_nsec = now % SECOND;
	return 0;
}

int sim_sigprocmask(int how, sigset_t const *set, sigset_t *old)
{
	struct process *const p = w.current;

	if (old)
		*old = p->mask;
	for (int sig = 1; set && sig < NSIG; sig++) {
		bool const in = sigismember(set, sig) > 0;
		if (how == SIG_SETMASK ? in : how == SIG_BLOCK && in)
			sigaddset(&p->mask, sig);
		else if (how == SIG_SETMASK || in)
			sigdelset(&p->mask, sig);
	}
	process_deliver(p);
	return 0;
}

static void handle(int sig, void (*handler)(int))
{
	struct process *const p = w.current;

	sigdelset(&p->ignored, sig);
	sigdelset(&p->caught, sig);
	if (handler == SIG_IGN)
		sigaddset(&p->ignored, sig);
	else if (handler != SIG_DFL)
		sigaddset(&p->caught, sig);
}

static void (*handler_of(int sig))(int)
{
	return sigismember(&w.current->ignored, sig) > 0 ? SIG_IGN : SIG_DFL;
}

/* No handler is ever called: the daemons' own do nothing but interrupt. */
int sim_sigaction(int sig, struct sigaction const *set, struct sigaction *old)
{
	if (old) {
		memset(old, 0, sizeof *old);
		old->sa_handler = handler_of(sig);
	}
	if (set)
		handle(sig, set->sa_handler);
	return 0;
}

void (*sim_signal(int sig, void (*handler)(int)))(int)
{
	void (*const old)(int) = handler_of(sig);

	handle(sig, handler);
	return old;
}

int sim_setitimer(int which, struct itimerval const *set, struct itimerval *old)
{
	struct process *const p = w.current;

	(void)which, (void)old;
	step();
	int64_t const first = set->it_value.tv_sec * SECOND + set->it_value.tv_usec * 1000;
	p->alarm = first ? w.now + first : 0;
	p->alarm_again = set->it_interval.tv_sec * SECOND + set->it_interval.tv_usec * 1000;
	return 0;
}

static char *none[] = { NULL };
char **sim_environ = none;

static char const kept[] = "RUNSV_KEPT";

char *sim_getenv(char const *name)
{
	return !strcmp(name, kept) ? w.current->kept : NULL;
}

int sim_setenv(char const *name, char const *value, int overwrite)
{
	(void)overwrite;
	if (!strcmp(name, kept))
		w.current->kept = text_of("%s", value);
	return 0;
}

int sim_unsetenv(char const *name)
{
	if (!strcmp(name, kept))
		w.current->kept = NULL;
	return 0;
}

int sim_getrlimit(int what, struct rlimit *r)
{
	(void)what;
	*r = (struct rlimit){ .rlim_cur = 1024, .rlim_max = 1024 };
	return 0;
}

int sim_setrlimit(int what, struct rlimit const *r)
{
	(void)what, (void)r;
	return 0;
}

int sim_prlimit(pid_t pid, int what, struct rlimit const *set, struct rlimit *get)
{
	(void)pid, (void)set;
	return get ? sim_getrlimit(what, get) : 0;
}

int sim_prctl(int option, ...)
{
	if (option == PR_SET_CHILD_SUBREAPER)
		w.current->subreaper = true;
	return 0;
}

int sim_setpgid(pid_t pid, pid_t group)
{
	(void)pid, (void)group;
	return 0;
}

pid_t sim_setsid(void)
{
	return w.current->pid;
}

static long open_pidfd(pid_t pid)
{
	struct process *const p = process_of(pid);

	if (!p)
		return errno = ESRCH, -1;
	struct file *const f = file_new(FILE_PIDFD, NULL, 0);
	f->process = p;
	return fd_new(f, true, 0);
}

/* PIDFD_GET_INFO: what lib/pidfd.c reads of it. */
struct pidfd_info {
	uint64_t mask, cgroupid;
	uint32_t ids[11];
	int32_t exit_code;
};

static long ask_pidfd(int fd, struct pidfd_info *info)
{
	struct file const *const f = fd_file(fd);

	if (!w.pidfd_tells || !f || f->kind != FILE_PIDFD)
		return errno = ENOTTY, -1;
	if (f->process->state < PROCESS_GONE)
		info->mask = 0;
	info->exit_code = f->process->wstat;
	return 0;
}

/* As the kernel gives it. */
struct listed {
	uint64_t ino;
	int64_t off;
	uint16_t len;
	uint8_t type;
	char name[NAME + 5];
};
_Static_assert(sizeof(struct listed) == 56, "no gaps");

/* The whole directory as it was at the first call. */
static long list(struct file *f, char *to, size_t size)
{
	size_t done = 0;

	if (f->inode->kind != INODE_DIR)
		return errno = ENOTDIR, -1;
	if (!f->offset) {
		char *const names = f->text = arena((f->inode->count + 1) * NAME);
		for (size_t i = 0; i < f->inode->count; i++)
			memcpy(names + i * NAME, f->inode->entries[i].name, NAME);
	}
	for (; f->text[f->offset * NAME] && done + sizeof(struct listed) <= size; f->offset++) {
		struct listed e = { .ino = 1, .len = sizeof e };
		memcpy(e.name, f->text + f->offset * NAME, NAME);
		memcpy(to + done, &e, sizeof e);
		done += sizeof e;
	}
	return (long)done;
}

long sim_syscall(long number, ...)
{
	va_list args;

	step();
	va_start(args, number);
	int const fd = va_arg(args, int);
	long const second = va_arg(args, long);
	void *const third = va_arg(args, void *);
	va_end(args);
	struct file *const f = number == SYS_pidfd_open ? NULL : fd_file(fd);
	if (number == SYS_pidfd_open)
		return open_pidfd(fd);
	if (!f)
		return -1;
	if (number == SYS_pidfd_send_signal)
		return send(f->process->state < PROCESS_ZOMBIE ? f->process : NULL, (int)second);
	if (number == SYS_ioctl)
		return ask_pidfd(fd, third);
	if (number == SYS_getdents64 && f->inode)
		return list(f, (char *)second, (size_t)third);
	return errno = ENOSYS, -1;
}
