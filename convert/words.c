#include <string.h>

#include "text.h"
#include "words.h"

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void end_word(stralloc *out, size_t *count)
{
	text_add_bytes(out, "", 1);
	++*count;
}

/* Of a quoted part, behind its first quote; NULL if it does not end. */
static char const *quoted(stralloc *out, char const *s, char quote)
{
	for (; *s && *s != quote; s++) {
		/* within double quotes a backslash escapes only itself and the quote */
		if (quote == '"' && *s == '\\' && (s[1] == '"' || s[1] == '\\'))
			s++;
		text_add_bytes(out, s, 1);
	}
	return *s ? s + 1 : NULL;
}

bool words_split(stralloc *out, size_t *count, char const *text, char const **why)
{
	*count = 0;
	for (char const *s = text;;) {
		while (blank(*s))
			s++;
		if (!*s)
			return true;
		while (*s && !blank(*s)) {
			if (*s == '"' || *s == '\'') {
				s = quoted(out, s + 1, *s);
				if (!s) {
					*why = "No closing quotation";
					return false;
				}
				continue;
			}
			if (*s == '\\' && !*++s) {
				*why = "No escaped character";
				return false;
			}
			text_add_bytes(out, s++, 1);
		}
		end_word(out, count);
	}
}

/* What can stand in a word of a list of variables; there, one of any other character is a token. */
static bool wordchar(char c)
{
	return c &&
	       strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/.+-():", c);
}

/* The length of the character at s: those of other alphabets are tokens as a whole. */
static size_t character(char const *s)
{
	size_t n = 1;

	if ((*s & 0xc0) == 0xc0)
		while ((s[n] & 0xc0) == 0x80)
			n++;
	return n;
}

static char const *end_of_line(char const *s)
{
	s += strcspn(s, "\n");
	return *s ? s + 1 : s;
}

/* The length of what counts as word characters at s; a variable that is known later is. */
static size_t in_word(char const *s)
{
	char const *const end = *s == LATE ? strchr(s, LATE_END) : NULL;

	if (end)
		return (size_t)(end - s) + 1;
	return wordchar(*s) || *s == '"' || *s == '\'';
}

/* The token at *at, which moves behind it; false at the end, and with *why when it has none. */
static bool token(stralloc *out, char const **at, char const **why)
{
	char const *s = *at;

	while (blank(*s) || *s == '#')
		s = *s == '#' ? end_of_line(s) : s + 1;
	*at = s;
	if (!*s)
		return false;
	if (*s == '"' || *s == '\'') {
		s = strchr(s + 1, *s);
		if (!s) {
			*why = "No closing quotation";
			return false;
		}
		text_add_bytes(out, *at, (size_t)(s + 1 - *at));
		*at = s + 1;
		return true;
	}
	if (!in_word(s)) {
		size_t const n = character(s);
		text_add_bytes(out, s, n);
		*at = s + n;
		return true;
	}
	for (size_t n; (n = in_word(s)) > 0 || *s == '#';) {
		if (!n) {
			s = end_of_line(s);
			continue;
		}
		text_add_bytes(out, s, n);
		s += n;
	}
	*at = s;
	return true;
}

/* The tokens from byte `from` on without the quotes at both ends. */
static void strip_quotes(stralloc *out, size_t from)
{
	size_t first = from, end = out->len;

	while (first < end && strchr("'\"", out->s[first]))
		first++;
	while (end > first && strchr("'\"", out->s[end - 1]))
		end--;
	memmove(out->s + from, out->s + first, end - first);
	out->len = from + end - first;
}

bool words_pairs(stralloc *out, size_t *count, char const *text, char const **why)
{
	static char const *const ended = "Unexpected end of key/value pairs";
	stralloc other = STRALLOC_ZERO;
	bool good = true;

	*count = 0;
	*why = NULL;
	while (token(out, &text, why)) {
		end_word(out, count);
		good = token(&other, &text, why) && other.len == 1 && *other.s == '=';
		size_t const value = out->len;
		good = good && token(out, &text, why);
		if (!good)
			break;
		strip_quotes(out, value);
		end_word(out, count);
		/* whatever it is, it passes for the comma */
		token(&other, &text, why);
		other.len = 0;
	}
	stralloc_free(&other);
	if (!good && !*why)
		*why = ended;
	return !*why;
}
