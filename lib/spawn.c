#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <skalibs/strerr.h>

#include "spawn.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_UNPOISON_MEMORY_REGION(at, n) ((void)0)
#endif

extern char **environ;

/* CLOSE_RANGE_UNSHARE, Linux 5.9: a table of our own, without those in range. */
enum { UNSHARE = 2 };

static int part(int from)
{
	return (int)syscall(SYS_close_range, (unsigned int)from, ~0U, UNSHARE);
}

bool spawn_parts(int from)
{
	int const e = errno;
	bool const can = part(from) == 0;

	errno = e;
	return can;
}

void spawn_exec(char const *name, char const *const *args)
{
	char *const *const argv = (char *const *)args;
	char const *path = NULL;
	char buf[1024]; /* an element of PATH that is longer is passed over */
	int reason = ENOENT;

	if (strchr(name, '/')) {
		execve(name, argv, environ);
		return;
	}
	for (char **e = environ; *e; e++)
		if (!strncmp(*e, "PATH=", 5))
			path = *e + 5;
	if (!path)
		path = "/bin:/usr/bin";
	size_t const n = strlen(name);
	for (;;) {
		size_t const len = strcspn(path, ":");
		if (len + n + 2 <= sizeof buf) {
			memcpy(buf, len ? path : ".", len ? len : 1);
			size_t const at = len ? len : 1;
			buf[at] = '/';
			memcpy(buf + at + 1, name, n + 1);
			execve(buf, argv, environ);
			if (errno != ENOENT && errno != ENOTDIR)
				reason = errno;
		}
		if (!path[len])
			break;
		path += len + 1;
	}
	errno = reason;
}

/* Why a child did not come to its program. It is told by the parent: the child shares our memory,
 * but must not wait for a reader of stderr that waits for it. */
struct failure {
	int reason; /* errno; 0: none */
	char const *verb;
	char const *object;
};

static bool failed(struct failure volatile *f, char const *verb, char const *object)
{
	f->reason = errno;
	f->verb = verb;
	f->object = object;
	return false;
}

static bool prepare(struct spawn const *s, struct failure volatile *f)
{
	if ((s->dir >= 0 && fchdir(s->dir) < 0) || (s->subdir && chdir(s->subdir) < 0))
		return failed(f, "change directory to ", s->subdir ? s->subdir : ".");
	if (s->part && part(s->part) < 0)
		return failed(f, "part with descriptors to ", s->what);
	if ((s->fd[0] >= 0 && dup2(s->fd[0], 0) < 0) || (s->fd[1] >= 0 && dup2(s->fd[1], 1) < 0) ||
	    (s->err && dup2(s->err, 2) < 0))
		return failed(f, "set up descriptors to ", s->what);
	if (s->before && s->before(s->context) != 0)
		return false;
	/* not setrlimit: for kernels of old, musl's brings the code of threads along */
	if (s->nofile)
		prlimit(0, RLIMIT_NOFILE, s->nofile, NULL);
	sigprocmask(SIG_SETMASK, s->mask, NULL);
	return true;
}

static _Noreturn void child(struct spawn const *s, struct failure volatile *f)
{
	signal(SIGCHLD, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	if (s->hangup)
		signal(SIGHUP, SIG_DFL);
	if (s->session)
		setsid();
	if (prepare(s, f)) {
		if (s->search)
			spawn_exec(s->path, s->argv);
		else
			execve(s->path, (char *const *)s->argv, environ);
		failed(f, "", s->what);
	}
	_exit(f->reason == ENOENT && s->code_missing ? s->code_missing : s->code);
}

/* The child is a kilobyte deep in our code; glibc's may have its dynamic linker and a sanitizer on
 * top. */
#ifdef __GLIBC__
enum { CHILD_STACK = 32768 };
#else
enum { CHILD_STACK = 2560 };
#endif

struct start {
	struct spawn const *spawn;
	struct failure volatile *failure;
};

/* The address sanitizer, which before a call that does not return forgets what it knows of the
 * stack, takes this one for the parent's. */
__attribute__((no_sanitize("address"))) static int enter(void *start)
{
	struct start const *const s = start;

	child(s->spawn, s->failure);
}

/* vfork, but for the descriptors: they are the parent's own, until the child takes copies of those
 * that it is to have. Copying thousands, only for exec to close them, takes longer than the rest.
 */
static pid_t vfork_sharing(struct spawn const *s, struct failure volatile *f)
{
	_Alignas(16) char stack[CHILD_STACK];
	struct start start = { s, f };

	pid_t const pid = clone(enter, stack + sizeof stack,
				CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD, &start);
	/* its frames have not returned */
	ASAN_UNPOISON_MEMORY_REGION(stack, sizeof stack);
	return pid;
}

/* vfork is the point of this file, and the child only makes system calls. */
static pid_t vfork_copying(struct spawn const *s, struct failure volatile *f)
{
	/* NOLINTNEXTLINE(clang-analyzer-security.insecureAPI.vfork) */
	pid_t const pid = vfork();

	if (!pid)
		child(s, f); /* NOLINT(clang-analyzer-unix.Vfork) */
	return pid;
}

pid_t spawn(struct spawn const *s)
{
	struct failure volatile f = { 0 }; /* the child sets it */
	sigset_t all, old;

	/* A signal that came in the child before exec would run in our memory. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	pid_t const pid = s->part ? vfork_sharing(s, &f) : vfork_copying(s, &f);
	int const e = errno;
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (pid > 0 && f.reason) {
		errno = f.reason;
		strerr_warnsys(PROG, ": fatal: unable to ", f.verb, f.object);
	}
	errno = e;
	return pid;
}
