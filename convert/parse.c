#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "parse.h"
#include "text.h"
#include "value.h"

#define BLANKS " \t\n\r\f\v"

static bool is_one_of(char const *s, char const *const *words)
{
	for (; *words; words++)
		if (!strcasecmp(s, *words))
			return true;
	return false;
}

bool parse_bool(char const *s, bool *yes)
{
	static char const *const truths[] = { "yes", "true", "on", "1", NULL };
	static char const *const lies[] = { "no", "false", "off", "0", NULL };
	bool const truth = is_one_of(s, truths);

	if (!truth && !is_one_of(s, lies))
		return false;
	*yes = truth;
	return true;
}

/* A number and nothing else but blanks around it, of the first len bytes. */
static bool number(char const *s, size_t len, int base, long *n)
{
	char *const copy = text_copy(s, len), *end;
	char const *digits = copy + strspn(copy, BLANKS);

	digits += *digits == '-' || *digits == '+';
	bool good = *digits >= '0' && *digits <= '9';
	errno = 0;
	long const got = strtol(copy, &end, base);
	good = good && !errno && !end[strspn(end, BLANKS)];
	free(copy);
	if (good)
		*n = got;
	return good;
}

bool parse_int(char const *s, long *n)
{
	return number(s, strlen(s), 10, n);
}

bool parse_octal(char const *s, unsigned int *n)
{
	long got;

	/* Python's own way to write it */
	if (s[0] == '0' && (s[1] == 'o' || s[1] == 'O'))
		s += 2;
	if (!number(s, strlen(s), 8, &got) || got < 0 || got > 07777)
		return false;
	*n = (unsigned int)got;
	return true;
}

bool parse_bytes(char const *s, unsigned long long *n)
{
	static struct {
		char const *name;
		long factor;
	} const units[] = { { "kb", 1024 }, { "mb", 1024L * 1024 }, { "gb", 1024L * 1024 * 1024 } };
	size_t len = strlen(s);
	long factor = 1, got;

	for (size_t i = 0; i < 3; i++)
		if (len >= 2 && !strcasecmp(s + len - 2, units[i].name)) {
			factor = units[i].factor;
			len -= 2;
			break;
		}
	if (!number(s, len, 10, &got) || got < 0 || got > LONG_MAX / factor)
		return false;
	*n = (unsigned long long)got * (unsigned long long)factor;
	return true;
}

bool parse_signal(char const *s, stralloc *out)
{
	size_t const from = out->len;
	unsigned int sig;

	s += strspn(s, BLANKS);
	if (!strncasecmp(s, "SIG", 3))
		s += 3;
	for (; *s && !strchr(BLANKS, *s); s++)
		text_add_bytes(out, (char[]){ text_upper(*s) }, 1);
	return value_signal(text_end(out) + from, &sig);
}

char *parse_item(char const **at)
{
	char const *s = *at;

	if (!s)
		return NULL;
	size_t len = strcspn(s, ",");
	*at = s[len] ? s + len + 1 : NULL;
	for (; len && strchr(BLANKS, *s); len--)
		s++;
	while (len && strchr(BLANKS, s[len - 1]))
		len--;
	return text_copy(s, len);
}

bool parse_codes(char const *s, stralloc *out)
{
	bool good = true;
	long code = 0;

	if (!*s)
		return true;
	for (char *item; (item = parse_item(&s)) != NULL; free(item)) {
		good = good && parse_int(item, &code) && code >= 0 && code <= 255;
		if (!good)
			continue;
		char *const word = text_format("%s%ld", out->len ? " " : "", code);
		text_add(out, word);
		free(word);
	}
	return good;
}
