#include <stdarg.h>
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
	{ "program:", PROGRAM },
	{ "supervisord", SUPERVISORD },
	{ "unix_http_server", UNIX },
	{ "inet_http_server", INET },
	{ "supervisorctl", CTL },
	{ "rpcinterface:", RPC },
	{ "include", INCLUDE },
	{ "group:", GROUP },
	{ "eventlistener:", LISTENER },
	{ "fcgi-program:", FCGI },
	{ "unix_http_server:", UNIX },
	{ "inet_http_server:", INET },
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
	enum how how;
	char const *key; /* NULL: every key that has no row before */
	judge_fn *judge; /* NULL: it is always as follows */
	char const *sentence;
	enum verdict verdict;
};

#define IGNORED "supervisord does not know this key, and ignores it"
#define NO_CLIENT "sv asks runsv through the service directory, and needs no address"

/* In this order: what a function needs of other keys is above. */
/* clang-format off */
static struct row const rows[] = {
	{ PROGRAM,     RAW,   "environment",              judge_environment, NULL, SAME },
	{ PROGRAM,     RAW,   "process_name",             judge_process_name, NULL, SAME },
	{ PROGRAM,     NOW,   "numprocs",                 judge_numprocs, NULL, SAME },
	{ PROGRAM,     NOW,   "numprocs_start",           judge_numprocs, NULL, SAME },
	{ PROGRAM,     START, "directory",                judge_directory, NULL, SAME },
	{ PROGRAM,     START, "user",                     judge_user, NULL, SAME },
	{ PROGRAM,     NOW,   "umask",                    judge_umask, NULL, SAME },
	{ PROGRAM,     NOW,   "autostart",                judge_autostart, NULL, SAME },
	{ PROGRAM,     NOW,   "startsecs",                judge_startsecs, NULL, SAME },
	{ PROGRAM,     NOW,   "autorestart",              judge_autorestart, NULL, SAME },
	{ PROGRAM,     NOW,   "exitcodes",                judge_exitcodes, NULL, SAME },
	{ PROGRAM,     NOW,   "startretries",             judge_startretries, NULL, SAME },
	{ PROGRAM,     NOW,   "priority",                 judge_priority, NULL, SAME },
	{ PROGRAM,     NOW,   "stopsignal",               judge_stopsignal, NULL, SAME },
	{ PROGRAM,     NOW,   "stopwaitsecs",             judge_stopwaitsecs, NULL, SAME },
	{ PROGRAM,     NOW,   "stopasgroup",              judge_stopasgroup, NULL, SAME },
	{ PROGRAM,     NOW,   "killasgroup",              judge_killasgroup, NULL, SAME },
	{ PROGRAM,     NOW,   "redirect_stderr",          judge_redirect, NULL, SAME },
	{ PROGRAM,     TWICE, "stdout_logfile",           judge_stdout, NULL, SAME },
	{ PROGRAM,     NOW,   "stdout_logfile_maxbytes",  judge_out_bytes, NULL, SAME },
	{ PROGRAM,     NOW,   "stdout_logfile_backups",   judge_out_backups, NULL, SAME },
	{ PROGRAM,     NOW,   "stdout_syslog",            judge_out_syslog, NULL, SAME },
	{ PROGRAM,     TWICE, "stderr_logfile",           judge_stderr, NULL, SAME },
	{ PROGRAM,     NOW,   "stderr_logfile_maxbytes",  judge_err_bytes, NULL, SAME },
	{ PROGRAM,     NOW,   "stderr_logfile_backups",   judge_err_backups, NULL, SAME },
	{ PROGRAM,     NOW,   "stderr_syslog",            judge_err_syslog, NULL, SAME },
	{ PROGRAM,     NOW,   "stdout_capture_maxbytes",  judge_capture, NULL, SAME },
	{ PROGRAM,     NOW,   "stderr_capture_maxbytes",  judge_capture, NULL, SAME },
	{ PROGRAM,     NOW,   "stdout_events_enabled",    judge_events_enabled, NULL, SAME },
	{ PROGRAM,     NOW,   "stderr_events_enabled",    judge_events_enabled, NULL, SAME },
	{ PROGRAM,     START, "serverurl",                judge_serverurl, NULL, SAME },
	{ PROGRAM,     START, "command",                  judge_command, NULL, SAME },
	{ PROGRAM,     RAW,   NULL,                       NULL, IGNORED, SAME },

