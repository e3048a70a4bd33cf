#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>

#include "runsv.h"
#include "state.h"

char const *const runsv_where[2] = { "", "log/" };

/* The link supervise -> target is followed, and the target is made with its missing parents:
 * Debian's and Void's point into a /run that is empty in every container. */
static void make_target(char const *where, int at)
{
	char target[256];
	ssize_t const n = readlinkat(at, "supervise", target, sizeof target);

	if (n < 0)
		return; /* not a link: opening lock will tell */
	if (n == (ssize_t)sizeof target) {
		errno = ENAMETOOLONG;
		strerr_diefusys(111, "readlink ./", where, "supervise");
	}
	target[n] = 0;
	for (char *slash = target + 1; n > 0 && (slash = strchr(slash, '/')); slash++) {
		*slash = 0;
		mkdirat(at, target, 0755);
		*slash = '/';
	}
	mkdirat(at, target, 0700);
}

/* supervise/ may belong to somebody else: configuration managers hand it to the service's user. But
 * only somebody whom the service directory's owner let in: in a directory that others can write, it
 * may have been planted, with letters and files of theirs. */
static void trust(struct runsv const *v, unsigned int who, int at)
{
	struct stat own, dir;

	if (fstat(v->supervise[who], &own) < 0 || fstatat(at, ".", &dir, 0) < 0)
		strerr_diefusys(111, "stat ", runsv_where[who], "supervise");
	if (own.st_uid == geteuid() || own.st_uid == 0 || own.st_uid == dir.st_uid ||
	    !(dir.st_mode & 022))
		return;
	strerr_dief(111, runsv_where[who],
		    "supervise is owned by another user, in a directory that others can write");
}

static void wake(int sig)
{
	(void)sig;
}

/* A killed runsv may not be quite dead yet, and a child of it holds the lock until it executes its
 * program: a moment is given to them. */
static int lock_soon(int fd)
{
	struct sigaction const catch = { .sa_handler = wake };
	/* again and again: the first may come before flock waits */
	struct itimerval const moment = { .it_value.tv_usec = 250000,
					  .it_interval.tv_usec = 10000 };
	struct itimerval const none = { 0 };
	struct sigaction old;
	sigset_t alarm, mask;

	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	sigaction(SIGALRM, &catch, &old);
	sigprocmask(SIG_UNBLOCK, &alarm, &mask);
	setitimer(ITIMER_REAL, &moment, NULL);
	int const r = flock(fd, LOCK_EX);
	int const e = errno;
	setitimer(ITIMER_REAL, &none, NULL);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	sigaction(SIGALRM, &old, NULL);
	errno = e == EINTR ? EWOULDBLOCK : e;
	return r;
}

/* -1 with errno: somebody else has it. Who had it while we waited and has ended in order, with its
 * record removed, was told to: to start the service again would undo that. */
static int lock_file(struct runsv const *v, unsigned int who, int fd)
{
	struct stat st;

	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno != EWOULDBLOCK || lock_soon(fd) < 0)
		return -1;
	if (fstatat(v->supervise[who], "record", &st, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT)
		return 0;
	return errno = EWOULDBLOCK, -1;
}

