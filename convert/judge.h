#ifndef TEND_JUDGE_H
#define TEND_JUDGE_H

#include "conf.h"
#include "expand.h"
#include "program.h"
#include "report.h"

/* What becomes of each key: one table, keys.c, has a row for each, with the function that judges it
 * and puts what it means into the program. Allocated texts are kept until the end. */

struct options {
	bool fix_home; /* user: with HOME, USER and so on */
	bool order;    /* priority: write dependencies.d */
	char const *const
		*foreground; /* sections whose command stays in the foreground, says the user */
	size_t foregrounds;
};

/* What [supervisord] means for each program. */
struct settings {
	struct variable *environment;
	size_t variables;
	char const *user, *umask, *directory, *log_dir;
	unsigned long files;
	bool stays; /* nodaemon: then umask and directory have no effect there */
};

struct judge {
	struct options const *options;
	struct conf *conf;
	struct settings *all;
	struct program *program; /* NULL: the section is no program */
	struct section const *section;
	struct expand_vars vars;
	struct place place; /* of the key */
	char const *key;
	char const *value; /* with its variables replaced; NULL: it is not written */
	char *sentence;
	bool prioritised; /* programs differ in their priority */
};

/* The verdict, with its sentence in j->sentence. For a value that is not written the sentence may
 * be left NULL: then it is as it was there, and not worth a line. */
typedef enum verdict judge_fn(struct judge *j);

enum verdict judge_say(struct judge *j, enum verdict v, char const *format, ...)
	__attribute__((format(printf, 3, 4)));
/* What supervisord would not have started with. */
enum verdict judge_refuse(struct judge *j, char const *what);

/* Judges the keys of a program's section into j->program and its notes, or of another section into
 * *r. */
void judge_program(struct judge *j);
void judge_section(struct judge *j, struct report *r);

/* A value whose variables are replaced, or NULL, and *why says what is wrong. `known`: what is
 * known only later is taken from our own environment. */
char const *judge_expand(struct judge const *j, char const *value, bool known, char **why);

judge_fn judge_environment, judge_process_name, judge_directory, judge_user, judge_umask,
	judge_numprocs, judge_autostart, judge_autorestart, judge_exitcodes, judge_startsecs,
	judge_startretries, judge_priority, judge_stopsignal, judge_stopwaitsecs, judge_stopasgroup,
	judge_killasgroup, judge_command, judge_serverurl, judge_redirect, judge_stdout,
	judge_stderr, judge_out_bytes, judge_out_backups, judge_err_bytes, judge_err_backups,
	judge_out_syslog, judge_err_syslog, judge_capture, judge_events_enabled,
	judge_all_environment, judge_all_user, judge_all_umask, judge_all_directory, judge_minfds,
	judge_minprocs, judge_nodaemon, judge_logfile, judge_childlogdir, judge_include,
	judge_chmod, judge_events, judge_listener, judge_factory, judge_socket;

#endif
