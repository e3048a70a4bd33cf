#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "expand.h"
#include "text.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"

struct expand_vars expand_copy(struct expand_vars const *v)
{
	struct expand_vars copy = { NULL, 0 };

	for (size_t i = 0; v && i < v->count; i++)
		expand_set(&copy, v->at[i].name, v->at[i].value, v->at[i].number);
	return copy;
}

void expand_set(struct expand_vars *v, char const *name, char const *value, bool number)
{
	v->at = text_room(v->at, v->count, sizeof *v->at);
	v->at[v->count++] = (struct expand_var){ name, value, number };
}

static struct expand_var const *find(struct expand_vars const *v, char const *name, size_t len)
{
	for (size_t i = v->count; i-- > 0;)
		if (strlen(v->at[i].name) == len && !memcmp(v->at[i].name, name, len))
			return &v->at[i];
	return NULL;
}

/* What stands between the name and the letter, which is s, d or i. */
struct format {
	bool minus, zero, plus, space;
	size_t width, precision; /* SIZE_MAX: none */
	char letter;
};

static char const *number(char const *s, size_t *n)
{
	for (*n = 0; *s >= '0' && *s <= '9'; s++)
		*n = *n < 1000 ? *n * 10 + (size_t)(*s - '0') : *n;
	return s;
}

static char const *read_format(char const *s, struct format *f)
{
	*f = (struct format){ .precision = SIZE_MAX };
	for (; *s && strchr("-0+ #", *s); s++) {
		f->minus |= *s == '-';
		f->zero |= *s == '0';
		f->plus |= *s == '+';
		f->space |= *s == ' ';
	}
	s = number(s, &f->width);
	if (*s == '.')
		s = number(s + 1, &f->precision);
	s += strspn(s, "hlL");
	f->letter = *s;
	return *s ? s + 1 : s;
}

static void fill(stralloc *out, char c, size_t n)
{
	while (n--)
		text_add_bytes(out, &c, 1);
}

static void add_padded(stralloc *out, struct format const *f, char const *sign, size_t zeros,
		       char const *s, size_t len)
{
	size_t const used = strlen(sign) + zeros + len, pad = f->width > used ? f->width - used : 0;

	if (!f->minus)
		fill(out, ' ', pad);
	text_add(out, sign);
	fill(out, '0', zeros);
	text_add_bytes(out, s, len);
	if (f->minus)
		fill(out, ' ', pad);
}

static void add_number(stralloc *out, struct format const *f, char const *digits)
{
	char const *const sign = *digits == '-' ? "-" : f->plus ? "+" : f->space ? " " : "";
	size_t zeros = 0;

	digits += *digits == '-';
	size_t const len = strlen(digits);
	if (f->precision != SIZE_MAX && f->precision > len)
		zeros = f->precision - len;
	/* unlike C's, Python's 0 counts beside a precision, too */
	if (f->zero && !f->minus && f->width > strlen(sign) + zeros + len)
		zeros = f->width - strlen(sign) - len;
	add_padded(out, f, sign, zeros, digits, len);
}

/* The name of a variable that a shell can have. */
static bool shell_name(char const *s, size_t len)
{
	if (!len || !strchr(LETTERS, *s))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!s[i] || !strchr(LETTERS "0123456789", s[i]))
			return false;
	return true;
}

/* A variable of the environment that supervisord would be started in. */
static bool add_late(stralloc *out, struct format const *f, char const *name, size_t len,
		     char **why)
{
	if (len < 4 || memcmp(name, "ENV_", 4) != 0 || !shell_name(name + 4, len - 4)) {
		*why = text_format("there is no %%(%.*s)s", (int)len, name);
		return false;
	}
	if (f->letter != 's' || f->width || f->precision != SIZE_MAX) {
		*why = text_format("%%(%.*s) must be followed by s alone, as its value is known "
				   "only at the start",
				   (int)len, name);
		return false;
	}
	text_add_bytes(out, (char[]){ LATE }, 1);
	text_add_bytes(out, name + 4, len - 4);
	text_add_bytes(out, (char[]){ LATE_END }, 1);
	return true;
}

/* The parenthesis that closes the one before s: they can be nested. */
static char const *closing(char const *s)
{
	for (unsigned int open = 1; *s; s++) {
		open += *s == '(';
		open -= *s == ')';
		if (!open)
			return s;
	}
	return NULL;
}

/* Behind "%(". */
static char const *add_variable(stralloc *out, char const *s, struct expand_vars const *v,
				char **why)
{
	struct format f;
	char const *const name = s;

	s = closing(s);
	if (!s) {
		*why = text_format("%%(%s lacks its )", name);
		return NULL;
	}
	size_t const len = (size_t)(s - name);
	s = read_format(s + 1, &f);
	struct expand_var const *const var = find(v, name, len);
	if (!var)
		return add_late(out, &f, name, len, why) ? s : NULL;
	if (f.letter == 's') {
		size_t const all = strlen(var->value);
		add_padded(out, &f, "", 0, var->value, f.precision < all ? f.precision : all);
		return s;
	}
	if (var->number && (f.letter == 'd' || f.letter == 'i' || f.letter == 'u')) {
		add_number(out, &f, var->value);
		return s;
	}
	*why = text_format("%%(%.*s) must be followed by s%s", (int)len, name,
			   var->number ? " or d" : "");
	return NULL;
}

bool expand(stralloc *out, char const *text, struct expand_vars const *v, char **why)
{
	for (char const *s = text; *s;) {
		size_t const len = strcspn(s, "%");
		text_add_bytes(out, s, len);
		s += len;
		if (!*s)
			break;
		if (s[1] == '%') {
			text_add(out, "%");
			s += 2;
		} else if (s[1] == '(') {
			s = add_variable(out, s + 2, v, why);
			if (!s)
				return false;
		} else {
			*why = text_format("a %% that begins nothing: %%%% stands for one");
			return false;
		}
	}
	return true;
}