static void lock(struct runsv *v, unsigned int who)
{
	int const fd =
		openat(v->supervise[who], "lock",
		       O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		strerr_diefusys(111, "open ", runsv_where[who], "supervise/lock");
	if (lock_file(v, who, fd) < 0)
		strerr_diefusys(111, "lock ", runsv_where[who], "supervise/lock");
	v->lock[who] = fd;
}

/* Opens a FIFO of supervise/, made if it is missing. Nothing but a FIFO is read or written, and in
 * a directory that others can write none that somebody else has put there. */
static int open_fifo(struct runsv const *v, unsigned int who, char const *name, int flags)
{
	struct stat st, dir;

	mkfifoat(v->supervise[who], name, 0600);
	int const fd = openat(v->supervise[who], name, flags | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		if (fstatat(v->supervise[who], name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    !S_ISFIFO(st.st_mode))
			strerr_dief(111, runsv_where[who], "supervise/", name,
				    " exists but is not a fifo");
		strerr_diefusys(111, "open ", runsv_where[who], "supervise/", name);
	}
	if (fstat(fd, &st) < 0 || !S_ISFIFO(st.st_mode))
		strerr_dief(111, runsv_where[who], "supervise/", name, " exists but is not a fifo");
	/* the pipe may be anybody's: run scripts chown their stdout */
	if (strcmp(name, "pipe") != 0 && fstat(v->supervise[who], &dir) == 0 && dir.st_mode & 022 &&
	    st.st_uid != geteuid() && st.st_uid != 0 && st.st_uid != dir.st_uid)
		strerr_dief(111, runsv_where[who], "supervise/", name,
			    " is owned by another user, in a directory that others can write");
	return fd;
}

static bool is_ours(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
	       !(st.st_mode & 022) && st.st_nlink == 1;
}

/* Something that can't be opened as a file, or not by us, lies in its place. Any other reason says
 * nothing about what is there: a record that could not be read must not be replaced by an empty
 * one. */
static bool in_the_way(int e)
{
	return e == ELOOP || e == ENXIO || e == EISDIR || e == EACCES;
}

static void open_record(struct runsv *v, unsigned int who)
{
	struct flock mine = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int const dir = v->supervise[who];
	int fd =
		openat(dir, "record", O_RDWR | O_CREAT | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd >= 0 ? !is_ours(fd) : in_the_way(errno)) { /* never written, never believed */
		strerr_warnw("replacing ", runsv_where[who],
			     "supervise/record: it is not of this runsv's user");
		if (fd >= 0)
			fd_close(fd);
		unlinkat(dir, "record", 0);
		fd = openat(dir, "record", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	}
	if (fd >= 0)
		/* runsvdir finds us by it. Not on lock itself: NFS makes one lock of both. */
		fcntl(fd, F_SETLK, &mine);
	else if (errno == ENOSPC || errno == EDQUOT)
		strerr_warnwusys("open ", runsv_where[who], "supervise/record");
	else
		strerr_diefusys(111, "open ", runsv_where[who], "supervise/record");
	v->record_file[who] = fd;
}

/* The directory in which supervise/ is to be; *name is what it is called there, in room if need be.
 * STATE is made, but not the way to it; where there is none, the error is that of the service
 * directory. */
static int place(struct runsv const *v, unsigned int who, int at, char room[NAME_MAX + 1],
		 char const **name)
{
	char const *const suffix = who == LOGGER ? ".log" : "";

	*name = "supervise";
	if (!state_away(at, ".") || !state_name(room, v->argv[1], ".", suffix))
		return at;
	mkdir(state_root(), 0755);
	int const root = open(state_root(), O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return at;
	*name = room;
	return root;
}

/* Makes and opens it. True: it is new. */
static bool make_supervise(struct runsv *v, unsigned int who)
{
	int const at = who == SERVICE ? v->service : openat(v->service, "log", O_PATH | O_CLOEXEC);
	char room[NAME_MAX + 1];
	char const *name;
	int const base = place(v, who, at, room, &name);
	bool const fresh = mkdirat(base, name, 0700) == 0;

	if (!fresh && base == at)
		make_target(runsv_where[who], at);
	/* what others may have put into STATE is no way elsewhere */
	v->supervise[who] = openat(
		base, name, O_PATH | O_DIRECTORY | O_CLOEXEC | (base == at ? 0 : O_NOFOLLOW));
	if (v->supervise[who] < 0)
		strerr_diefusys(111, "open ", runsv_where[who], "supervise/lock");
	if (!fresh)
		trust(v, who, base);
	if (base != at)
		fd_close(base);
	if (who == LOGGER)
		fd_close(at);
	return fresh;
}

void supervise_open(struct runsv *v, unsigned int who)
{
	static char const *const leftovers[] = { "pid.new", "stat.new", "status.new" };
	bool const fresh = make_supervise(v, who);

	lock(v, who);
	for (size_t i = 0; !fresh && i < sizeof leftovers / sizeof *leftovers; i++)
		unlinkat(v->supervise[who], leftovers[i], 0);
	v->control[who] = open_fifo(v, who, "control", O_RDWR);
	open_record(v, who);
}

void supervise_ok(struct runsv *v, unsigned int who)
{
	v->ok[who] = open_fifo(v, who, "ok", O_RDONLY);
}

int supervise_pipe_write(struct runsv *v)
{
	/* For reading too: this becomes the service's fd 1, and with it the pipe has a reader for
	 * as long as it has a writer, so that a write gets no EPIPE while runsv and logger are both
	 * gone. */
	struct stat held, named;
	int const fd = openat(v->supervise[SERVICE], "pipe", O_RDWR | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -1;
	if (fstat(fd, &named) < 0 || fstat(v->pipe_read, &held) < 0 ||
	    named.st_dev != held.st_dev || named.st_ino != held.st_ino) {
		fd_close(fd);
		return errno = ESTALE, -1; /* replaced while we live */
	}
	v->pipe_write = fd;
	return 0;
}

void supervise_pipe(struct runsv *v)
{
	v->pipe_read = open_fifo(v, SERVICE, "pipe", O_RDONLY);
	if (fcntl(v->pipe_read, F_SETFL, 0) < 0 || supervise_pipe_write(v) < 0)
		strerr_diefusys(111, "open supervise/pipe");
	tell_scanner(); /* it is to hold it, too */
}

void supervise_leave(struct runsv const *v)
{
	deaths_forget(v);
	unlinkat(v->supervise[SERVICE], "pipe", 0);
	/* the service's record last: who looks whether something is left looks for it */
	for (unsigned int who = v->pair.slots; who-- > 0;)
		unlinkat(v->supervise[who], "record", 0);
}
