#ifndef STAMP_H
#define STAMP_H

#include <stdint.h>

/* What a service of the benchmarks says of itself, in one write to the FIFO named by BENCH_FIFO.
 * Shorter than PIPE_BUF, so that the stamps of a thousand services do not mix. */
struct stamp {
	int64_t ns;
	int32_t pid;
	char tag;  /* whose tree: the first byte of BENCH_TAG */
	char kind; /* 's' started, 'h' has seen SIGHUP */
};

#ifdef STAMP_SENDER

#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* The clock is read before anything else: what follows costs the service, not the figure. */
static inline void stamp_send(char kind)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	char const *const fifo = getenv("BENCH_FIFO");
	char const *const tag = getenv("BENCH_TAG");
	struct stamp const s = { .ns = now.tv_sec * 1000000000LL + now.tv_nsec,
				 .pid = getpid(),
				 .tag = tag ? *tag : '?',
				 .kind = kind };
	int const fd = fifo ? open(fifo, O_WRONLY | O_CLOEXEC) : -1;

	if (fd < 0)
		_exit(100);
	ssize_t const n = write(fd, &s, sizeof s);
	close(fd);
	if (n != (ssize_t)sizeof s)
		_exit(100);
}

#endif
#endif
