#include <string.h>
#include <strings.h>

#include "judge.h"
#include "parse.h"
#include "text.h"

/* The keys of a program that say where its output goes. There is one logger for it, and a directory
 * of svlogd's in the place of a file. */

enum target { TARGET_FILE, TARGET_AUTO, TARGET_NONE, TARGET_SYSLOG, TARGET_STDOUT, TARGET_STDERR };

static enum target target_of(char const *value)
{
	static struct {
		char const *name;
		enum target target;
	} const names[] = {
		{ "none", TARGET_NONE },           { "off", TARGET_NONE },
		{ "/dev/null", TARGET_NONE },      { "auto", TARGET_AUTO },
		{ "syslog", TARGET_SYSLOG },       { "/dev/stdout", TARGET_STDOUT },
		{ "/dev/fd/1", TARGET_STDOUT },    { "/proc/self/fd/1", TARGET_STDOUT },
		{ "/proc/1/fd/1", TARGET_STDOUT }, { "/dev/stderr", TARGET_STDERR },
		{ "/dev/fd/2", TARGET_STDERR },    { "/proc/self/fd/2", TARGET_STDERR },
		{ "/proc/1/fd/2", TARGET_STDERR },
	};

	for (size_t i = 0; value && i < sizeof names / sizeof *names; i++)
		if (!strcasecmp(value, names[i].name))
			return names[i].target;
	return value ? TARGET_FILE : TARGET_AUTO;
}

/* Beside the file, with the service's name, which no other has. */
static char const *log_directory(struct judge const *j, char const *file)
{
	char const *const slash = file ? strrchr(file, '/') : NULL, *const name = j->program->name;
	char const *const all = j->all->log_dir ? j->all->log_dir : "/var/log";

	if (!name)
		return NULL; /* refused already */
	if (!slash)
		return text_format("%s/%s", all, name);
	if (*file == '~' && file[1] == '/')
		file = text_format("%cHOME%c%s", LATE, LATE_END, file + 1);
	return text_format("%.*s/%s", (int)(strrchr(file, '/') - file), file, name);
}

/* A log directory for what went into a file. */
static enum verdict to_directory(struct judge *j, enum target target)
{
	struct program *const p = j->program;

	p->log_dir = log_directory(j, target == TARGET_FILE ? j->value : NULL);
	if (target == TARGET_AUTO)
		return judge_say(
			j, CHANGED,
			"%s/current, which is kept; there a file that is removed at each start",
			text_shown(p->log_dir));
	return judge_say(
		j, CHANGED,
		"a directory, %s, whose file current has the newest lines; svlogd rotates it",
		text_shown(p->log_dir));
}

enum verdict judge_redirect(struct judge *j)
{
	if (j->value && !parse_bool(j->value, &j->program->redirect))
		return judge_refuse(j, "it is neither true nor false");
	if (!j->value)
		return SAME;
	return judge_say(j, SAME, j->program->redirect ? "exec 2>&1" : "the default");
}

static enum verdict to_syslog(struct judge *j)
{
	j->program->syslog_tag = j->program->process;
	return judge_say(j, CHANGED,
			 "log/run is logger(1), which must be there; no file is written beside");
}

enum verdict judge_stdout(struct judge *j)
{
	struct program *const p = j->program;
	enum target const target = target_of(j->value);

	switch (target) {
	case TARGET_FILE:
		p->out_file = j->value;
		return to_directory(j, target);
	case TARGET_AUTO:
		return to_directory(j, target);
	case TARGET_SYSLOG:
		return to_syslog(j);
	case TARGET_NONE:
		p->out = OUTPUT_NONE;
		return judge_say(j, SAME, "/dev/null");
	case TARGET_STDOUT:
	case TARGET_STDERR:
		break;
	}
	p->out = target == TARGET_STDOUT ? OUTPUT_STDOUT : OUTPUT_STDERR;
	return judge_say(j, SAME, "no logger: it goes where that of runsvdir goes");
}

/* Beside a standard output that goes elsewhere. */
static enum verdict without_log(struct judge *j, enum target target)
{
	struct program *const p = j->program;

	if (target == TARGET_STDERR) {
		p->err = OUTPUT_STDERR;
		return judge_say(j, SAME, "no logger: it goes where that of runsvdir goes");
	}
	if (target == TARGET_STDOUT && p->out == OUTPUT_STDOUT) {
		p->err = OUTPUT_STDOUT;
		return judge_say(j, SAME, "exec 2>&1");
	}
	if (p->out == OUTPUT_NONE && target != TARGET_STDOUT) {
		p->err = OUTPUT_LOG;
		return target == TARGET_SYSLOG ? to_syslog(j) : to_directory(j, target);
	}
	p->err = OUTPUT_STDERR;
	return judge_say(j, CHANGED, "it has no log: it goes to the standard error of runsvdir");
}

static enum verdict beside_log(struct judge *j, enum target target)
{
	struct program *const p = j->program;

	if (target == TARGET_STDERR || target == TARGET_STDOUT)
		return without_log(j, target);
	p->err = OUTPUT_LOG;
	if (target == TARGET_FILE && p->out_file && !strcmp(j->value, p->out_file))
		return judge_say(j, SAME, "exec 2>&1: the same log");
	return judge_say(j, CHANGED,
			 "exec 2>&1: it has no log of its own, its lines are among those of the "
			 "standard output");
}

