#include <string.h>

#include "emit.h"
#include "quote.h"
#include "text.h"

/* Of a program: what its run sets, and those of them whose value from outside is wanted, too. */
struct outside {
	struct program const *program;
	struct settings const *all;
	struct options const *options;
	char const **names;
	size_t count;
};

#define OUTSIDE "outer_"

static bool sets(struct variable const *v, size_t count, char const *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(v[i].name, name))
			return true;
	return false;
}

static void note_name(struct outside *o, char const *name)
{
	for (size_t i = 0; i < o->count; i++)
		if (!strcmp(o->names[i], name))
			return;
	o->names = text_room((void *)o->names, o->count, sizeof *o->names);
	o->names[o->count++] = name;
}

/* The value, with another name for each variable that is LATE and that run sets itself: what is
 * meant is the value that it had before. */
static char const *from_outside(struct outside *o, char const *value)
{
	stralloc out = STRALLOC_ZERO;

	while (*value) {
		char const *const end = *value == LATE ? strchr(value, LATE_END) : NULL;
		if (!end) {
			text_add_bytes(&out, value++, 1);
			continue;
		}
		char *const name = text_copy(value + 1, (size_t)(end - value) - 1);
		bool const set = sets(o->all->environment, o->all->variables, name) ||
				 sets(o->program->environment, o->program->variables, name);
		if (set)
			note_name(o, name);
		text_add(&out, text_format("%c%s%s%c", LATE, set ? OUTSIDE : "", name, LATE_END));
		value = end + 1;
	}
	return text_end(&out);
}

static void add_quoted(stralloc *out, char const *before, char const *value, char const *behind)
{
	text_add(out, before);
	quote_add(out, value);
	text_add(out, behind);
}

static void add_head(stralloc *out, struct program const *p)
{
	text_add(out, "#!/bin/sh\n");
	text_add(out,
		 text_format(
			 "# From %s, [%s], by sv-from-supervisord. What became of its keys:\n#\n",
			 p->section->place.file, p->section->name));
	report_comments(&p->notes, out);
	text_add(out, "\n");
}

/* Where the two streams go, if it is not where they went already: with a logger, standard output is
 * its pipe. */
static void add_output(stralloc *out, struct program const *p)
{
	if (p->out == OUTPUT_NONE && p->err == OUTPUT_LOG && !p->redirect)
		text_add(out, "exec 2>&1 >/dev/null\n");
	else if (p->out == OUTPUT_NONE && (p->err == OUTPUT_NONE || p->redirect))
		text_add(out, "exec >/dev/null 2>&1\n");
	else if (p->out == OUTPUT_NONE)
		text_add(out, "exec >/dev/null\n");
	else if (p->err == OUTPUT_NONE)
		text_add(out,
			 p->out == OUTPUT_STDERR ? "exec >&2 2>/dev/null\n" : "exec 2>/dev/null\n");
	else if (p->out == OUTPUT_STDERR)
		text_add(out, "exec >&2\n");
	else if (p->err == p->out)
		text_add(out, "exec 2>&1\n");
}

/* Not exported, but set by env(1) as the last thing: a PATH in which chpst and id need not be, and
 * what chpst -a sets otherwise. */
