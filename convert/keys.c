#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "judge.h"
#include "text.h"

enum {
	PROGRAM = 1,
	SUPERVISORD = 2,
	UNIX = 4,
	INET = 8,
	CTL = 16,
	RPC = 32,
	INCLUDE = 64,
	GROUP = 128,
	LISTENER = 256,
	FCGI = 512,
	OTHER = 1024,
};

static struct {
	char const *name; /* with a colon: the beginning of one */
	unsigned int kind;
} const kinds[] = {
	{ "program:", PROGRAM },       { "supervisord", SUPERVISORD }, { "unix_http_server", UNIX },
	{ "inet_http_server", INET },  { "supervisorctl", CTL },       { "rpcinterface:", RPC },
	{ "include", INCLUDE },        { "group:", GROUP },            { "eventlistener:", LISTENER },
	{ "fcgi-program:", FCGI },     { "unix_http_server:", UNIX },  { "inet_http_server:", INET },
	{ "DEFAULT", 0 },
};

/* When the value of a variable must be known. */
enum how {
	RAW,   /* the function does it itself */
	NOW,   /* when it is converted */
	START, /* when the service starts */
	TWICE, /* the same, and supervisord replaces them in what came out of it once more */
};

struct row {
	unsigned int kinds;
	char const *key; /* NULL: every key that has no row before */
	enum how how;
	judge_fn *judge; /* NULL: it is always as follows */
	enum verdict verdict;
	char const *sentence;
};

#define IGNORED "supervisord does not know this key, and ignores it"
#define NO_CLIENT "sv asks runsv through the service directory, and needs no address"

/* In this order: what a function needs of other keys is above. */
/* clang-format off */
static struct row const rows[] = {
	{ PROGRAM, "environment",             RAW,   judge_environment,   SAME, NULL },
	{ PROGRAM, "process_name",            RAW,   judge_process_name,  SAME, NULL },
	{ PROGRAM, "numprocs",                NOW,   judge_numprocs,      SAME, NULL },
	{ PROGRAM, "numprocs_start",          NOW,   judge_numprocs,      SAME, NULL },
	{ PROGRAM, "directory",               START, judge_directory,     SAME, NULL },
	{ PROGRAM, "user",                    START, judge_user,          SAME, NULL },
	{ PROGRAM, "umask",                   NOW,   judge_umask,         SAME, NULL },
	{ PROGRAM, "autostart",               NOW,   judge_autostart,     SAME, NULL },
	{ PROGRAM, "startsecs",               NOW,   judge_startsecs,     SAME, NULL },
	{ PROGRAM, "autorestart",             NOW,   judge_autorestart,   SAME, NULL },
	{ PROGRAM, "exitcodes",               NOW,   judge_exitcodes,     SAME, NULL },
	{ PROGRAM, "startretries",            NOW,   judge_startretries,  SAME, NULL },
	{ PROGRAM, "priority",                NOW,   judge_priority,      SAME, NULL },
	{ PROGRAM, "stopsignal",              NOW,   judge_stopsignal,    SAME, NULL },
	{ PROGRAM, "stopwaitsecs",            NOW,   judge_stopwaitsecs,  SAME, NULL },
	{ PROGRAM, "stopasgroup",             NOW,   judge_stopasgroup,   SAME, NULL },
	{ PROGRAM, "killasgroup",             NOW,   judge_killasgroup,   SAME, NULL },
	{ PROGRAM, "redirect_stderr",         NOW,   judge_redirect,      SAME, NULL },
	{ PROGRAM, "stdout_logfile",          TWICE, judge_stdout,        SAME, NULL },
	{ PROGRAM, "stdout_logfile_maxbytes", NOW,   judge_out_bytes,     SAME, NULL },
	{ PROGRAM, "stdout_logfile_backups",  NOW,   judge_out_backups,   SAME, NULL },
	{ PROGRAM, "stdout_syslog",           NOW,   judge_out_syslog,    SAME, NULL },
	{ PROGRAM, "stderr_logfile",          TWICE, judge_stderr,        SAME, NULL },
	{ PROGRAM, "stderr_logfile_maxbytes", NOW,   judge_err_bytes,     SAME, NULL },
	{ PROGRAM, "stderr_logfile_backups",  NOW,   judge_err_backups,   SAME, NULL },
	{ PROGRAM, "stderr_syslog",           NOW,   judge_err_syslog,    SAME, NULL },
	{ PROGRAM, "stdout_capture_maxbytes", NOW,   judge_capture,       SAME, NULL },
	{ PROGRAM, "stderr_capture_maxbytes", NOW,   judge_capture,       SAME, NULL },
	{ PROGRAM, "stdout_events_enabled",   NOW,   judge_events_enabled, SAME, NULL },
	{ PROGRAM, "stderr_events_enabled",   NOW,   judge_events_enabled, SAME, NULL },
	{ PROGRAM, "serverurl",               START, judge_serverurl,     SAME, NULL },
	{ PROGRAM, "command",                 START, judge_command,       SAME, NULL },
	{ PROGRAM, NULL,                      RAW,   NULL, SAME, IGNORED },