	{ SUPERVISORD, NOW,   "nodaemon",                 judge_nodaemon, NULL, SAME },
	{ SUPERVISORD, RAW,   "environment",              judge_all_environment, NULL, SAME },
	{ SUPERVISORD, START, "user",                     judge_all_user, NULL, SAME },
	{ SUPERVISORD, NOW,   "umask",                    judge_all_umask, NULL, SAME },
	{ SUPERVISORD, START, "directory",                judge_all_directory, NULL, SAME },
	{ SUPERVISORD, NOW,   "minfds",                   judge_minfds, NULL, SAME },
	{ SUPERVISORD, NOW,   "minprocs",                 judge_minprocs, NULL, SAME },
	{ SUPERVISORD, START, "childlogdir",              judge_childlogdir, NULL, SAME },
	{ SUPERVISORD, RAW,   "logfile",                  judge_logfile, NULL, SAME },
	{ SUPERVISORD, RAW,   "logfile_maxbytes",         NULL, "there is no such file: nothing rotates", SAME },
	{ SUPERVISORD, RAW,   "logfile_backups",          NULL, "there is no such file: nothing rotates", SAME },
	{ SUPERVISORD, RAW,   "loglevel",                 NULL, "runsvdir and runsv say only what goes wrong", SAME },
	{ SUPERVISORD, RAW,   "silent",                   NULL, "runsvdir and runsv say only what goes wrong", SAME },
	{ SUPERVISORD, RAW,   "pidfile",                  NULL, "nothing needs the pid of runsvdir", SAME },
	{ SUPERVISORD, RAW,   "identifier",               NULL, "names nothing here", SAME },
	{ SUPERVISORD, RAW,   "nocleanup",                NULL, "no log is removed at a start", SAME },
	{ SUPERVISORD, NOW,   "strip_ansi",               judge_capture, NULL, SAME },
	{ SUPERVISORD, RAW,   NULL,                       NULL, IGNORED, SAME },

	{ UNIX,        RAW,   "file",                     NULL, NO_CLIENT, SAME },
	{ UNIX,        NOW,   "chmod",                    judge_chmod, NULL, SAME },
	{ UNIX,        RAW,   "chown",                    NULL, "supervise/ belongs to the user of runsv, who alone may use sv", LOST },
	{ UNIX,        RAW,   "username",                 NULL, "sv asks for no password: the rights of supervise/ decide", LOST },
	{ UNIX,        RAW,   "password",                 NULL, "sv asks for no password: the rights of supervise/ decide", LOST },
	{ UNIX,        RAW,   NULL,                       NULL, IGNORED, SAME },
	{ INET,        RAW,   "port",                     NULL, "nothing listens: no web page, and no XML-RPC for other programs", LOST },
	{ INET,        RAW,   "username",                 NULL, "nothing listens, so nothing asks for it", LOST },
	{ INET,        RAW,   "password",                 NULL, "nothing listens, so nothing asks for it", LOST },
	{ INET,        RAW,   NULL,                       NULL, IGNORED, SAME },
	{ CTL,         RAW,   NULL,                       NULL, NO_CLIENT, SAME },
	{ RPC,         RAW,   "supervisor.rpcinterface_factory", judge_factory, NULL, SAME },
	{ RPC,         RAW,   NULL,                       NULL, "nothing listens: no XML-RPC for other programs", LOST },
	{ INCLUDE,     RAW,   "files",                    judge_include, NULL, SAME },
	{ INCLUDE,     RAW,   NULL,                       NULL, IGNORED, SAME },
	{ GROUP,       RAW,   "programs",                 NULL, "each of them has its directory; the group's name comes first in that of each", SAME },
	{ GROUP,       NOW,   "priority",                 judge_priority, NULL, SAME },
	{ GROUP,       RAW,   NULL,                       NULL, IGNORED, SAME },
	{ LISTENER,    NOW,   "events",                   judge_events, NULL, SAME },
	{ LISTENER,    RAW,   "command",                  judge_listener, NULL, SAME },
	{ LISTENER,    RAW,   NULL,                       NULL, "there are no events, and nothing is written for a listener", LOST },
	{ FCGI,        START, "socket",                   judge_socket, NULL, SAME },
	{ FCGI,        RAW,   NULL,                       NULL, "nothing opens the socket, so nothing is written for this program", LOST },
	{ OTHER,       RAW,   NULL,                       NULL, "supervisord does not know this section, and ignores it", SAME },
	{ 0,           RAW,   NULL,                       NULL, "it counts in each section that has no such key", SAME },
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
	j->sentence = text_vformat(format, args);
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
		char const *const now =
			!strcmp(name, LATE_HOST) && !uname(&host) ? host.nodename : getenv(name);
		if (!now) {
			*why = text_format("%%(ENV_%s)s must be known now, and %s is not set", name,
					   name);
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
		v = judge_say(j, CHANGED, "fixed at %s, from the environment of the conversion: %s",
			      j->value, j->sentence);
	if (!k && !j->sentence)
		return;
	struct note const n = { j->place, j->section->name, j->key, k != NULL, v, j->sentence };
	report_add(r, &n);
	if (v == REFUSED && j->program)
		j->program->refused = true;
}

static void judge_again(struct judge const *j, struct key const *k, struct report *r)
{
	struct note const n = {
		k->place,
		j->section->name,
		k->name,
		true,
		SAME,
		text_format("it is given again in %s:%u, which counts", k->again.file, k->again.line)
	};

	report_add(r, &n);
}

/* The row of a key that is written: its own or the last of its kind, which each has. */
static struct row const *row_of(unsigned int kind, char const *key)
{
	struct row const *row = rows;

	while (!of_kind(row, kind) || (row->key && strcmp(row->key, key) != 0))
		row++;
	return row;
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
