#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ask.h"
#include "print.h"
#include "stamp.h"
#include "state.h"
#include "target.h"

#define FLAGS_DIR (O_PATH | O_DIRECTORY | O_CLOEXEC)
#define FLAGS_FIFO (O_WRONLY | O_NONBLOCK | O_CLOEXEC)

static char const not_running[] = "runsv not running";

static void shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void init(struct service *s, char const *name, char const *suffix)
{
	*s = (struct service){ .name = name,
			       .suffix = suffix,
			       .dir = -1,
			       .away = -1,
			       .supervise = -1,
			       .ok = -1,
			       .control = -1 };
}

static bool is_read(int dir, char const *fifo)
{
	int fd = openat(dir, fifo, FLAGS_FIFO);
	bool const read = fd >= 0;

	shut(&fd);
	return read;
}

/* A runsv that answers in supervise/ is the one that is meant: the other may be a namesake's. */
static void look_away(struct service *s, char const *suffix)
{
	char path[PATH_MAX];

	if (!state_path(path, s->name, s->name, suffix))
		return;
	s->away = openat(AT_FDCWD, path, FLAGS_DIR | O_NOFOLLOW);
	if (s->away >= 0 && (is_read(s->dir, "supervise/ok") || !is_read(s->away, "ok")))
		shut(&s->away);
}

static int open_target(char const *name, struct svdir *v)
{
	char path[PATH_MAX];
	int base = AT_FDCWD;

	if (!target_path(path, name))
		return -1;
	if (target_in_svdir(name)) {
		if (v->fd < 0)
			v->fd = openat(AT_FDCWD, v->path, FLAGS_DIR);
		if (v->fd < 0)
			return -1;
		base = v->fd;
	}
	return openat(base, path, FLAGS_DIR);
}

bool ask_enter(struct service *s, char const *name, struct svdir *v, struct out *o)
{
	init(s, name, "");
	s->dir = open_target(name, v);
	if (s->dir < 0)
		out_fail(o, name, "", "unable to change to service directory", errno);
	else
		look_away(s, "");
	return s->dir >= 0;
}

int ask_enter_log(struct service *log, struct service const *s)
{
	init(log, s->name, "/log");
	log->dir = openat(s->dir, "log/.", FLAGS_DIR);
	if (log->dir < 0)
		return errno;
	look_away(log, ".log");
	return 0;
}

void ask_supervise(struct service *s)
{
	int const at = s->away >= 0 ? s->away : s->dir;
	char const *const name = s->away >= 0 ? "." : "supervise";

	s->supervise = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* letters may be allowed where a look into the directory is not: it can't be watched then
	 */
	if (s->supervise < 0 && errno == EACCES)
		s->supervise = openat(at, name, FLAGS_DIR);
}

void ask_leave(struct service *s)
{
	shut(&s->control);
	shut(&s->ok);
	shut(&s->supervise);
	shut(&s->away);
	shut(&s->dir);
}

/* Opens supervise/FILE, through the descriptor of supervise/ if there is one. */
static int open_in(struct service const *s, char const *file, int flags)
{
	if (s->supervise >= 0 || s->away >= 0)
		return openat(s->supervise >= 0 ? s->supervise : s->away,
			      file + sizeof "supervise/" - 1, flags);
	return openat(s->dir, file, flags);
}

static enum answer gone(struct service const *s, bool exiting, struct out *o)
{
	if (exiting)
		out_ok(o, s->name, not_running);
	else
		out_fail(o, s->name, s->suffix, not_running, 0);
	return ANSWER_GONE;
}

enum answer ask_alive(struct service *s, bool exiting, struct out *o)
{
	int fd = open_in(s, "supervise/ok", FLAGS_FIFO);

	if (fd < 0) {
		if (errno == ENXIO)
			return gone(s, exiting, o);
		out_warn(o, s->name, s->suffix, "unable to open supervise/ok", errno);
		return ANSWER_TROUBLE;
	}
	if (s->supervise >= 0)
		s->ok = fd;
	else
		shut(&fd);
	return ANSWER_YES;
}

bool ask_answers(struct service const *s)
{
	int fd = open_in(s, "supervise/ok", FLAGS_FIFO);
	bool const answers = fd >= 0;

	shut(&fd);
	return answers;
}

bool ask_status(struct service *s, struct status *st, struct out *o)
{
	char bytes[STATUS_SIZE];
	int const fd = open_in(s, "supervise/status", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0) {
		out_warn(o, s->name, s->suffix, "unable to open supervise/status", errno);
		return false;
	}
	ssize_t const n = read(fd, bytes, sizeof bytes);
	int const e = errno;
	close(fd);
	if (n == STATUS_SIZE) {
		status_unpack(st, bytes);
		return true;
	}
	if (n < 0)
		out_warn(o, s->name, s->suffix, "unable to read supervise/status", e);
	else
		out_warn(o, s->name, s->suffix, "unable to read supervise/status: bad format", 0);
	return false;
}

static bool is_empty(int fifo)
{
	int n = 0;

	return !ioctl(fifo, FIONREAD, &n) && !n;
}

bool ask_unread(struct service *s)
{
	if (s->control >= 0 && is_empty(s->control))
		shut(&s->control);
	return s->control >= 0;
}

enum answer ask_send(struct service *s, char const *letters, struct out *o)
{
	bool const exiting = letters[0] == 'x';
	size_t const len = strlen(letters);

	if (!len) {
		s->quiet = true;
		return ask_status(s, &s->before, o) ? ANSWER_YES : ANSWER_TROUBLE;
	}
	shut(&s->control);
	/* The queue is looked at first: a letter that was there then may change the status after.
	 */
	s->control = open_in(s, "supervise/control", FLAGS_FIFO);
	int const e = errno;
	s->quiet = s->control >= 0 && is_empty(s->control);
	if (!ask_status(s, &s->before, o))
		return ANSWER_TROUBLE;
	/* A second TERM could mean "at once" to a service that is ending; nothing else is left out:
	 * a letter that is on its way may contradict the want that the status shows. */
	if (*letters == 'd' && s->before.want == 'd' && s->before.term && s->quiet) {
		shut(&s->control);
		return ANSWER_YES;
	}
	if (s->control < 0) {
		if (e == ENXIO)
			return gone(s, exiting, o);
		out_warn(o, s->name, s->suffix, "unable to open supervise/control", e);
		return ANSWER_TROUBLE;
	}
	stamp_now(&s->sent);
	if (write(s->control, letters, len) == (ssize_t)len)
		return ANSWER_YES;
	out_warn(o, s->name, s->suffix, "unable to write to supervise/control", errno);
	return ANSWER_TROUBLE;
}

bool ask_print(struct service const *s, char const *prefix, char const *name,
	       struct status const *st, tain const *now, struct out *o)
{
	struct stat down;
	bool const normally_down = !fstatat(s->dir, "down", &down, 0);

	if (!normally_down && errno != ENOENT) {
		out_aside(o, "stat", s->name, s->suffix[0] ? "/log/down" : "/down", errno);
		out_put(o, prefix);
		return false;
	}
	out_put(o, prefix);
	o->len += print_state(out_room(o, PRINT_MAX + strlen(name)), name, st, now, normally_down);
	return true;
}