	{ SUPERVISORD, "nodaemon",            NOW,   judge_nodaemon,      SAME, NULL },
	{ SUPERVISORD, "environment",         RAW,   judge_all_environment, SAME, NULL },
	{ SUPERVISORD, "user",                START, judge_all_user,      SAME, NULL },
	{ SUPERVISORD, "umask",               NOW,   judge_all_umask,     SAME, NULL },
	{ SUPERVISORD, "directory",           START, judge_all_directory, SAME, NULL },
	{ SUPERVISORD, "minfds",              NOW,   judge_minfds,        SAME, NULL },
	{ SUPERVISORD, "minprocs",            NOW,   judge_minprocs,      SAME, NULL },
	{ SUPERVISORD, "childlogdir",         START, judge_childlogdir,   SAME, NULL },
	{ SUPERVISORD, "logfile",             RAW,   judge_logfile,       SAME, NULL },
	{ SUPERVISORD, "logfile_maxbytes",    RAW,   NULL, SAME, "there is no such file: nothing rotates" },
	{ SUPERVISORD, "logfile_backups",     RAW,   NULL, SAME, "there is no such file: nothing rotates" },
	{ SUPERVISORD, "loglevel",            RAW,   NULL, SAME, "runsvdir and runsv say only what goes wrong" },
	{ SUPERVISORD, "silent",              RAW,   NULL, SAME, "runsvdir and runsv say only what goes wrong" },
	{ SUPERVISORD, "pidfile",             RAW,   NULL, SAME, "nothing needs the pid of runsvdir" },
	{ SUPERVISORD, "identifier",          RAW,   NULL, SAME, "names nothing here" },
	{ SUPERVISORD, "nocleanup",           RAW,   NULL, SAME, "no log is removed at a start" },
	{ SUPERVISORD, "strip_ansi",          NOW,   judge_capture,       SAME, NULL },
	{ SUPERVISORD, NULL,                  RAW,   NULL, SAME, IGNORED },

	{ UNIX, "file",     RAW, NULL, SAME, NO_CLIENT },
	{ UNIX, "chmod",    NOW, judge_chmod, SAME, NULL },
	{ UNIX, "chown",    RAW, NULL, LOST, "supervise/ belongs to the user of runsv, who alone may use sv" },
	{ UNIX, "username", RAW, NULL, LOST, "sv asks for no password: the rights of supervise/ decide" },
	{ UNIX, "password", RAW, NULL, LOST, "sv asks for no password: the rights of supervise/ decide" },
	{ UNIX, NULL,       RAW, NULL, SAME, IGNORED },
	{ INET, "port",     RAW, NULL, LOST, "nothing listens: no web page, and no XML-RPC for other programs" },
	{ INET, "username", RAW, NULL, LOST, "nothing listens, so nothing asks for it" },
	{ INET, "password", RAW, NULL, LOST, "nothing listens, so nothing asks for it" },
	{ INET, NULL,       RAW, NULL, SAME, IGNORED },
	{ CTL, NULL,        RAW, NULL, SAME, NO_CLIENT },
	{ RPC, "supervisor.rpcinterface_factory", RAW, judge_factory, SAME, NULL },
	{ RPC, NULL,        RAW, NULL, LOST, "nothing listens: no XML-RPC for other programs" },
	{ INCLUDE, "files", RAW, judge_include, SAME, NULL },
	{ INCLUDE, NULL,    RAW, NULL, SAME, IGNORED },
	{ GROUP, "programs", RAW, NULL, SAME, "each of them has its directory; the group's name comes first in that of each" },
	{ GROUP, "priority", NOW, judge_priority, SAME, NULL },
	{ GROUP, NULL,      RAW, NULL, SAME, IGNORED },
	{ LISTENER, "events", NOW, judge_events, SAME, NULL },
	{ LISTENER, "command", RAW, judge_listener, SAME, NULL },
	{ LISTENER, NULL,   RAW, NULL, LOST, "there are no events, and nothing is written for a listener" },
	{ FCGI, "socket",   START, judge_socket, SAME, NULL },
	{ FCGI, NULL,       RAW, NULL, LOST, "nothing opens the socket, so nothing is written for this program" },
	{ OTHER, NULL,      RAW, NULL, SAME, "supervisord does not know this section, and ignores it" },
	{ 0, NULL,          RAW, NULL, SAME, "it counts in each section that has no such key" },
};
/* clang-format on */

