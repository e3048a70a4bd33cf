#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>

#include "death.h"
#include "runsv.h"
#include "stamp.h"

/* The number of the last one, which stands in its line. What can't be read counts anew. */
static uint64_t last_number(int fd, off_t size)
{
	char text[DEATH_LINE];
	struct death d;
	off_t const from = size > DEATH_LINE ? size - DEATH_LINE : 0;
	ssize_t const n = pread(fd, text, sizeof text, from);

	if (n <= 1 || text[n - 1] != '\n')
		return 0;
	char const *const before = memrchr(text, '\n', (size_t)n - 1);
	char const *const line = before ? before + 1 : text;
	return death_parse(&d, line, (size_t)(text + n - 1 - line)) ? d.number : 0;
}

static int open_file(int dir)
{
	int const flags = O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC;

	return openat(dir, "deaths", flags, 0600);
}

/* One line behind the others, in one write; a full file makes room first. */
static bool append(int dir, struct death *d)
{
	char line[DEATH_LINE];
	struct stat st;
	int fd = open_file(dir);

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		if (fd >= 0) {
			fd_close(fd);
			errno = EINVAL;
		}
		return false;
	}
	d->number = last_number(fd, st.st_size) + 1;
	if (st.st_size > DEATH_BYTES - DEATH_LINE &&
	    renameat(dir, "deaths", dir, "deaths.old") == 0) {
		fd_close(fd);
		fd = open_file(dir);
	}
	size_t const len = death_format(line, d);
	bool const done = fd >= 0 && write(fd, line, len) == (ssize_t)len;
	if (fd >= 0)
		fd_close(fd);
	return done;
}

static uint64_t ms_since(tain const *then)
{
	tain now, age;

	stamp_monotonic(&now);
	if (!tain_less(then, &now))
		return 0;
	tain_sub(&age, &now, then);
	return age.sec.x * 1000 + age.nano / 1000000;
}

void deaths_note(struct runsv *v, unsigned int who, int wstat, bool more)
{
	struct slot const *const s = &v->pair.slot[who];
	/* a stop sends without a letter's mark */
	bool const told = s->told || s->term || s->sent || s->want != WANT_UP;
	struct death d = { .wstat = wstat == WSTAT_UNKNOWN ? -1 : wstat,
			   .ran = ms_since(&s->started),
			   .pid = (uint64_t)s->pid,
			   .cause = s->killed ? DEATH_TIMEOUT
				    : told    ? DEATH_TOLD
					      : DEATH_ITSELF,
			   .failed = !told && policy_failed(&s->policy, wstat),
			   .again = !told && !s->killed && !policy_last(&s->policy, wstat) };

	if (s->phase != PHASE_RUN || (want_exits(s->want) && !s->killed && !more))
		return;
	stamp_now(&d.at);
	if (!append(v->supervise[who], &d))
		strerr_warnwusys("write ", runsv_where[who], "supervise/deaths");
	v->again = v->again || d.again;
}

void deaths_forget(struct runsv const *v)
{
	for (unsigned int who = 0; who < v->pair.slots; who++) {
		unlinkat(v->supervise[who], "deaths", 0);
		unlinkat(v->supervise[who], "deaths.old", 0);
	}
}
