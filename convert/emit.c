#include <string.h>

#include "emit.h"
#include "quote.h"
#include "text.h"

static void add_quoted(stralloc *out, char const *before, char const *value, char const *behind)
{
	text_add(out, before);
	quote_add(out, value);
	text_add(out, behind);
}

static void add_head(stralloc *out, struct program const *p)
{
	text_add(out, "#!/bin/sh\n");
	text_add(out, text_format("# From %s, [%s], by sv-from-supervisord. What became of its keys:\n#\n",
				  p->section->place.file, p->section->name));
	report_comments(&p->notes, out);
	text_add(out, "\n");
}

/* Where the two streams go, if it is not where they went already: with a logger, standard output is its
 * pipe. */
static void add_output(stralloc *out, struct program const *p)
{
	if (p->out == OUTPUT_NONE && p->err == OUTPUT_LOG && !p->redirect)
		text_add(out, "exec 2>&1 >/dev/null\n");
	else if (p->out == OUTPUT_NONE && (p->err == OUTPUT_NONE || p->redirect))
		text_add(out, "exec >/dev/null 2>&1\n");
	else if (p->out == OUTPUT_NONE)
		text_add(out, "exec >/dev/null\n");
	else if (p->err == OUTPUT_NONE)
		text_add(out, p->out == OUTPUT_STDERR ? "exec >&2 2>/dev/null\n" : "exec 2>/dev/null\n");
	else if (p->out == OUTPUT_STDERR)
		text_add(out, "exec >&2\n");
	else if (p->err == p->out)
		text_add(out, "exec 2>&1\n");
}

static void add_variables(stralloc *out, struct program const *p, struct settings const *all)
{
	if (p->tells_supervisor) {
		add_quoted(out, "export SUPERVISOR_ENABLED=1\nexport SUPERVISOR_PROCESS_NAME=", p->process, "\n");
		add_quoted(out, "export SUPERVISOR_GROUP_NAME=", p->group, "\n");
	}
	for (size_t i = 0; i < all->variables; i++)
		add_quoted(out, text_format("export %s=", all->environment[i].name), all->environment[i].value, "\n");
	for (size_t i = 0; i < p->variables; i++)
		add_quoted(out, text_format("export %s=", p->environment[i].name), p->environment[i].value, "\n");
}

/* What chpst -a sets, and the program was to have otherwise. */
static void add_own_identity(stralloc *out, struct program const *p)
{
	static char const *const names[] = { "HOME", "USER", "LOGNAME", "SHELL", "UID", "GID" };
	bool any = false;

	for (size_t i = 0; i < p->variables; i++)
		for (size_t n = 0; n < sizeof names / sizeof *names; n++)
			if (!strcmp(p->environment[i].name, names[n])) {
				text_add(out, any ? " " : " env ");
				any = true;
				add_quoted(out, text_format("%s=", names[n]), p->environment[i].value, "");
			}
}

/* `id` knows the groups when the service starts, which need not be those of this machine. */
static void add_user(stralloc *out, struct program const *p, struct options const *o)
{
	if (o->fix_home) {
		add_quoted(out, " chpst -a ", p->user, "");
		add_own_identity(out, p);
		return;
	}
	text_add(out, " chpst -u \":$(id -u");
	add_quoted(out, " ", p->user, "):$(id -G");
	add_quoted(out, " ", p->user, " | tr ' ' :)\"");
}

static char const *run(struct program const *p, struct settings const *all, struct options const *o)
{
	stralloc out = STRALLOC_ZERO;

	add_head(&out, p);
	add_output(&out, p);
	add_variables(&out, p, all);
	if (all->files)
		text_add(&out, text_format("[ \"$(ulimit -n)\" -ge %lu ] || ulimit -S -n %lu || ulimit -n %lu || exit\n",
					   all->files, all->files, all->files));
	if (p->umask)
		text_add(&out, text_format("umask %s\n", p->umask));
	if (p->directory)
		add_quoted(&out, "cd ", p->directory, " || exit\n");
	text_add(&out, "exec");
	if (p->user)
		add_user(&out, p, o);
	char const *word = p->words;
	for (size_t i = 0; i < p->word_count; i++) {
		add_quoted(&out, " ", word, "");
		word += strlen(word) + 1;
	}
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
	text_add(&out, text_format("[ -e \"$dir/config\" ] || printf '%%s\\n' s%llu n%ld >\"$dir/config\" || exit\n",
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
		files[n++] = (struct file){ "restart", p->restart == RESTART_NO ? "no\n" : "on-failure\n", 0644 };
	if (p->codes)
		files[n++] = (struct file){ "success-codes", text_format("%s\n", p->codes), 0644 };
	if (p->signal)
		files[n++] = (struct file){ "down-signal", text_format("%s\n", p->signal), 0644 };
	files[n++] = (struct file){ "timeout-kill", text_format("%lds\n", p->stop_seconds), 0644 };
	if (p->group_signals)
		files[n++] = (struct file){ "kill-mode", "group\n", 0644 };
	return n;
}
