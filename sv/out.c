#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "out.h"

static void write_all(int fd, char const *text, size_t len)
{
	while (len) {
		ssize_t const n = write(fd, text, len);
		if (n >= 0) {
			text += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			/* somebody gave us a non-blocking pipe */
			struct pollfd p = { .fd = fd, .events = POLLOUT };
			poll(&p, 1, -1);
		} else if (errno != EINTR) {
			return;
		}
	}
}

void out_flush(struct out *o)
{
	write_all(1, o->text, o->len);
	o->len = 0;
}

char *out_room(struct out *o, size_t n)
{
	if (sizeof o->text - o->len < n)
		out_flush(o);
	return o->text + o->len;
}

void out_put(struct out *o, char const *text)
{
	for (size_t left = strlen(text); left;) {
		size_t const n = left < OUT_SIZE ? left : OUT_SIZE;
		memcpy(out_room(o, n), text, n);
		o->len += n;
		text += n;
		left -= n;
	}
}

static void line(struct out *o, char const *kind, char const *name, char const *suffix,
		 char const *what, int reason)
{
	out_put(o, kind);
	out_put(o, name);
	out_put(o, suffix);
	out_put(o, ": ");
	out_put(o, what);
	if (reason) {
		out_put(o, ": ");
		out_put(o, strerror(reason));
	}
	out_put(o, "\n");
}

void out_ok(struct out *o, char const *name, char const *what)
{
	line(o, "ok: ", name, "", what, 0);
}

void out_fail(struct out *o, char const *name, char const *suffix, char const *what, int reason)
{
	o->troubles++;
	line(o, "fail: ", name, suffix, what, reason);
}

void out_warn(struct out *o, char const *name, char const *suffix, char const *what, int reason)
{
	o->troubles++;
	line(o, "warning: ", name, suffix, what, reason);
}

void out_aside(struct out *o, char const *verb, char const *name, char const *file, int reason)
{
	char const *const parts[] = { "warning: unable to ", verb, " ", name, file, ": ",
				      strerror(reason),      "\n" };

	size_t begun = o->len;
	while (begun && o->text[begun - 1] != '\n')
		begun--;
	write_all(1, o->text, begun);
	o->len -= begun;
	memmove(o->text, o->text + begun, o->len);
	size_t const kept = o->len;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		out_put(o, parts[i]);
	write_all(2, o->text + kept, o->len - kept);
	o->len = kept;
}
