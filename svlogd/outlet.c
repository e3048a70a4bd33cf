#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <skalibs/buffer.h>
#include <skalibs/siovec.h>

#include "outlet.h"

#define NOWAIT 8 /* RWF_NOWAIT, which musl 1.2.3 does not know */
#define PARTS 8

static struct {
	bool (*waits)(void *context, int fd);
	void *context;
} message;

/* A file on disk says EAGAIN, too, where nobody can be waited for. */
static bool has_a_reader(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}

ssize_t outlet_write(int fd, struct iovec const *v, unsigned int n)
{
	struct iovec part[PARTS];
	ssize_t done = syscall(SYS_pwritev2, fd, v, (long)n, -1L, -1L, NOWAIT);

	if (done >= 0 || errno == EPIPE || (errno == EAGAIN && has_a_reader(fd)))
		return done;
	/* an older kernel: a pipe that poll calls writable has room for so much */
	if (n > PARTS)
		n = PARTS;
	for (unsigned int i = 0; i < n; i++)
		part[i] = v[i];
	n = siovec_trunc(part, n, PIPE_BUF);
	do
		done = writev(fd, part, (int)n);
	while (done < 0 && errno == EINTR);
	return done;
}

/* strerr's way out. What could not be said is forgotten: nobody is there to be told, and it must
 * not stand in the way of the next message. */
static ssize_t say(int fd, struct iovec const *v, unsigned int n)
{
	int const before = errno;
	ssize_t done = -1;

	errno = EAGAIN;
	while (done < 0 && errno == EAGAIN && message.waits(message.context, fd))
		done = outlet_write(fd, v, n);
	errno = before;
	return done < 0 ? (ssize_t)siovec_len(v, n) : done;
}

void outlet_open(bool (*waits)(void *context, int fd), void *context)
{
	message.waits = waits;
	message.context = context;
	buffer_2->op = &say;
}
