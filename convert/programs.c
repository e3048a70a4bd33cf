#include <stdlib.h>
#include <string.h>

#include "parse.h"
#include "programs.h"
#include "text.h"

#define PROGRAM "program:"
#define GROUP "group:"
#define MOST_PROCESSES 10000

static bool begins(char const *s, char const *with)
{
	return !strncmp(s, with, strlen(with));
}

/* A section's name behind its colon, without blanks around it. */
static char *own_name(struct section const *s)
{
	char const *at = strchr(s->name, ':') + 1;

	return parse_item(&at);
}

static bool holds(struct section const *group, struct conf const *c, char const *program)
{
	struct key const *const k = conf_key(c, group, "programs");
	char const *at = k ? k->value : NULL;
	bool found = false;

	for (char *item; (item = parse_item(&at)) != NULL; free(item))
		found |= !strcmp(item, program);
	return found;
}

/* A number that is written in a section, or what there is without one. */
static long number(struct judge *j, struct section const *s, char const *key, long without)
{
	struct key const *const k = conf_key(j->conf, s, key);
	char *why;
	char const *const value = k ? judge_expand(j, k->value, true, &why) : NULL;
	long n;

	return value && parse_int(value, &n) ? n : without;
}

static void refuse(struct program *p, char const *key, char *sentence)
{
	struct note n = { p->section->place, p->section->name, key, false, REFUSED, sentence };

	p->refused = true;
	for (size_t i = 0; i < p->notes.count; i++)
		if (!strcmp(p->notes.notes[i].key, key)) {
			n.place = p->notes.notes[i].place;
			n.written = p->notes.notes[i].written;
			p->notes.notes[i] = n;
			return;
		}
	report_add(&p->notes, &n);
}

/* One process of the section j->section. */
static void add_process(struct programs *ps, struct judge *j, struct section const *group,
			long number_of_it, long processes)
{
	struct expand_vars const before = j->vars;
	char *const program = own_name(j->section);
	struct program p = { .section = j->section,
			     .group = group ? own_name(group) : program,
			     .grouped = group };

	j->vars = expand_copy(&before);
	expand_set(&j->vars, "program_name", program, false);
	expand_set(&j->vars, "group_name", p.group, false);
	expand_set(&j->vars, "process_num", text_format("%ld", number_of_it), true);
	expand_set(&j->vars, "numprocs", text_format("%ld", processes), true);
	j->program = &p;
	judge_program(j);
	if (group)
		p.priority = number(j, group, "priority", 999);
	j->program = NULL;
	j->vars = before;
	ps->at = text_room(ps->at, ps->count, sizeof *ps->at);
	ps->at[ps->count++] = p;
}

static void add_processes(struct programs *ps, struct judge *j, struct section const *group)
{
	long const first = number(j, j->section, "numprocs_start", 0);
	long count = number(j, j->section, "numprocs", 1);
	bool const too_many = count > MOST_PROCESSES;

	if (too_many)
		count = 1;
	for (long i = 0; i < count; i++)
		add_process(ps, j, group, first + i, count);
	if (too_many)
		refuse(&ps->at[ps->count - 1], "numprocs",
		       text_format("more than %d processes", MOST_PROCESSES));
}

/* A program of several groups is there several times. */
static void add_program(struct programs *ps, struct judge *j)
{
	char *const name = own_name(j->section);
	bool grouped = false;

	for (size_t i = 0; i < j->conf->count; i++) {
		struct section const *const group = &j->conf->sections[i];
		if (!begins(group->name, GROUP) || !holds(group, j->conf, name))
			continue;
		add_processes(ps, j, group);
		grouped = true;
	}
	if (!grouped)
		add_processes(ps, j, NULL);
	free(name);
}

static void refuse_twins(struct programs *ps)
{
	for (size_t i = 0; i < ps->count; i++)
		for (size_t k = 0; k < i; k++)
			if (ps->at[i].name && ps->at[k].name &&
			    !strcmp(ps->at[i].name, ps->at[k].name) && !ps->at[k].refused)
				refuse(&ps->at[i], "process_name",
				       text_format("the directory %s is that of [%s] already",
						   ps->at[i].name, ps->at[k].section->name));
}