enum verdict judge_stderr(struct judge *j)
{
	struct program *const p = j->program;
	enum target const target = target_of(j->value);

	if (p->redirect) {
		p->err = p->out;
		return j->value ? judge_say(j, SAME,
					    "beside redirect_stderr it does not count, as there")
				: SAME;
	}
	if (target == TARGET_NONE) {
		p->err = OUTPUT_NONE;
		return judge_say(j, SAME, "/dev/null");
	}
	return p->out == OUTPUT_LOG ? beside_log(j, target) : without_log(j, target);
}

/* Whether the logger is there for this stream alone, or first of all. */
static bool rotates(struct program const *p, bool err)
{
	return !p->syslog_tag &&
	       (err ? p->out != OUTPUT_LOG && p->err == OUTPUT_LOG : p->out == OUTPUT_LOG);
}

/* A size or number of a stream that has no logger for itself. */
static enum verdict no_rotation(struct judge *j, bool err)
{
	struct program const *const p = j->program;

	if (!j->value)
		return SAME;
	if (err && p->err == OUTPUT_LOG && !p->redirect && !p->syslog_tag)
		return judge_say(
			j, CHANGED,
			"the log is that of the standard output, whose size and number count");
	return judge_say(j, SAME, "there is no file of its own: nothing rotates");
}

static enum verdict bytes(struct judge *j, bool err)
{
	struct rotation *const r = &j->program->rotation;
	unsigned long long n = 50ULL * 1024 * 1024;

	if (j->value && !parse_bytes(j->value, &n))
		return judge_refuse(j, "not a number of bytes, with KB, MB or GB behind it");
	if (!rotates(j->program, err))
		return no_rotation(j, err);
	r->bytes = n;
	if (!j->value)
		return SAME;
	return n ? judge_say(j, SAME, "s%llu in the config of svlogd", n)
		 : judge_say(j, SAME, "s0 in the config of svlogd: it never rotates");
}

static enum verdict backups(struct judge *j, bool err)
{
	struct rotation *const r = &j->program->rotation;
	long n = 10;

	if (j->value && (!parse_int(j->value, &n) || n < 0))
		return judge_refuse(j, "it is no number");
	if (!rotates(j->program, err))
		return no_rotation(j, err);
	r->backups = n ? n : 1;
	if (!n && r->bytes)
		return judge_say(j, CHANGED, "one old file is kept: svlogd can't do without");
	return j->value ? judge_say(j, SAME, "n%ld in the config of svlogd", r->backups) : SAME;
}

enum verdict judge_out_bytes(struct judge *j)
{
	return bytes(j, false);
}

enum verdict judge_out_backups(struct judge *j)
{
	return backups(j, false);
}

enum verdict judge_err_bytes(struct judge *j)
{
	return bytes(j, true);
}

enum verdict judge_err_backups(struct judge *j)
{
	return backups(j, true);
}

static enum verdict syslog(struct judge *j, enum output to, bool has_file)
{
	bool yes = false;

	if (j->value && !parse_bool(j->value, &yes))
		return judge_refuse(j, "it is neither true nor false");
	if (!j->value)
		return SAME;
	if (!yes)
		return judge_say(j, SAME, "the default");
	if (has_file || to == OUTPUT_STDOUT || to == OUTPUT_STDERR)
		return judge_say(j, LOST, "its lines go to one place: not to syslog as well");
	j->program->out = OUTPUT_LOG;
	return to_syslog(j);
}

enum verdict judge_out_syslog(struct judge *j)
{
	return syslog(j, j->program->out, j->program->out_file);
}

enum verdict judge_err_syslog(struct judge *j)
{
	struct program const *const p = j->program;

	if (p->syslog_tag && j->value && !strcasecmp(j->value, "true"))
		return judge_say(j, SAME, "with the standard output");
	/* that it alone goes there is not possible */
	return syslog(j, OUTPUT_STDERR, true);
}

/* Settings that matter only if they are on. */
static enum verdict off(struct judge *j, bool on, char const *lost)
{
	return on ? judge_say(j, LOST, "%s", lost) : judge_say(j, SAME, "the default");
}

enum verdict judge_capture(struct judge *j)
{
	unsigned long long n = 0;
	bool yes = false;

	if (!j->value)
		return SAME;
	if (!strcmp(j->key, "strip_ansi"))
		return parse_bool(j->value, &yes) ? off(j, yes, "escape sequences stay in the log")
						  : judge_refuse(j, "it is neither true nor false");
	if (!parse_bytes(j->value, &n))
		return judge_refuse(j, "not a number of bytes, with KB, MB or GB behind it");
	return off(j, n > 0,
		   "nothing is cut out of the stream: PROCESS_COMMUNICATION events do not exist");
}

enum verdict judge_events_enabled(struct judge *j)
{
	bool yes = false;

	if (!j->value)
		return SAME;
	if (!parse_bool(j->value, &yes))
		return judge_refuse(j, "it is neither true nor false");
	return off(j, yes, "there are no events: a listener that wants the lines can read the log");
}
