#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ini.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>

#include "conf.h"
#include "lines.h"
#include "text.h"

#define UNREADABLE 100
#define BOM "\xef\xbb\xbf"

/* A file on its way through inih, which takes keys and values apart. What it does otherwise than
 * Python is done before, by lines.c: comments, and which lines go on with a value. It would also
 * cut names of sections to 49 bytes, and says nothing of one without keys: those it does not get.
 */
struct reading {
	struct conf *conf;
	struct lines lines;
	struct line line;
	char const *file;
	size_t section; /* of conf; beyond them: none yet */
	size_t blanks;  /* before a line that goes on with a value */
	bool has_key;
};

static void refuse(char const *file, unsigned int line, char const *what)
{
	strerr_dief(UNREADABLE, "unable to understand ", file, ":", text_format("%u", line), ": ",
		    what);
}

static size_t find_section(struct conf const *c, char const *name)
{
	size_t i = 0;

	while (i < c->count && strcmp(c->sections[i].name, name) != 0)
		i++;
	return i;
}

static void begin_section(struct reading *r)
{
	struct conf *const c = r->conf;
	char *const name = text_copy(r->line.s, r->line.len);

	r->has_key = false;
	r->section = find_section(c, name);
	if (r->section < c->count)
		return;
	c->sections = text_room(c->sections, c->count, sizeof *c->sections);
	c->sections[c->count++] = (struct section){ name, { r->file, r->lines.number }, NULL, 0 };
}

static void add_key(struct reading *r, char const *name, char const *value)
{
	struct section *const s = &r->conf->sections[r->section];
	char *const lower = text_copy(name, strlen(name));
	struct place const place = { r->file, r->lines.number };

	for (char *c = lower; *c; c++)
		*c = text_lower(*c);
	for (size_t i = 0; i < s->count; i++)
		if (!strcmp(s->keys[i].name, lower) && !s->keys[i].again.line)
			s->keys[i].again = place;
	s->keys = text_room(s->keys, s->count, sizeof *s->keys);
	s->keys[s->count++] =
		(struct key){ lower, text_copy(value, strlen(value)), place, { NULL, 0 } };
	r->has_key = true;
}

static void add_to_value(struct reading *r, char const *more)
{
	struct section *const s = &r->conf->sections[r->section];
	char const **const value = &s->keys[s->count - 1].value;

	for (; r->blanks; r->blanks--)
		*value = text_format("%s\n", *value);
	*value = text_format("%s\n%s", *value, more);
}

/* inih's: a key, or one more line of the last one's value. */
static int take(void *user, char const *section, char const *name, char const *value)
{
	struct reading *const r = user;

	(void)section;
	if (r->section >= r->conf->count)
		refuse(r->file, r->lines.number, "a key before the first section");
	if (r->line.kind == LINE_MORE) {
		if (r->has_key)
			add_to_value(r, value);
		return r->has_key;
	}
	if (!*name)
		return 0;
	add_key(r, name, value);
	r->blanks = 0;
	return 1;
}

/* inih's: the next line, in the place of fgets. Each line is one, so that it counts as we do. */
static char *give(char *buffer, int size, void *user)
{
	struct reading *const r = user;

	r->line = lines_next(&r->lines);
	switch (r->line.kind) {
	case LINE_END:
		return NULL;
	case LINE_SECTION:
		begin_section(r);
		snprintf(buffer, (size_t)size, "[s]\n");
		break;
	case LINE_BLANK:
		r->blanks++;
		snprintf(buffer, (size_t)size, "\n");
		break;
	case LINE_COMMENT:
		snprintf(buffer, (size_t)size, "\n");
		break;
	case LINE_MORE:
	case LINE_KEY:
		snprintf(buffer, (size_t)size, "%s%.*s\n", r->line.kind == LINE_MORE ? "\t" : "",
			 (int)r->line.len, r->line.s);
		break;
	}
	return buffer;
}

/* %(here)s is the directory of the file that it stands in. */
static char const *with_here(char const *value, char const *here)
{
	static char const name[] = "%(here)s";

	for (char const *found; (found = strstr(value, name)) != NULL;)
		value = text_format("%.*s%s%s", (int)(found - value), value, here,
				    found + strlen(name));
	return value;
}

