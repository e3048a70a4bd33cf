#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "text.h"

char const *verdict_name(enum verdict v)
{
	static char const *const names[VERDICTS] = { "same", "changed", "lost", "refused" };

	return names[v];
}

void report_add(struct report *r, struct note const *n)
{
	r->notes = text_room(r->notes, r->count, sizeof *r->notes);
	r->notes[r->count++] = *n;
}

void report_append(struct report *r, struct report const *more)
{
	for (size_t i = 0; i < more->count; i++)
		report_add(r, &more->notes[i]);
}

static int compare(void const *x, void const *y)
{
	struct note const *const a = x, *const b = y;
	int const files = strcmp(a->place.file, b->place.file);

	if (a->written != b->written)
		return a->written ? -1 : 1;
	if (files)
		return files;
	if (a->place.line != b->place.line)
		return a->place.line < b->place.line ? -1 : 1;
	return strcmp(a->key, b->key);
}

void report_sort(struct report *r, size_t first)
{
	if (first < r->count)
		qsort(r->notes + first, r->count - first, sizeof *r->notes, compare);
}

enum verdict report_worst(struct report const *r)
{
	enum verdict worst = SAME;

	for (size_t i = 0; i < r->count; i++)
		worst = r->notes[i].verdict > worst ? r->notes[i].verdict : worst;
	return worst;
}

size_t report_count(struct report const *r, enum verdict v)
{
	size_t n = 0;

	for (size_t i = 0; i < r->count; i++)
		n += r->notes[i].verdict == v;
	return n;
}

/* Nothing in it ends the line. */
static void add_line(stralloc *out, char const *s)
{
	for (; *s; s++)
		text_add_bytes(out, (unsigned char)*s < ' ' || *s == 127 ? " " : s, 1);
}

static void add_note(stralloc *out, struct note const *n)
{
	add_line(out, n->key);
	if (!n->written)
		text_add(out, " (not written)");
	text_add(out, ": ");
	text_add(out, verdict_name(n->verdict));
	text_add(out, ": ");
	add_line(out, n->sentence);
	text_add(out, "\n");
}

void report_text(struct report const *r, stralloc *out)
{
	for (size_t i = 0; i < r->count; i++) {
		struct note const *const n = &r->notes[i];
		add_line(out, n->place.file);
		text_add(out, text_format(":%u: [", n->place.line));
		add_line(out, n->section);
		text_add(out, "] ");
		add_note(out, n);
	}
	for (enum verdict v = SAME; v < VERDICTS; v++)
		text_add(out, text_format("%s%zu %s", v == SAME ? "" : ", ", report_count(r, v),
					  verdict_name(v)));
	text_add(out, "\n");
}

void report_comments(struct report const *r, stralloc *out)
{
	for (size_t i = 0; i < r->count; i++) {
		text_add(out, "# ");
		add_note(out, &r->notes[i]);
	}
}