/* Whether any two programs or groups differ in their priority. */
static bool priorities_differ(struct judge *j)
{
	bool any = false;
	long first = 0;

	for (size_t i = 0; i < j->conf->count; i++) {
		struct section const *const s = &j->conf->sections[i];
		if (!begins(s->name, PROGRAM) && !begins(s->name, GROUP))
			continue;
		long const n = number(j, s, "priority", 999);
		if (any && n != first)
			return true;
		any = true;
		first = n;
	}
	return false;
}

static bool told(struct report const *r, struct note const *n)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->notes[i].section == n->section && !strcmp(r->notes[i].key, n->key) &&
		    !strcmp(r->notes[i].sentence, n->sentence))
			return true;
	return false;
}

/* Of what is refused, nothing is told that is not written. */
static void report_refused(struct program const *p, bool first, struct report *r)
{
	for (size_t i = 0; i < p->notes.count; i++) {
		struct note const *const n = &p->notes.notes[i];
		if (n->verdict == REFUSED ? !told(r, n) : first && n->written)
			report_add(r, n);
	}
}

/* Those of the first process: the others' differ in numbers only, unless they are refused. */
static void report_programs(struct programs const *ps, struct section const *s, struct report *r)
{
	bool first = true;

	for (size_t i = 0; i < ps->count; i++) {
		struct program const *const p = &ps->at[i];
		if (p->section != s)
			continue;
		if (p->refused)
			report_refused(p, first, r);
		else if (first)
			report_append(r, &p->notes);
		first = false;
	}
}

/* What a group names and is not there. */
static void check_group(struct judge const *j, struct section const *group, struct report *r)
{
	struct key const *const k = conf_key(j->conf, group, "programs");
	char const *at = k ? k->value : NULL;

	for (char *item; (item = parse_item(&at)) != NULL;)
		if (!conf_section(j->conf, text_format(PROGRAM "%s", item)) &&
		    !conf_section(j->conf, text_format("fcgi-program:%s", item)))
			for (size_t i = 0; i < r->count; i++)
				if (r->notes[i].section == group->name &&
				    !strcmp(r->notes[i].key, "programs")) {
					r->notes[i].verdict = REFUSED;
					r->notes[i].sentence =
						text_format("supervisord does not start with this: "
							    "there is no program %s",
							    item);
				}
}

struct programs programs_make(struct conf *c, struct options const *o, struct settings *all,
			      struct report *r)
{
	struct programs ps = { NULL, 0 };
	struct judge j = { .options = o, .conf = c, .all = all };
	struct report first = { NULL, 0 };

	expand_set(&j.vars, "host_node_name", (char const[]){ LATE, *LATE_HOST, LATE_END, 0 },
		   false);
	j.prioritised = priorities_differ(&j);
	j.section = conf_section(c, "supervisord");
	if (j.section)
		judge_section(&j, &first);
	for (size_t i = 0; i < c->count; i++) {
		j.section = &c->sections[i];
		if (begins(j.section->name, PROGRAM))
			add_program(&ps, &j);
	}
	refuse_twins(&ps);
	for (size_t i = 0; i < c->count; i++) {
		j.section = &c->sections[i];
		if (begins(j.section->name, PROGRAM))
			report_programs(&ps, j.section, r);
		else if (!strcmp(j.section->name, "supervisord"))
			report_append(r, &first);
		else
			judge_section(&j, r);
		if (begins(j.section->name, GROUP))
			check_group(&j, j.section, r);
	}
	return ps;
}

struct program const *programs_after(struct programs const *ps, struct program const *p, size_t *at)
{
	bool any = false;
	long level = 0;

	for (size_t i = 0; i < ps->count; i++) {
		long const n = ps->at[i].priority;
		if (ps->at[i].refused || n >= p->priority || (any && n <= level))
			continue;
		any = true;
		level = n;
	}
	while (any && *at < ps->count) {
		struct program const *const other = &ps->at[(*at)++];
		if (!other->refused && other->priority == level)
			return other;
	}
	return NULL;
}
