#include <string.h>

#include "daemonise.h"
#include "judge.h"
#include "parse.h"
#include "text.h"
#include "words.h"

/* The keys of a program that say what is run, and as whom. */

static bool is_name(char const *s)
{
	if (!*s || (*s >= '0' && *s <= '9'))
		return false;
	for (; *s; s++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", *s))
			return false;
	return true;
}

/* Adds the variables of a value; what no shell can name is in *unnamed. NULL, or what is wrong. */
static char const *variables(struct judge *j, struct variable **to, size_t *count,
			     char const **unnamed)
{
	stralloc pairs = STRALLOC_ZERO;
	char const *why = NULL;
	size_t words;

	if (!words_pairs(&pairs, &words, j->value, &why))
		return why;
	for (char const *s = pairs.s; words >= 2; words -= 2) {
		char const *const name = s, *const value = s + strlen(s) + 1;
		s = value + strlen(value) + 1;
		expand_set(&j->vars, text_format("ENV_%s", name), value, false);
		if (!is_name(name)) {
			*unnamed = name;
			continue;
		}
		*to = text_room(*to, *count, sizeof **to);
		(*to)[(*count)++] = (struct variable){ name, value };
	}
	return NULL;
}

/* Times: how often supervisord replaces the variables of the value. */
static enum verdict environment(struct judge *j, unsigned int times, struct variable **to,
				size_t *count)
{
	char const *unnamed = NULL;
	char *why = NULL;

	if (!j->value)
		return SAME;
	while (times--) {
		j->value = judge_expand(j, j->value, false, &why);
		if (!j->value)
			return judge_say(j, REFUSED, "%s", why);
	}
	char const *const wrong = variables(j, to, count, &unnamed);
	if (wrong)
		return judge_refuse(j, wrong);
	if (unnamed)
		return judge_say(j, LOST, "no shell can set a variable of the name %s", unnamed);
	if (!text_is_known(j->value))
		return judge_say(j, CHANGED,
				 "exported by run; what comes from the environment is looked up at "
				 "each start");
	return judge_say(j, SAME, "exported by run");
}

enum verdict judge_environment(struct judge *j)
{
	return environment(j, 1, &j->program->environment, &j->program->variables);
}

enum verdict judge_all_environment(struct judge *j)
{
	return environment(j, 2, &j->all->environment, &j->all->variables);
}

static bool good_name(char const *s)
{
	return *s && *s != '.' && !strpbrk(s, " :/\n\t");
}

/* The directory's name begins with the group's, so that 'group*' means all of it. */
static char const *directory_name(char const *group, char const *process)
{
	size_t const len = strlen(group);

	if (!strncmp(group, process, len) && (!process[len] || strchr("_-.", process[len])))
		return process;
	return text_format("%s-%s", group, process);
}

enum verdict judge_process_name(struct judge *j)
{
	struct program *const p = j->program;
	char *why = NULL;
	char const *const name =
		judge_expand(j, j->value ? j->value : "%(program_name)s", true, &why);

	if (!name)
		return judge_say(j, REFUSED, "%s", why);
	if (!good_name(name) || !good_name(p->group))
		return judge_say(j, REFUSED, "%s is no name for a directory that runsvdir looks at",
				 name);
	p->process = name;
	p->name = directory_name(p->group, name);
	for (size_t i = 0; i < j->vars.count; i++)
		if (!strcmp(j->vars.at[i].name, "numprocs") &&
		    strcmp(j->vars.at[i].value, "1") != 0 &&
		    !(j->value && strstr(j->value, "%(process_num)")))
			return judge_refuse(
				j, "with numprocs > 1 process_name must hold %(process_num)");
	if (strcmp(p->name, name) != 0)
		return judge_say(j, CHANGED, "%s:%s is the service %s", p->group, name, p->name);
	if (!j->value)
		return SAME;
	return judge_say(j, SAME, "the directory has this name");
}

enum verdict judge_numprocs(struct judge *j)
{
	if (!j->value)
		return SAME;
	return judge_say(j, SAME, "a directory for each process");
}

static char const *home(char const *path)
{
	if (*path != '~' || (path[1] && path[1] != '/'))
		return path;
	return text_format("%cHOME%c%s", LATE, LATE_END, path + 1);
}

enum verdict judge_directory(struct judge *j)
{
	struct program *const p = j->program;

	p->directory = j->value ? j->value : j->all->directory;
	if (!p->directory)
		return judge_say(
			j, CHANGED,
			"it works in the service directory; there, where supervisord was started");
	if (!j->value)
		return SAME;
	/* a ~ in it is none, as there: only in that of [supervisord] */
	if (*p->directory == '/')
		return judge_say(j, SAME, "run changes to it");
	if (*p->directory == LATE)
		return judge_say(j, CHANGED,
				 "run changes to it; the variable is looked up at each start");
	return judge_say(
		j, CHANGED,
		"%s is sought in the service directory; there, where supervisord was started",
		text_shown(p->directory));
}

static bool is_root(char const *user)
{
	return !strcmp(user, "root") || !strcmp(user, "0");
}

enum verdict judge_user(struct judge *j)
{
	struct program *const p = j->program;

	p->user = j->value ? j->value : j->all->user;
	if (!j->value)
		return SAME;
	if (is_root(p->user)) {
		p->user = NULL;
		return judge_say(j, SAME, "runsvdir's own user, if that is root");
	}
	if (j->options->fix_home)
		return judge_say(j, CHANGED,
				 "with all groups, and with HOME, USER, LOGNAME and SHELL, which "
				 "there stay root's");
	if (!text_is_known(p->user))
		return judge_say(j, CHANGED,
				 "with all groups; the variable is looked up at each start");
	return judge_say(
		j, SAME,
		"with all groups; HOME and USER stay root's, as there: --fix-home sets them");
}

enum verdict judge_all_user(struct judge *j)
{
	if (is_root(j->value))
		return judge_say(j, SAME, "runsvdir's own user, if that is root");
	j->all->user = j->value;
	return judge_say(j, SAME, "run changes to it, for each program without a user");
}

static char const *octal(struct judge *j, enum verdict *v)
{
	unsigned int n;

	if (parse_octal(j->value, &n)) {
		*v = judge_say(j, SAME, "run sets it");
		return text_format("%03o", n);
	}
	*v = judge_refuse(j, "it is no octal number");
	return NULL;
}

enum verdict judge_umask(struct judge *j)
{
	enum verdict v = SAME;

	j->program->umask = j->value ? octal(j, &v) : j->all->umask;
	return v;
}

enum verdict judge_all_umask(struct judge *j)
{
	enum verdict v;
	char const *const mask = octal(j, &v);

	if (v == SAME && j->all->stays)
		return judge_say(j, SAME, "with nodaemon=true supervisord does not set it");
	j->all->umask = mask;
	return v;
}

enum verdict judge_all_directory(struct judge *j)
{
	if (j->all->stays)
		return judge_say(j, SAME, "with nodaemon=true supervisord does not change to it");
	j->all->directory = home(j->value);
	return judge_say(j, SAME, "run changes to it, for each program without a directory");
}

static bool stays_in_foreground(struct judge const *j)
{
	char const *const name = strchr(j->section->name, ':') + 1;

	for (size_t i = 0; i < j->options->foregrounds; i++)
		if (!strcmp(j->options->foreground[i], name))
			return true;
	return false;
}

/* A comment that was none: the value ends within quotes. */
static enum verdict no_words(struct judge *j, char const *why)
{
	bool const quotes = !strcmp(why, "No closing quotation");

	return judge_say(
		j, REFUSED, "supervisord can't start it: %s%s", why,
		quotes ? "; a ; or # behind a blank begins a comment, within quotes as well" : "");
}

enum verdict judge_command(struct judge *j)
{
	struct program *const p = j->program;
	stralloc words = STRALLOC_ZERO;
	char const *why;

	if (!j->value)
		return judge_refuse(j, "a program without a command");
	if (!words_split(&words, &p->word_count, j->value, &why))
		return no_words(j, why);
	if (!p->word_count)
		return judge_say(j, REFUSED, "supervisord can't start it: the command is empty");
	p->words = words.s;
	p->tells_supervisor = strstr(j->value, "SUPERVISOR_");
	char *const fault = stays_in_foreground(j) ? NULL : daemonise_fault(words.s, p->word_count);
	if (fault)
		return judge_say(j, REFUSED, "%s (-f %s if it does stay)", fault,
				 strchr(j->section->name, ':') + 1);
	if (strstr(words.s, "pidproxy"))
		return judge_say(j, CHANGED,
				 "pidproxy belongs to supervisor, which has to stay installed; "
				 "better name its daemon's foreground form");
	if (!text_is_known(j->value))
		return judge_say(j, CHANGED,
				 "a variable of the environment is looked up at each start, and is "
				 "one word or part of one");
	if (p->tells_supervisor)
		return judge_say(j, CHANGED,
				 "run sets SUPERVISOR_ENABLED, _PROCESS_NAME and _GROUP_NAME for "
				 "it, and no _SERVER_URL");
	return judge_say(j, SAME, "the same words, without a shell");
}

enum verdict judge_serverurl(struct judge *j)
{
	if (!j->value || !strcmp(j->value, "AUTO") || !strcmp(j->value, "auto"))
		return j->value ? judge_say(j, SAME, "the default") : SAME;
	return judge_say(j, LOST, "nothing listens there: SUPERVISOR_SERVER_URL is not set");
}
