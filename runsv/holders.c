#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "numbers.h"
#include "runsv.h"

struct search {
	struct stat pipe;
	pid_t logger;
	char text[512];
	size_t len;
};

static bool writes_pipe(void *context, int dir, char const *name)
{
	struct search const *const s = context;
	struct stat st;

	/* a mere reader, as runsvdir is one, keeps no logger waiting */
	return fstatat(dir, name, &st, 0) == 0 && st.st_dev == s->pipe.st_dev &&
	       st.st_ino == s->pipe.st_ino && fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       st.st_mode & S_IWUSR;
}

static void note_holder(struct search *s, int proc, char const *pid)
{
	char path[32], comm[17] = "";
	size_t n = strlen(pid);

	memcpy(path, pid, n);
	memcpy(path + n, "/comm", 6);
	int const fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	ssize_t const r = fd < 0 ? 0 : read(fd, comm, sizeof comm - 1);
	if (fd >= 0)
		fd_close(fd);
	comm[r > 0 && comm[r - 1] == '\n' ? r - 1 : 0] = 0;
	size_t const m = strlen(comm);
	if (s->len + n + m + 6 > sizeof s->text)
		return;
	char *t = s->text + s->len;
	*t++ = ' ';
	memcpy(t, pid, n);
	t += n;
	memcpy(t, " (", 2);
	memcpy(t + 2, comm, m);
	memcpy(t + 2 + m, ")", 2);
	s->len += n + m + 4;
}

static bool look_at(void *context, int proc, char const *pid)
{
	struct search *const s = context;
	char path[32];
	size_t const n = strlen(pid);
	unsigned int number;

	if (n > 10 || !uint0_scan(pid, &number) || number == (unsigned int)getpid() ||
	    number == (unsigned int)s->logger)
		return false;
	memcpy(path, pid, n);
	memcpy(path + n, "/fd", 4);
	int const dir = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return false;
	if (numbers_each(dir, writes_pipe, s))
		note_holder(s, proc, pid);
	fd_close(dir);
	return false;
}

void holders_name(struct runsv const *v)
{
	struct search s = { .logger = v->pair.slot[LOGGER].pid };
	int const proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (proc < 0)
		return;
	if (fstat(v->pipe_read, &s.pipe) < 0) {
		fd_close(proc);
		return;
	}
	numbers_each(proc, look_at, &s);
	fd_close(proc);
	strerr_warnw("the logger has not ended; its pipe is held open by:",
		     s.len ? s.text : " nobody who can be seen");
}
