#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/types.h>

#include "facts.h"
#include "proc.h"
#include "stamp.h"

long facts_file(int dir, char const *name, char *text, size_t size)
{
	int const fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = -1;

	if (fd < 0)
		return -1;
	while (len < size - 1 && (n = read(fd, text + len, size - 1 - len)) > 0)
		len += (size_t)n;
	int const e = errno;
	close(fd);
	errno = e;
	text[len] = 0;
	return n < 0 ? -1 : (long)len;
}

static void read_deaths(struct known *f, int supervise, char const *name)
{
	char text[DEATH_BYTES + 1];
	long const len = facts_file(supervise, name, text, sizeof text);

	for (char *line = text, *end; len > 0 && (end = strchr(line, '\n')); line = end + 1) {
		struct death d;
		if (f->count < FACTS_DEATHS && death_parse(&d, line, (size_t)(end - line)))
			f->deaths[f->count++] = d;
	}
}

static void read_record(struct known *f, int supervise)
{
	char text[RECORD_SIZE + 1];
	long const len = facts_file(supervise, "record", text, sizeof text);

	f->recorded = len > 0 && record_parse(&f->record, text, (size_t)len);
}

/* "#! PATH ARG": PATH must be there. What begins otherwise is for the kernel to know. */
static void look_at_run(struct known *f, int dir)
{
	char text[FACTS_TEXT];
	struct stat st;

	if (fstatat(dir, "run", &st, 0) < 0) {
		f->run = RUN_MISSING;
		return;
	}
	if (!S_ISREG(st.st_mode) || !(st.st_mode & 0111)) {
		f->run = RUN_NOT_EXECUTABLE;
		return;
	}
	long const len = facts_file(dir, "run", text, sizeof text);
	if (len < 0)
		return;
	if (len < 4 || (memcmp(text, "#!", 2) != 0 && memcmp(text, "\177ELF", 4) != 0)) {
		f->run = RUN_FORMAT;
		return;
	}
	if (text[0] != '#')
		return;
	char *const path = text + 2 + strspn(text + 2, " \t");
	path[strcspn(path, " \t\n")] = 0;
	if (faccessat(dir, path, X_OK, 0) < 0) {
		f->run = RUN_NO_INTERPRETER;
		memcpy(f->interpreter, path, strlen(path) + 1);
	}
}

/* Of /proc/PID/stat, behind the name: fields 14 and 15 are CPU ticks, 24 pages in memory. */
static void look_at_process(struct known *f)
{
	char path[40] = "/proc/", text[1024];
	uint64_t ticks = 0;

	memcpy(path + 6 + uint32_fmt(path + 6, f->status.pid), "/stat", 6);
	char *at = proc_file(path, text, sizeof text - 1) > 0 ? strrchr(text, ')') : NULL;
	for (int field = 3; at && field <= 24; field++) {
		at = strchr(at, ' ');
		at = at ? at + 1 : NULL;
		if (at && (field == 14 || field == 15))
			ticks += strtoull(at, NULL, 10);
		if (at && field == 24)
			f->memory = strtoull(at, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
	}
	f->cpu = ticks * 1000 / (uint64_t)sysconf(_SC_CLK_TCK);
}

/* After ask_answers: whether that there is no runsv is not for certain. */
static bool unknown(void)
{
	return errno != ENOENT && errno != ENXIO;
}

static void look_at_logger(struct known *f, struct service const *s, struct out *o)
{
	struct service log;
	struct status st;

	if (ask_enter_log(&log, s) != 0)
		return;
	f->has_log = true;
	if (!ask_answers(&log))
		f->log_error = unknown() ? errno : 0;
	else if (ask_status(&log, &st, o) && st.state == STATUS_RUN)
		f->logger = (pid_t)st.pid;
	ask_leave(&log);
}

static uint64_t age_of(struct status const *st)
{
	tain now, age;

	stamp_now(&now);
	if (!tain_less(&st->since, &now))
		return 0;
	tain_sub(&age, &now, &st->since);
	return age.sec.x * 1000 + age.nano / 1000000;
}

bool facts_read(struct known *f, char const *name, struct svdir *v, struct out *o)
{
	struct service s;
	struct stat st;

	*f = (struct known){ .name = name };
	if (!ask_enter(&s, name, v, o))
		return false;
	f->down_file = fstatat(s.dir, "down", &st, 0) == 0;
	look_at_run(f, s.dir);
	ask_supervise(&s);
	f->supervised = ask_answers(&s);
	if (!f->supervised && unknown()) {
		out_warn(o, name, "", "unable to open supervise/ok", errno);
		ask_leave(&s);
		return false;
	}
	/* the state first: an end that is noted before the next life must not be missed */
	if (f->supervised && !(f->trouble = !ask_status(&s, &f->status, o))) {
		f->age = age_of(&f->status);
		read_deaths(f, s.supervise, "deaths.old");
		read_deaths(f, s.supervise, "deaths");
		read_record(f, s.supervise);
		if (f->status.pid)
			look_at_process(f);
	}
	look_at_logger(f, &s, o);
	ask_leave(&s);
	return true;
}
