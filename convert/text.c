#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <skalibs/strerr.h>

#include "text.h"

static void *must(void *block)
{
	if (!block)
		strerr_dief(111, "out of memory");
	return block;
}

char *text_copy(char const *s, size_t len)
{
	char *const copy = must(malloc(len + 1));

	memcpy(copy, s, len);
	copy[len] = 0;
	return copy;
}

char *text_vformat(char const *format, va_list args)
{
	char *s;
	int const len = vasprintf(&s, format, args);

	return must(len < 0 ? NULL : s);
}

char *text_format(char const *format, ...)
{
	va_list args;

	va_start(args, format);
	char *const s = text_vformat(format, args);
	va_end(args);
	return s;
}

void text_add_bytes(stralloc *to, char const *s, size_t len)
{
	if (!stralloc_catb(to, s, len))
		must(NULL);
}

void text_add(stralloc *to, char const *s)
{
	text_add_bytes(to, s, strlen(s));
}

char *text_end(stralloc *to)
{
	if (!stralloc_0(to))
		must(NULL);
	to->len--;
	return to->s;
}

void *text_room(void *array, size_t n, size_t size)
{
	/* the room doubles, so it is full at powers of two */
	if (n & (n - 1))
		return array;
	return must(n > SIZE_MAX / 2 / size ? NULL : realloc(array, (n ? 2 * n : 1) * size));
}

bool text_is_known(char const *s)
{
	return !strchr(s, LATE);
}

char const *text_shown(char const *s)
{
	stralloc out = STRALLOC_ZERO;

	for (; s && *s; s++)
		if (*s == LATE)
			text_add(&out, "${");
		else if (*s == LATE_END)
			text_add(&out, "}");
		else
			text_add_bytes(&out, s, 1);
	return text_end(&out);
}

static char const small[] = "abcdefghijklmnopqrstuvwxyz", large[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

char text_lower(char c)
{
	char const *const at = c ? strchr(large, c) : NULL;

	if (!at)
		return c;
	return small[at - large];
}

char text_upper(char c)
{
	char const *const at = c ? strchr(small, c) : NULL;

	if (!at)
		return c;
	return large[at - small];
}
