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

/* All that are left, in one line. */
static void name_them(struct scanner const *s, char const *before)
{
	stralloc text = STRALLOC_ZERO;
	size_t const n = roster_len(&s->roster);

	for (size_t i = 0; i < n && i < NAMES_MAX; i++) {
		stralloc_cats(&text, i ? ", " : "");
		stralloc_cats(&text, roster_name(&s->roster, roster_at(&s->roster, i)));
	}
	if (n > NAMES_MAX)
		stralloc_cats(&text, " and others");
	if (stralloc_0(&text))
		strerr_warnw(before, text.s);
	stralloc_free(&text);
}

/* By its runsv, which knows the process. */
static void kill_one(struct scanner const *s, struct entry const *e)
{
	char const *name;
	int const dir = place_of(s, e, &name);
	int const fd = files_open(dir, name, "/supervise/control", O_WRONLY);

	/* no reader, no FIFO: no runsv */
	if ((fd < 0 && errno != ENXIO && errno != ENOENT) || (fd >= 0 && write(fd, "k", 1) < 0))
		strerr_warnwusys("kill ", roster_name(&s->roster, e));
	if (fd >= 0)
		fd_close(fd);
}

int ending_step(struct scanner *s)
{
	for (;;)
		switch (stop_next(&s->stop, roster_len(&s->roster), stamp_ms())) {
		case STOP_WAIT:
			return -1;
		case STOP_NAME:
			name_them(s, "stopping, waiting for: ");
			break;
		case STOP_KILL:
			name_them(s, "stopping, killed because the time is up: ");
			for (size_t i = 0; i < roster_len(&s->roster); i++)
				kill_one(s, roster_at(&s->roster, i));
			break;
		case STOP_END:
			return stop_code(&s->stop);
		}
}
