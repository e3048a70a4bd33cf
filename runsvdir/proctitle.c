#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "proctitle.h"

enum { LEAST = 7, KEPT = 5, EVERY = 900 * 1000 };

static void scroll(struct proctitle *t, char const *s, size_t n)
{
	size_t const room = t->len - KEPT;

	for (size_t i = 0; i < n; i++) {
		if (!s[i])
			continue;
		memmove(t->text + KEPT, t->text + KEPT + 1, room - 1);
		t->text[t->len - 1] = s[i];
	}
}

/* Our own messages go through the same pipe, but must never wait for a reader: it is us. A second
 * opening of the writing end has flags of its own. */
static int open_own(int fd)
{
	char path[32] = "/proc/self/fd/";

	path[14 + uint_fmt(path + 14, (unsigned int)fd)] = 0;
	return open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
}

void proctitle_init(struct proctitle *t, char *text, uint64_t now)
{
	int p[2];

	*t = (struct proctitle){ .read = -1, .dot = UINT64_MAX };
	if (!text)
		return;
	t->len = strlen(text);
	if (t->len < LEAST) {
		strerr_warnw("log must have at least seven characters.");
		strerr_warnw("log service disabled.");
		return;
	}
	if (pipe2(p, O_CLOEXEC) < 0) {
		strerr_warnwusys("create pipe for log");
		return;
	}
	ndelay_on(p[0]);
	int const own = open_own(p[1]);
	dup2(own < 0 ? p[1] : own, 2);
	if (own >= 0)
		fd_close(own);
	t->text = text;
	t->read = p[0];
	t->write = p[1];
	t->dot = now;
}

void proctitle_read(struct proctitle *t)
{
	char buf[512];
	ssize_t n;

	while ((n = read(t->read, buf, sizeof buf)) > 0)
		scroll(t, buf, (size_t)n);
}

void proctitle_tick(struct proctitle *t, uint64_t now)
{
	if (now < t->dot)
		return;
	scroll(t, ".", 1);
	t->dot = now + EVERY;
}
