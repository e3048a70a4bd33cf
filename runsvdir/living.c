#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/stralloc.h>
#include <skalibs/types.h>
#include <skalibs/uint64.h>

#include "files.h"
#include "living.h"
#include "pidfd.h"

static bool are_short(void)
{
	return errno == EMFILE || errno == ENFILE;
}

/* Ours hold a POSIX lock on their record, and the kernel tells whose it is. 0: nobody's; -1: it
 * can't be found out. */
static pid_t owner(struct place at)
{
	struct flock other = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int const fd = files_state(at, "/record", O_RDONLY);

	if (fd < 0)
		return are_short() ? -1 : 0;
	if (fcntl(fd, F_GETLK, &other) < 0 || other.l_type == F_UNLCK)
		other.l_pid = 0;
	else if (other.l_pid <= 0)
		other.l_pid = -1; /* of another pid namespace */
	fd_close(fd);
	if (other.l_pid < 0)
		errno = ESRCH;
	return other.l_pid;
}

bool living_answers(struct place at)
{
	struct stat st;
	int const fd = files_state(at, "/ok", O_WRONLY);

	if (fd < 0)
		return are_short(); /* rather not a second one */
	bool const fifo = fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
	fd_close(fd);
	return fifo;
}

static bool works_in(pid_t pid, struct entry const *e)
{
	char path[32] = "/proc/";
	struct stat st;
	size_t const n = 6 + uint_fmt(path + 6, (unsigned int)pid);

	memcpy(path + n, "/cwd", 5);
	return stat(path, &st) == 0 && (uint32_t)st.st_dev == e->dev && st.st_ino == e->ino;
}

static bool is_runsv(pid_t pid)
{
	static char const name[] = "runsv\n";
	char path[32] = "/proc/", comm[sizeof name] = "";

	memcpy(path + 6 + uint_fmt(path + 6, (unsigned int)pid), "/comm", 6);
	int const fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	bool const is = read(fd, comm, sizeof comm) == (ssize_t)sizeof name - 1 &&
			!memcmp(comm, name, sizeof name - 1);
	fd_close(fd);
	return is;
}

/* An exclusive flock in a line of /proc/locks: "N: FLOCK  ADVISORY  WRITE PID MAJOR:MINOR:INODE".
 * Whose it is; 0: the line tells none. */
static pid_t flock_on(char const *line, uint64_t *ino)
{
	static char const kind[] = " FLOCK  ADVISORY  WRITE ";
	char const *at = line + strcspn(line, " ");
	unsigned int pid;

	if (strncmp(at, kind, sizeof kind - 1) != 0)
		return 0;
	at += sizeof kind - 1;
	size_t const n = uint_scan(at, &pid);
	for (int colons = 0; n && colons < 2; colons++) {
		at += strcspn(at, ":\n");
		if (*at++ != ':')
			return 0;
	}
	return n && uint64_scan(at, ino) ? (pid_t)pid : 0;
}

/* The flock of another's runsv is on supervise/lock. The device that stands in the table is not the
 * one that stat gives on overlay file systems, and where not even the inode is, whoever is called
 * runsv will do: services hold locks as well. */
static pid_t holder(char const *locks, uint64_t lock, struct entry const *e)
{
	pid_t perhaps = -1;
	uint64_t ino;

	for (char const *line = locks; line; line = strchr(line, '\n')) {
		pid_t const pid = flock_on(line += *line == '\n', &ino);
		if (pid <= 0 || !works_in(pid, e))
			continue;
		if (ino == lock)
			return pid;
		if (perhaps < 0 && is_runsv(pid))
			perhaps = pid;
	}
	return perhaps;
}

pid_t living_in(struct place at, struct entry const *e)
{
	stralloc text = STRALLOC_ZERO;
	struct stat st;
	pid_t found = -1;
	int fd = files_state(at, "/lock", O_PATH);

	if (fd < 0 || fstat(fd, &st) < 0)
		st.st_ino = 0;
	if (fd >= 0)
		fd_close(fd);
	fd = open("/proc/locks", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (slurp(&text, fd) && stralloc_0(&text))
		found = holder(text.s, st.st_ino, e);
	fd_close(fd);
	stralloc_free(&text);
	return found;
}

enum living living_runsv(struct place at, struct entry const *e, pid_t *pid, int *pidfd)
{
	bool const ours = (*pid = owner(at)) != 0;

	if (!ours && !living_answers(at))
		return LIVING_NONE;
	if (!ours && (*pid = living_in(at, e)) < 0)
		errno = are_short() ? errno : ESRCH;
	if (*pid <= 0)
		return LIVING_HIDDEN;
	*pidfd = pidfd_of(*pid);
	if (*pidfd < 0)
		return errno == ESRCH ? LIVING_NONE : LIVING_HIDDEN;
	/* it may have ended before we held it, and its pid may be another's by now */
	if (ours ? owner(at) == *pid : works_in(*pid, e))
		return LIVING_FOUND;
	fd_close(*pidfd);
	return LIVING_NONE;
}
