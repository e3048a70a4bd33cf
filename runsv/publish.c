#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "replace.h"
#include "runsv.h"

static bool put(struct runsv const *v, unsigned int who, char const *name, char const *fresh,
		char const *data, size_t len)
{
	char const *const where = runsv_where[who];

	switch (replace_file(v->supervise[who], name, fresh, data, len, 0644)) {
	case REPLACE_DONE:
		return true;
	case REPLACE_OPEN:
		strerr_warnwusys("open ", where, "supervise/", fresh);
		break;
	case REPLACE_WRITE:
		strerr_warnwusys("write ", where, "supervise/", fresh);
		break;
	case REPLACE_SHORT:
		strerr_warnwu("write ", where, "supervise/", fresh, ": partial write.");
		break;
	case REPLACE_RENAME:
		strerr_warnwusys("rename ", fresh, " to ", where, "supervise/", name);
		break;
	}
	return false;
}

/* The order pid, stat, status is runit's, and who waits for a change waits for the last. pid is
 * only replaced when the process is another one: its mtime is shown as an age (contract §10). */
void publish(struct runsv *v, unsigned int who)
{
	struct status now;
	char bytes[STATUS_SIZE], before[STATUS_SIZE];
	char text[STATUS_TEXT_MAX], old[STATUS_TEXT_MAX];
	char pid[STATUS_PID_MAX];
	bool const exiting = want_exits(v->pair.slot[who].want);
	bool const first = !v->published[who];
	bool done = true;

	slot_status(&v->pair.slot[who], &now);
	status_pack(bytes, &now);
	status_pack(before, &v->shown[who]);
	size_t const len = status_text(text, &now, exiting);
	size_t const oldlen = status_text(old, &v->shown[who], v->exiting[who]);
	bool const same_text = !first && len == oldlen && !memcmp(text, old, len);
	if (same_text && !memcmp(bytes, before, STATUS_SIZE))
		return;
	if (now.pid != v->pid_shown[who]) {
		done = put(v, who, "pid", "pid.new", pid, status_pid(pid, now.pid));
		v->pid_shown[who] = done ? now.pid : UINT32_MAX;
	}
	if (done && !same_text)
		done = put(v, who, "stat", "stat.new", text, len);
	if (done)
		done = put(v, who, "status", "status.new", bytes, STATUS_SIZE);
	v->published[who] = done; /* what failed is tried again at the next change */
	v->shown[who] = now;
	v->exiting[who] = exiting;
}

void publish_recall(struct runsv *v, unsigned int who)
{
	char text[STATUS_PID_MAX + 1];
	int const fd =
		openat(v->supervise[who], "pid", O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	ssize_t const n = fd < 0 ? -1 : read(fd, text, STATUS_PID_MAX);

	if (fd >= 0)
		fd_close(fd);
	if (n < 0)
		return;
	text[n] = 0;
	size_t const digits = uint32_scan(text, &v->pid_shown[who]);
	if (!n)
		v->pid_shown[who] = 0;
	else if (!digits || text[digits] != '\n')
		v->pid_shown[who] = UINT32_MAX;
}
