#include <string.h>
#include <time.h>

#include "line.h"
#include "stamp.h"

bool line_next(struct piece *p, char const *in, size_t len, size_t max, bool middle, bool last)
{
	char const *const newline = len ? memchr(in, '\n', len) : NULL;

	*p = (struct piece){ .len = newline ? (size_t)(newline - in) + 1 : len,
			     .begins = !middle,
			     .ends = newline || last,
			     .bare = !newline && last };
	if (middle)
		return len || last;
	return newline || len >= max || (last && len);
}

size_t line_treated(struct piece const *p, size_t max)
{
	size_t const text = p->len - (p->ends && !p->bare);

	return text < max ? text : max;
}

size_t line_end(char const *text, size_t at, size_t len)
{
	char const *const newline = memchr(text + at, '\n', len - at);

	return newline ? (size_t)(newline - text) : len;
}

/* The decimal digits of n, width of them, and the character that follows. */
static char *digits(char *at, unsigned int n, unsigned int width, char after)
{
	for (unsigned int i = width; i; i--, n /= 10)
		at[i - 1] = (char)('0' + n % 10);
	at[width] = after;
	return at + width + 1;
}

size_t line_stamp(char text[LINE_STAMP_MAX], enum line_style style, tain const *t)
{
	if (style == LINE_PLAIN)
		return 0;
	if (style == LINE_TAI64N) {
		size_t const n = timestamp_fmt(text, t);
		text[n] = ' ';
		return n + 1;
	}
	struct tm utc;
	time_t const seconds = (time_t)stamp_unix(t);
	gmtime_r(&seconds, &utc);
	text = digits(text, (unsigned int)utc.tm_year + 1900, 4, '-');
	text = digits(text, (unsigned int)utc.tm_mon + 1, 2, '-');
	text = digits(text, (unsigned int)utc.tm_mday, 2, style == LINE_UTC ? '_' : 'T');
	text = digits(text, (unsigned int)utc.tm_hour, 2, ':');
	text = digits(text, (unsigned int)utc.tm_min, 2, ':');
	text = digits(text, (unsigned int)utc.tm_sec, 2, '.');
	digits(text, t->nano / 10000, 5, ' ');
	return LINE_STAMP_MAX;
}

void line_replace(char *s, size_t len, char with, char const *also)
{
	for (char *const end = s + len; s < end; s++)
		if (*s < 32 || *s > 126 || strchr(also, *s))
			*s = with;
}
