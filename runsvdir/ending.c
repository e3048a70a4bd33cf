#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>

#include "files.h"
#include "place.h"
#include "scan.h"

enum { NAMES_MAX = 20 };

void ending_begin(struct scanner *s)
{
	s->stopping = true;
	s->rescan = false;
	s->look = UINT64_MAX;
	scan_leave_all(s);
}

/* One line of those that are left: names are added, then it is said, if there are any. */
struct line {
	stralloc text;
	size_t n;
};

static void add(struct line *l, char const *name)
{
	if (l->n++ >= NAMES_MAX)
		return;
	stralloc_cats(&l->text, l->n > 1 ? ", " : "");
	stralloc_cats(&l->text, name);
}

static void say(struct line *l, char const *before)
{
	if (l->n > NAMES_MAX)
		stralloc_cats(&l->text, " and others");
	if (l->n && stralloc_0(&l->text))
		strerr_warnw(before, l->text.s);
	stralloc_free(&l->text);
}

static void name_them(struct scanner const *s)
{
	struct line all = { .text = STRALLOC_ZERO };

	for (size_t i = 0; i < roster_len(&s->roster); i++)
		add(&all, roster_name(&s->roster, roster_at(&s->roster, i)));
	say(&all, "stopping, waiting for: ");
}

/* From the pid in the 20 bytes of the status: 0 in any byte order. One that can't be read may be
 * that of a service that lives. */
static bool has_process(struct scanner const *s, struct entry const *e)
{
	enum { PID_AT = 12 };
	uint32_t pid;
	char const *name;
	int const dir = place_of(s, e, &name);
	int const fd = files_open(dir, name, "/supervise/status", O_RDONLY);

	if (fd < 0)
		return errno != ENOENT;
	if (pread(fd, &pid, sizeof pid, PID_AT) != (ssize_t)sizeof pid)
		pid = UINT32_MAX;
	fd_close(fd);
	return pid != 0;
}

/* By its runsv, which knows the process. A second letter would kill its finish. */
static void tell(struct scanner const *s, struct entry *e)
{
	char const *name;
	int const dir = place_of(s, e, &name);
	int const fd = files_open(dir, name, "/supervise/control", O_WRONLY);

	e->told = fd >= 0 && write(fd, "k", 1) == 1;
	/* no reader, no FIFO: no runsv */
	if (!e->told && errno != ENXIO && errno != ENOENT) {
		strerr_warnwusys("kill ", roster_name(&s->roster, e));
		e->told = true; /* once is enough to say it */
	}
	if (fd >= 0)
		fd_close(fd);
}

static void tell_untold(struct scanner *s)
{
	for (size_t i = 0; i < roster_len(&s->roster); i++)
		if (!roster_at(&s->roster, i)->told)
			tell(s, roster_at(&s->roster, i));
}

static bool all_are_told(struct scanner const *s)
{
	for (size_t i = 0; i < roster_len(&s->roster); i++)
		if (!roster_at(&s->roster, i)->told)
			return false;
	return true;
}

static void kill_them(struct scanner *s)
{
	struct line killed = { .text = STRALLOC_ZERO }, given_up = { .text = STRALLOC_ZERO };

	for (size_t i = 0; i < roster_len(&s->roster); i++) {
		struct entry const *const e = roster_at(&s->roster, i);
		add(has_process(s, e) ? &killed : &given_up, roster_name(&s->roster, e));
	}
	if (killed.n)
		stop_killed(&s->stop);
	say(&killed, "stopping, killed because the time is up: ");
	say(&given_up, "stopping, given up because the time is up: ");
	tell_untold(s);
}

int ending_step(struct scanner *s)
{
	for (;;)
		switch (stop_next(&s->stop, roster_len(&s->roster), stamp_ms())) {
		case STOP_WAIT:
			if (s->stop.phase == STOP_KILLS && !all_are_told(s))
				stop_untold(&s->stop, stamp_ms());
			return -1;
		case STOP_NAME:
			name_them(s);
			break;
		case STOP_KILL:
			kill_them(s);
			break;
		case STOP_TELL:
			tell_untold(s);
			break;
		case STOP_END:
			return stop_code(&s->stop);
		}
}
