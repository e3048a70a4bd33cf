/* killat WHOM N PROGRAM [ARG...]: kills with -9 at the Nth system call.
 *
 * WHOM is `self`, the program itself; `child`, what it has forked, before it executes anything (the
 * calls of all such children are counted together); `both`, such a child and its parent in one
 * instant. The call in question is not made. Exit 0: killed, all of it; 3: the program came to rest
 * (a ppoll without deadline) before its Nth call and was let go, it lives on; 111: trouble.
 * KILLAT_RESTS=K: it is let go at its Kth rest (default 1).
 * KILLAT_AFTER=1: the call is made, and it is killed before it can do anything else.
 * KILLAT_CALL=NUMBER: only calls of this one are counted. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SELF, CHILD, BOTH };

static pid_t self, child;
static pid_t owed;     /* a child that is let go as soon as its first stop is seen */
static int in_call[2]; /* between entry and exit: of self, of child */
static long calls, rests;
static long rests_max = 1, only = -1;
static int after;

static void die(char const *what)
{
	perror(what);
	exit(111);
}

static void wait_end(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, __WALL) == pid && !WIFEXITED(status) && !WIFSIGNALED(status))
		;
}

/* Whom we trace goes on when we end, but not if the stop it begins with is still to come. */
static void let_go(void)
{
	int status;

	if (owed && waitpid(owed, &status, __WALL) == owed)
		ptrace(PTRACE_DETACH, owed, 0, 0);
}

static void kill_now(int whom, pid_t pid)
{
	if (whom != CHILD)
		kill(self, SIGKILL);
	if (whom != SELF)
		kill(pid, SIGKILL);
	/* a child that is killed alone has a parent to go on: who sees its end, and rests */
	if (whom == CHILD) {
		ptrace(PTRACE_DETACH, self, 0, 0);
		exit(0);
	}
	wait_end(self);
	let_go();
	if (whom == BOTH)
		wait_end(pid);
	exit(0);
}

static void at_call(pid_t pid, int whom, long n)
{
	int const is_child = pid != self;
	struct user_regs_struct r;

	in_call[is_child] = !in_call[is_child];
	if (ptrace(PTRACE_GETREGS, pid, 0, &r) < 0)
		return;
	if ((whom == SELF) == !is_child && (only < 0 || (long)r.orig_rax == only)) {
		calls += in_call[is_child];
		if (calls == n && in_call[is_child] != after)
			kill_now(whom, pid);
	}
	if (in_call[is_child] && !is_child && r.orig_rax == SYS_ppoll && r.rdx == 0 &&
	    ++rests == rests_max) {
		ptrace(PTRACE_DETACH, pid, 0, 0);
		let_go();
		exit(3);
	}
}

static void follow(int whom, long n)
{
	int status;

	for (pid_t pid; (pid = waitpid(-1, &status, __WALL)) > 0;) {
		int sig = 0;

		if (WIFEXITED(status) || WIFSIGNALED(status)) {
			if (pid == self)
				exit(111);
			continue;
		}
		if (whom == SELF && pid != self) { /* it is not asked about */
			ptrace(PTRACE_DETACH, pid, 0, 0);
			if (pid == owed)
				owed = 0;
			continue;
		}
		int const stop = WSTOPSIG(status);
		int const event = status >> 16;
		if (stop == (SIGTRAP | 0x80)) {
			at_call(pid, whom, n);
		} else if (event == PTRACE_EVENT_VFORK || event == PTRACE_EVENT_FORK ||
			   event == PTRACE_EVENT_CLONE) {
			unsigned long new;
			ptrace(PTRACE_GETEVENTMSG, pid, 0, &new);
			child = (pid_t) new;
			owed = whom == SELF ? child : 0;
			in_call[1] = 0;
		} else if (event == PTRACE_EVENT_EXEC && pid != self) {
			ptrace(PTRACE_DETACH, pid, 0, 0);
			continue;
		} else if (stop != SIGSTOP && stop != SIGTRAP) {
			sig = stop;
		}
		ptrace(PTRACE_SYSCALL, pid, 0, sig);
	}
}

static long setting(char const *name, long otherwise)
{
	char const *const text = getenv(name);

	return text ? atol(text) : otherwise;
}

int main(int argc, char **argv)
{
	int status;

	if (argc < 4)
		return 111;
	rests_max = setting("KILLAT_RESTS", 1);
	only = setting("KILLAT_CALL", -1);
	after = setting("KILLAT_AFTER", 0) != 0;
	int const whom = !strcmp(argv[1], "self") ? SELF : !strcmp(argv[1], "child") ? CHILD : BOTH;
	self = fork();
	if (self < 0)
		die("fork");
	if (!self) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		execvp(argv[3], argv + 3);
		_exit(127);
	}
	if (waitpid(self, &status, 0) != self)
		die("wait");
	if (ptrace(PTRACE_SETOPTIONS, self, 0,
		   PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
			   PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC) < 0)
		die("ptrace");
	ptrace(PTRACE_CONT, self, 0, 0);
	waitpid(self, &status, 0); /* its exec */
	ptrace(PTRACE_SYSCALL, self, 0, 0);
	/* the way out of execve */
	waitpid(self, &status, 0);
	ptrace(PTRACE_SYSCALL, self, 0, 0);
	follow(whom, atol(argv[2]));
	return 111;
}
