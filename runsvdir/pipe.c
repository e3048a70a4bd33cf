#include <fcntl.h>
#include <sys/stat.h>

#include <skalibs/djbunix.h>

#include "files.h"
#include "living.h"
#include "place.h"
#include "scan.h"

static int open_pipe(struct place at)
{
	struct stat st;
	int const fd = files_state(at, "/pipe", O_RDONLY);

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode) && files_spare(fd))
		return fd;
	fd_close(fd);
	return -1;
}

static bool hold(struct scanner const *s, struct entry *e)
{
	struct place const at = place_of(s, e);
	int const fd = open_pipe(at);

	if (fd < 0)
		return false;
	pipe_release(e);
	e->pipe = fd;
	return true;
}

void pipe_look(struct scanner const *s, struct entry *e)
{
	struct place const at = place_of(s, e);

	roster_looked(e, hold(s, e) || living_answers(at));
}

void pipe_reported(struct scanner const *s, pid_t runsv)
{
	struct entry *const e = runsv > 0 ? roster_of_pid(&s->roster, runsv) : NULL;

	/* of one that is leaving, another service may have the name by now */
	if (e && (e->state == ROSTER_RUNNING || e->state == ROSTER_RETURNED))
		roster_looked(e, hold(s, e));
}

void pipe_release(struct entry *e)
{
	if (e->pipe >= 0)
		fd_close(e->pipe);
	e->pipe = -1;
}
