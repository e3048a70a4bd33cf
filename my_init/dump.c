#include <stdint.h>
#include <string.h>

#include <yajl/yajl_gen.h>

#include "dump.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

size_t dump_value_length(char const *text, size_t len)
{
	return len && text[len - 1] == '\n' ? len - 1 : len;
}

bool dump_is_personal(char const *name, size_t n)
{
	static char const *const names[] = { "HOME", "USER", "GROUP", "UID", "GID", "SHELL" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strlen(names[i]) == n && !memcmp(names[i], name, n))
			return true;
	return false;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Where a digit begins a name, a shell stops reading the whole file. */
static bool add_sh_name(stralloc *to, char const *name, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!stralloc_catb(
			    to, is_letter(name[i]) || (i && is_digit(name[i])) ? name + i : "_", 1))
			return false;
	return true;
}

static bool add_sh_value(stralloc *to, char const *value)
{
	bool good = stralloc_cats(to, "'");

	while (good && *value) {
		size_t const n = strcspn(value, "'");
		good = stralloc_catb(to, value, n) && (!value[n] || stralloc_cats(to, "'\\''"));
		value += n + (value[n] != 0);
	}
	return good && stralloc_cats(to, "'");
}

bool dump_sh(stralloc *to, char *const *env)
{
	bool good = true;

	for (; good && *env; env++) {
		size_t const n = strcspn(*env, "=");
		if (!n || !(*env)[n] || dump_is_personal(*env, n))
			continue;
		good = stralloc_cats(to, "export ") && add_sh_name(to, *env, n) &&
		       stralloc_cats(to, "=") && add_sh_value(to, *env + n + 1) &&
		       stralloc_cats(to, "\n");
	}
	return good;
}

/* How many bytes the character at s has, of at most n; 0: it is none. */
static size_t character(unsigned char const *s, size_t n)
{
	static uint32_t const least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t const len = *s < 0x80 ? 1 : *s < 0xc0 ? 0 : *s < 0xe0 ? 2 : *s < 0xf0 ? 3 : 4;
	uint32_t code = len < 2 ? *s : *s & (0x7fU >> len);

	if (!len || len > n || *s > 0xf4)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (s[i] & 0x3fU);
	}
	if (code < least[len] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	return len;
}

static bool add_clean(stralloc *to, char const *text, size_t n)
{
	bool good = true;

	to->len = 0;
	while (good && n) {
		size_t const len = character((unsigned char const *)text, n);
		good = len ? stralloc_catb(to, text, len) : stralloc_cats(to, REPLACEMENT);
		text += len ? len : 1;
		n -= len ? len : 1;
	}
	return good;
}

static bool add_json(yajl_gen json, stralloc *clean, char const *text, size_t n)
{
	return add_clean(clean, text, n) && yajl_gen_string(json, (unsigned char const *)clean->s,
							    clean->len) == yajl_gen_status_ok;
}

/* The buffer's owner learns by good that something is missing. */
struct output {
	stralloc *to;
	bool good;
};

static void print(void *output, char const *text, size_t n)
{
	struct output *const o = output;

	o->good = o->good && stralloc_catb(o->to, text, n);
}

bool dump_json(stralloc *to, char *const *env)
{
	struct output out = { to, true };
	stralloc clean = STRALLOC_ZERO;
	yajl_gen const json = yajl_gen_alloc(NULL);

	if (!json)
		return false;
	bool good = stralloc_ready(&clean, 1) &&
		    yajl_gen_config(json, yajl_gen_print_callback, print, &out) &&
		    yajl_gen_map_open(json) == yajl_gen_status_ok;
	for (; good && *env; env++) {
		size_t const n = strcspn(*env, "=");
		if (n && (*env)[n])
			good = add_json(json, &clean, *env, n) &&
			       add_json(json, &clean, *env + n + 1, strlen(*env + n + 1));
	}
	good = good && yajl_gen_map_close(json) == yajl_gen_status_ok && out.good &&
	       stralloc_cats(to, "\n");
	yajl_gen_free(json);
	stralloc_free(&clean);
	return good;
}