/* As Python's abspath: by its name alone, so that a link to a file, and a pipe, has its own. */
static char *directory_of(char const *file)
{
	stralloc sa = STRALLOC_ZERO;

	if (*file != '/' && sagetcwd(&sa) < 0)
		strerr_diefusys(UNREADABLE, "find ", file);
	text_add(&sa, "/");
	text_add(&sa, file);
	text_end(&sa);
	/* which may add a slash */
	char *const path = text_copy(sa.s, sa.len + 1);
	path_canonicalize(path, sa.s, 0);
	stralloc_free(&sa);
	char *const slash = strrchr(path, '/');
	slash[slash == path] = 0;
	return path;
}

static char *whole(char const *file)
{
	stralloc sa = STRALLOC_ZERO;
	/* not with open_readb: a FIFO, as <(...) of a shell, is a file to be read, too */
	int const fd = open(file, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		strerr_diefusys(UNREADABLE, "open ", file);
	if (!slurp(&sa, fd))
		strerr_diefusys(UNREADABLE, "read ", file);
	fd_close(fd);
	if (memchr(sa.s ? sa.s : "", 0, sa.len))
		strerr_dief(UNREADABLE, "unable to understand ", file, ": it holds a NUL");
	text_end(&sa);
	if (strchr(sa.s, LATE) || strchr(sa.s, LATE_END))
		strerr_dief(UNREADABLE, "unable to understand ", file,
			    ": it holds a control character");
	return sa.s;
}

void conf_read(struct conf *c, char const *file)
{
	char const *text = whole(file);
	char *const here = directory_of(file);

	/* supervisord does not start with one, but it is nobody's mistake */
	if (!strncmp(text, BOM, strlen(BOM)))
		text += strlen(BOM);
	struct reading r = { .conf = c, .file = file, .section = SIZE_MAX };
	lines_init(&r.lines, text);
	ini_allow_inline_comments = false;
	ini_start_comment_prefixes = "";
	ini_stop_on_first_error = true;
	ini_use_stack = false;
	ini_initial_alloc = (int)strlen(text) + 8; /* a line is not longer */
	int const bad = ini_parse_stream(give, &r, take, &r);
	if (bad < 0)
		strerr_dief(111, "out of memory");
	if (bad > 0)
		refuse(file, (unsigned int)bad, "neither a [section] nor a key and its value");
	for (size_t i = 0; i < c->count; i++)
		for (size_t k = 0; k < c->sections[i].count; k++)
			c->sections[i].keys[k].value =
				with_here(c->sections[i].keys[k].value, here);
	free(here);
}

size_t conf_include(struct conf *c, char const *pattern, char const *from)
{
	glob_t g;
	char *const here = directory_of(from);
	char *const full = *pattern == '/' ? text_copy(pattern, strlen(pattern))
					   : text_format("%s/%s", here, pattern);
	int const got = glob(full, 0, NULL, &g);

	if (got && got != GLOB_NOMATCH)
		strerr_dief(UNREADABLE, "unable to look for ", full);
	size_t const count = got ? 0 : g.gl_pathc;
	for (size_t i = 0; i < count; i++)
		conf_read(c, text_copy(g.gl_pathv[i], strlen(g.gl_pathv[i])));
	globfree(&g);
	free(here);
	free(full);
	return count;
}

struct section const *conf_section(struct conf const *c, char const *name)
{
	size_t const i = find_section(c, name);

	return i < c->count ? &c->sections[i] : NULL;
}

static struct key const *own_key(struct section const *s, char const *name)
{
	for (size_t i = s ? s->count : 0; i-- > 0;)
		if (!strcmp(s->keys[i].name, name))
			return &s->keys[i];
	return NULL;
}

struct key const *conf_key(struct conf const *c, struct section const *s, char const *name)
{
	struct key const *const k = own_key(s, name);

	return k ? k : own_key(conf_section(c, "DEFAULT"), name);
}
