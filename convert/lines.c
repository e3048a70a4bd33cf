#include <string.h>

#include "lines.h"

static bool blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
}

void lines_init(struct lines *l, char const *text)
{
	*l = (struct lines){ .at = text };
}

/* Where the comment of a line begins, or len. Its marks are looked for in rounds, the first of
 * each, the second of each and so on, and the first round with a blank before one of them decides:
 * of "a;b ;c #d" Python takes only "#d" for a comment. */
static size_t comment_start(char const *s, size_t len)
{
	static char const marks[] = ";#";
	size_t at[] = { 0, 0 }, start = len;

	while (start == len && (at[0] < len || at[1] < len))
		for (size_t i = 0; i < 2; i++) {
			if (at[i] >= len)
				continue;
			char const *const found = memchr(s + at[i], marks[i], len - at[i]);
			size_t const place = found ? (size_t)(found - s) : len;
			if (found && (!place || blank(s[place - 1])) && place < start)
				start = place;
			at[i] = found ? place + 1 : len;
		}
	return start;
}

static enum line_kind kind_of(struct lines *l, struct line *line, size_t indent)
{
	char const *last = NULL;

	if (l->in_section && l->in_key && indent > l->indent)
		return LINE_MORE;
	l->indent = indent;
	if (*line->s == '[')
		for (size_t i = 2; i < line->len; i++)
			last = line->s[i] == ']' ? line->s + i : last;
	if (!last) {
		l->in_key = true;
		return LINE_KEY;
	}
	l->in_section = true;
	l->in_key = false;
	line->s++;
	line->len = (size_t)(last - line->s);
	return LINE_SECTION;
}

struct line lines_next(struct lines *l)
{
	char const *const s = l->at;
	size_t const len = strcspn(s, "\r\n");
	struct line line = { LINE_END, s, 0 };
	size_t indent = 0;

	if (!*s)
		return line;
	l->number++;
	l->at = s + len;
	if (*l->at)
		l->at += l->at[0] == '\r' && l->at[1] == '\n' ? 2 : 1;
	while (indent < len && blank(s[indent]))
		indent++;
	size_t end = comment_start(s, len);
	bool const comment = end < len;
	while (end > indent && blank(s[end - 1]))
		end--;
	line.s = s + indent;
	line.len = end > indent ? end - indent : 0;
	line.kind = line.len ? kind_of(l, &line, indent) : comment ? LINE_COMMENT : LINE_BLANK;
	return line;
}
