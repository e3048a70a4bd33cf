#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>

#include "line.h"
#include "select.h"
#include "settings.h"

/* [name], a blank, and what ends a string: more than the text of config may need. */
#define EXTRA (NAME_MAX + 8)

/* The last part of a path, which ends at end; moves end before it. */
static size_t last_part(char const *path, size_t *end)
{
	size_t at = *end;

	while (at && path[at - 1] != '/')
		at--;
	size_t const len = *end - at;
	*end = at ? at - 1 : 0;
	return len;
}

/* Whose lines these are, as its user calls it: a logger works in SERVICE/log. Elsewhere it is the
 * log directory's name. */
static size_t service_name(char name[NAME_MAX + 1], char const *dir)
{
	char path[PATH_MAX];
	char const *of = dir;
	size_t end = strlen(dir);

	while (end > 1 && dir[end - 1] == '/')
		end--;
	if (getcwd(path, sizeof path)) {
		size_t up = strlen(path);
		size_t const len = last_part(path, &up);
		bool const in_log = len == 3 && up && !memcmp(path + up + 1, "log", 3);
		if (in_log || (end == 1 && *dir == '.')) {
			of = path;
			end = in_log ? up : strlen(path);
		}
	}
	size_t begin = end;
	size_t const len = last_part(of, &begin);
	size_t const n = len < NAME_MAX ? len : NAME_MAX;
	memcpy(name, of + end - len, n);
	return n;
}

static char *put(char *to, char const **kept, char const *text, size_t len)
{
	memcpy(to, text, len);
	to[len] = 0;
	*kept = to;
	return to + len + 1;
}

static char *put_label(char *to, struct config *c, char const *dir)
{
	char name[NAME_MAX + 1];
	char const *const text = c->label_len ? c->label : name;
	size_t const len = c->label_len ? c->label_len : service_name(name, dir);

	*to = '[';
	memcpy(to + 1, text, len);
	memcpy(to + 1 + len, "] ", 2);
	c->label = to;
	c->label_len = len + 3;
	return to + c->label_len;
}

/* These are all that outlives the reading, so only a config with them costs memory. Its place stays
 * the same: the line that is being written when the directory is replaced may need it. */
static void keep_text(struct logdir *d, char const *text, size_t len, size_t size)
{
	struct config *const c = &d->config;

	if (!d->text) {
		void *const room = mmap(NULL, size + EXTRA, PROT_READ | PROT_WRITE,
					MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		d->text = room == MAP_FAILED ? NULL : room;
	}
	if (!d->text) {
		strerr_warnwusys("keep prefix, processor and patterns of ", d->name, "/config");
		c->prefix_len = c->processor_len = c->label_len = 0;
		c->copies = false;
		return;
	}
	char *at = put(d->text, &c->prefix, c->prefix, c->prefix_len);
	at = put(at, &c->processor, c->processor, c->processor_len);
	if (c->copies)
		at = put_label(at, c, d->name);
	d->rules = at;
	d->rules_len = select_rules(at, "+-", text, len);
	at += d->rules_len;
	d->shown = at;
	d->shown_len = select_rules(at, "eE", text, len);
}

/* What was meant, cut where a message becomes unreadable. */
static void complain(char const *what, char const *text, size_t len)
{
	char shown[128];
	size_t const n = len < sizeof shown - 1 ? len : sizeof shown - 1;

	memcpy(shown, text, n);
	shown[n] = 0;
	strerr_warnw("unable to scan ", what, ": ", shown);
}

static void obey(struct logdir *d, char const *line, size_t len, bool *rules)
{
	size_t at = 1;

	switch (config_line(&d->config, line, len)) {
	case CONFIG_DONE:
		return;
	case CONFIG_RULE:
		*rules = true;
		return;
	case CONFIG_BAD_ADDRESS:
		complain("ip address", line + 1, len - 1);
		return;
	case CONFIG_BAD_PORT:
		while (line[at - 1] != ':')
			at++;
		complain("port number", line + at, len - at);
		return;
	}
}

static void parse(struct logdir *d, char const *text, size_t len, size_t size)
{
	struct config *const c = &d->config;
	bool rules = false;

	for (size_t at = 0, end; at < len; at = end + 1) {
		end = line_end(text, at, len);
		obey(d, text + at, end - at, &rules);
	}
	config_end(c);
	if (rules || c->prefix_len || c->processor_len || c->copies)
		keep_text(d, text, len, size);
}

/* A config that can't be read gets the defaults, as in the reference. */
void settings_read(struct logdir *d, char *scratch, size_t size)
{
	struct stat st;

	config_default(&d->config);
	d->rules_len = d->shown_len = 0;
	int const fd = openat(d->dir, "config", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0) {
		if (errno != ENOENT)
			strerr_warnwusys("read config: ", d->name);
		return;
	}
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		strerr_warnw("not a regular file, ignored: ", d->name, "/config");
		fd_close(fd);
		return;
	}
	errno = 0;
	size_t const len = allread(fd, scratch, size);
	if (len < size && errno && errno != EPIPE)
		strerr_warnwusys("read config: ", d->name);
	else if (len == size)
		strerr_warnw("too long, the rest is ignored: ", d->name, "/config");
	else if (d->verbose)
		strerr_warni("read: ", d->name, "/config");
	fd_close(fd);
	parse(d, scratch, len, size);
}
