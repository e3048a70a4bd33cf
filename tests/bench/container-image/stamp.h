#ifndef STAMP_H
#define STAMP_H

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The clock that the host has, too. */
static inline long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* Writes it into /out/NAME.KIND, where the host reads it; without /out nobody wants to know. */
static inline void stamp(char const *name, char const *kind, long long ns)
{
	char path[256], text[32];

	snprintf(path, sizeof path, "/out/%s.%s", name, kind);
	int const n = snprintf(text, sizeof text, "%lld\n", ns);
	int const fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return;
	if (write(fd, text, (size_t)n) != n)
		_exit(100);
	close(fd);
}

#endif