static unsigned int kind_of(char const *section)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		size_t const len = strlen(kinds[i].name);
		bool const begins = !strncmp(section, kinds[i].name, len);
		if (begins && (!section[len] || kinds[i].name[len - 1] == ':'))
			return kinds[i].kind;
	}
	return OTHER;
}

static bool of_kind(struct row const *row, unsigned int kind)
{
	return row->kinds == kind || row->kinds & kind;
}

enum verdict judge_say(struct judge *j, enum verdict v, char const *format, ...)
{
	va_list args;

	va_start(args, format);
	if (vasprintf(&j->sentence, format, args) < 0)
		j->sentence = text_copy("out of memory", 13);
	va_end(args);
	return v;
}

enum verdict judge_refuse(struct judge *j, char const *what)
{
	return judge_say(j, REFUSED, "supervisord does not start with this: %s", what);
}

/* What is LATE, from our own environment. */
static char const *known(char const *value, char **why)
{
	stralloc out = STRALLOC_ZERO;

	while (*value) {
		size_t const len = strcspn(value, (char[]){ LATE, 0 });
		text_add_bytes(&out, value, len);
		value += len;
		if (!*value)
			break;
		char const *const end = strchr(value, LATE_END);
		char *const name = text_copy(value + 1, (size_t)(end - value) - 1);
		struct utsname host;
		char const *const now = !strcmp(name, LATE_HOST) && !uname(&host) ? host.nodename : getenv(name);
		if (!now) {
			*why = text_format("%%(ENV_%s)s must be known now, and %s is not set", name, name);
			return NULL;
		}
		text_add(&out, now);
		value = end + 1;
	}
	return text_end(&out);
}

char const *judge_expand(struct judge const *j, char const *value, bool now, char **why)
{
	stralloc out = STRALLOC_ZERO;

	if (!expand(&out, value, &j->vars, why))
		return NULL;
	value = text_end(&out);
	return now ? known(value, why) : value;
}

/* The value as the row wants it; false: it can't be had. */
static bool get(struct judge *j, struct row const *row, struct key const *k, char **why)
{
	j->value = k ? k->value : NULL;
	if (!j->value || row->how == RAW)
		return true;
	j->value = judge_expand(j, j->value, row->how == NOW, why);
	if (j->value && row->how == TWICE)
		j->value = judge_expand(j, j->value, false, why);
	return j->value;
}

static void judge_key(struct judge *j, struct row const *row, struct key const *k, struct report *r)
{
	char *why = NULL;
	enum verdict v;

	j->sentence = NULL;
	j->key = k ? k->name : row->key;
	j->place = k ? k->place : j->section->place;
	if (!get(j, row, k, &why))
		v = judge_say(j, REFUSED, "%s", why);
	else if (row->judge)
		v = row->judge(j);
	else
		v = judge_say(j, row->verdict, "%s", row->sentence);
	if (v == SAME && row->how == NOW && k && strstr(k->value, "%(ENV_"))
		v = judge_say(j, CHANGED, "fixed at %s, from the environment of the conversion: %s", j->value, j->sentence);
	if (!k && !j->sentence)
		return;
	struct note const n = { j->place, j->section->name, j->key, k != NULL, v, j->sentence };
	report_add(r, &n);
	if (v == REFUSED && j->program)
		j->program->refused = true;
}

static void judge_again(struct judge const *j, struct key const *k, struct report *r)
{
	struct note const n = { k->place, j->section->name, k->name, true, SAME,
				text_format("it is given again in %s:%u, which counts", k->again.file, k->again.line) };

	report_add(r, &n);
}

/* The row of a key that is written: its own or the last of its kind. */
static struct row const *row_of(unsigned int kind, char const *key)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (of_kind(&rows[i], kind) && (!rows[i].key || !strcmp(rows[i].key, key)))
			return &rows[i];
	return NULL;
}

void judge_section(struct judge *j, struct report *r)
{
	unsigned int const kind = kind_of(j->section->name);
	size_t const first = r->count;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (!of_kind(&rows[i], kind))
			continue;
		for (size_t k = 0; k < j->section->count; k++) {
			struct key const *const key = &j->section->keys[k];
			if (!key->again.line && row_of(kind, key->name) == &rows[i])
				judge_key(j, &rows[i], key, r);
		}
		/* what a program has without the key is a question for its function */
		if (j->program && rows[i].key) {
			struct key const *const key = conf_key(j->conf, j->section, rows[i].key);
			bool own = false;
			for (size_t k = 0; k < j->section->count; k++)
				own |= !strcmp(j->section->keys[k].name, rows[i].key);
			if (!own)
				judge_key(j, &rows[i], key, r);
		}
	}
	for (size_t k = 0; k < j->section->count; k++)
		if (j->section->keys[k].again.line)
			judge_again(j, &j->section->keys[k], r);
	report_sort(r, first);
}

void judge_program(struct judge *j)
{
	judge_section(j, &j->program->notes);
}
