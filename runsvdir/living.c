#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/stralloc.h>
#include <skalibs/types.h>

#include "files.h"
#include "living.h"
#include "pidfd.h"

static bool are_short(void)
{
	return errno == EMFILE || errno == ENFILE;
}

/* Ours hold a POSIX lock on their record, and the kernel tells whose it is. 0: nobody's; -1: it
 * can't be found out. */
static pid_t owner(int dir, char const *name)
{
	struct flock other = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int const fd = files_open(dir, name, "/supervise/record", O_RDONLY);

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

bool living_answers(int dir, char const *name)
{
	struct stat st;
	int const fd = files_open(dir, name, "/supervise/ok", O_WRONLY);

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

/* Whose exclusive flock a line of /proc/locks tells: "N: FLOCK  ADVISORY  WRITE PID ..."; 0: none.
 */
static pid_t flock_on(char const *line)
{
	static char const kind[] = " FLOCK  ADVISORY  WRITE ";
	size_t const at = strcspn(line, " ");
	unsigned int pid;

	if (strncmp(line + at, kind, sizeof kind - 1) != 0 ||
	    !uint_scan(line + at + sizeof kind - 1, &pid))
		return 0;
	return (pid_t)pid;
}

/* Another's runsv holds a flock; /proc/locks says which processes do, and it works in its service's
 * directory. (The device that stands there is not the one that stat gives on overlay file systems.)
 */
pid_t living_in(struct entry const *e)
{
	stralloc text = STRALLOC_ZERO;
	pid_t found = -1;
	int const fd = open("/proc/locks", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	bool const read = slurp(&text, fd) && stralloc_0(&text);
	fd_close(fd);
	if (!read) {
		stralloc_free(&text);
		return -1;
	}
	for (char const *line = text.s; line && found < 0; line = strchr(line, '\n')) {
		pid_t const pid = flock_on(line += *line == '\n');
		if (pid > 0 && works_in(pid, e))
			found = pid;
	}
	stralloc_free(&text);
	return found;
}

enum living living_runsv(int dir, char const *name, struct entry const *e, pid_t *pid, int *pidfd)
{
	bool const ours = (*pid = owner(dir, name)) != 0;

	if (!ours && !living_answers(dir, name))
		return LIVING_NONE;
	if (!ours && (*pid = living_in(e)) < 0)
		errno = are_short() ? errno : ESRCH;
	if (*pid <= 0)
		return LIVING_HIDDEN;
	*pidfd = pidfd_of(*pid);
	if (*pidfd < 0)
		return errno == ESRCH ? LIVING_NONE : LIVING_HIDDEN;
	/* it may have ended before we held it, and its pid may be another's by now */
	if (ours ? owner(dir, name) == *pid : works_in(*pid, e))
		return LIVING_FOUND;
	fd_close(*pidfd);
	return LIVING_NONE;
}
