#ifndef TEND_PROGRAM_H
#define TEND_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

#include <skalibs/stralloc.h>

#include "conf.h"
#include "report.h"

/* What is to become a service directory: one process of a program. Values may hold what is LATE
 * (text.h). */

enum restart { RESTART_ALWAYS, RESTART_ON_FAILURE, RESTART_NO };

enum output {
	OUTPUT_LOG,    /* to the logger */
	OUTPUT_NONE,   /* to /dev/null */
	OUTPUT_STDOUT, /* to that of runsvdir */
	OUTPUT_STDERR,
};

/* Of a log directory. */
struct rotation {
	unsigned long long bytes; /* 0: never */
	long backups;
};

struct variable {
	char const *name, *value;
};

struct program {
	struct section const *section;
	char const *group;   /* supervisord's */
	bool grouped;        /* by a section of its own */
	char const *process; /* its name there */
	char const *name;    /* the directory's */
	struct variable *environment;
	size_t variables;
	char const *words; /* of the command, each with a NUL behind it */
	size_t word_count;
	char const *umask;     /* octal; NULL: inherited */
	char const *directory; /* NULL: the service directory */
	char const *user;      /* NULL: nobody else */
	bool down;             /* not started */
	enum restart restart;
	char const *codes;  /* what counts as a success; NULL: 0 */
	char const *signal; /* NULL: TERM */
	long stop_seconds;
	bool group_signals; /* to the whole process group */
	enum output out,
		err; /* err: never OUTPUT_LOG beside an out that is not, unless it is NONE */
	char const *out_file; /* there; NULL: AUTO */
	char const *log_dir;  /* of the logger, if there is one */
	struct rotation rotation;
	char const *syslog_tag; /* the logger is logger(1) */
	bool redirect;
	long startsecs;
	long priority;         /* of its group, if it is grouped */
	bool tells_supervisor; /* its command asks for SUPERVISOR_ variables */
	struct report notes;
	bool refused;
};

#endif