static bool is_last(struct outside const *o, char const *name)
{
	static char const *const names[] = { "PATH",  "HOME", "USER", "LOGNAME",
					     "SHELL", "UID",  "GID" };
	bool const login = o->options->fix_home && o->program->user;

	for (size_t i = 0; i < (login ? sizeof names / sizeof *names : 1); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

static void add_environment(stralloc *out, struct outside *o, struct variable const *v,
			    size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!is_last(o, v[i].name))
			add_quoted(out, text_format("export %s=", v[i].name),
				   from_outside(o, v[i].value), "\n");
}

/* Those that come last, behind `env`. env takes the last one of a name. */
static void add_last(stralloc *out, struct outside *o, struct variable const *v, size_t count,
		     bool *any)
{
	for (size_t i = 0; i < count; i++) {
		if (!is_last(o, v[i].name))
			continue;
		text_add(out, *any ? " " : " env ");
		*any = true;
		add_quoted(out, text_format("%s=", v[i].name), from_outside(o, v[i].value), "");
	}
}

static void add_variables(stralloc *out, struct outside *o)
{
	struct program const *const p = o->program;

	if (p->tells_supervisor) {
		add_quoted(out, "export SUPERVISOR_ENABLED=1\nexport SUPERVISOR_PROCESS_NAME=",
			   p->process, "\n");
		add_quoted(out, "export SUPERVISOR_GROUP_NAME=", p->group, "\n");
	}
	add_environment(out, o, o->all->environment, o->all->variables);
	add_environment(out, o, p->environment, p->variables);
}

/* `id` knows the groups when the service starts, which need not be those of this machine. A process
 * group of its own is what supervisord gives to each program: some daemons signal all of theirs,
 * which would be runsv and the logger. With kill-mode runsv does it. */
static void add_chpst(stralloc *out, struct outside *o)
{
	struct program const *const p = o->program;

	if (!p->user && p->group_signals)
		return;
	text_add(out, p->group_signals ? " chpst" : " chpst -P");
	if (!p->user)
		return;
	char const *const user = from_outside(o, p->user);
	if (o->options->fix_home) {
		add_quoted(out, " -a ", user, "");
		return;
	}
	add_quoted(out, " -u \":$(id -u ", user, "):$(id -G ");
	add_quoted(out, "", user, " | tr ' ' :)\"");
}

static void add_limits(stralloc *out, struct outside *o)
{
	struct program const *const p = o->program;
	unsigned long const files = o->all->files;

	if (files)
		text_add(out, text_format("[ \"$(ulimit -n)\" -ge %lu ] || ulimit -S -n %lu || "
					  "ulimit -n %lu || exit\n",
					  files, files, files));
	if (p->umask)
		text_add(out, text_format("umask %s\n", p->umask));
	if (p->directory)
		add_quoted(out, "cd ", from_outside(o, p->directory), " || exit\n");
}

static char const *run(struct program const *p, struct settings const *all,
		       struct options const *options)
{
	stralloc out = STRALLOC_ZERO, body = STRALLOC_ZERO;
	struct outside o = { p, all, options, NULL, 0 };
	bool any = false;

	add_variables(&body, &o);
	add_limits(&body, &o);
	text_add(&body, "exec");
	add_chpst(&body, &o);
	add_last(&body, &o, all->environment, all->variables, &any);
	add_last(&body, &o, p->environment, p->variables, &any);
	char const *word = p->words;
	for (size_t i = 0; i < p->word_count; i++) {
		add_quoted(&body, " ", from_outside(&o, word), "");
		word += strlen(word) + 1;
	}
	add_head(&out, p);
	add_output(&out, p);
	for (size_t i = 0; i < o.count; i++)
		text_add(&out, text_format(OUTSIDE "%s=\"${%s?}\"\n", o.names[i], o.names[i]));
	text_add(&out, text_end(&body));
	text_add(&out, "\n");
	return text_end(&out);
}

static char const *log_run(struct program const *p)
{
	stralloc out = STRALLOC_ZERO;

	text_add(&out, "#!/bin/sh\n");
	if (p->syslog_tag) {
		add_quoted(&out, "exec logger -t ", p->syslog_tag, "\n");
		return text_end(&out);
	}
	add_quoted(&out, "dir=", p->log_dir, "\n");
	text_add(&out, "mkdir -p \"$dir\" || exit\n");
	text_add(&out, text_format("[ -e \"$dir/config\" ] || printf '%%s\\n' s%llu n%ld "
				   ">\"$dir/config\" || exit\n",
				   p->rotation.bytes, p->rotation.backups));
	text_add(&out, "exec svlogd \"$dir\"\n");
	return text_end(&out);
}

size_t emit_files(struct program const *p, struct settings const *all, struct options const *o,
		  struct file files[EMIT_FILES])
{
	size_t n = 0;

	files[n++] = (struct file){ "run", run(p, all, o), 0755 };
	if (p->out == OUTPUT_LOG || p->err == OUTPUT_LOG)
		files[n++] = (struct file){ "log/run", log_run(p), 0755 };
	if (p->down)
		files[n++] = (struct file){ "down", "", 0644 };
	if (p->restart != RESTART_ALWAYS)
		files[n++] =
			(struct file){ "restart",
				       p->restart == RESTART_NO ? "no\n" : "on-failure\n", 0644 };
	if (p->codes)
		files[n++] = (struct file){ "success-codes", text_format("%s\n", p->codes), 0644 };
	if (p->signal)
		files[n++] = (struct file){ "down-signal", text_format("%s\n", p->signal), 0644 };
	files[n++] = (struct file){ "timeout-kill", text_format("%lds\n", p->stop_seconds), 0644 };
	if (p->group_signals)
		files[n++] = (struct file){ "kill-mode", "group\n", 0644 };
	return n;
}
