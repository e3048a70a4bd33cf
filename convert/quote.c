#include <stdbool.h>
#include <string.h>

#include "quote.h"
#include "text.h"

static bool plain(char const *s, size_t len)
{
	static char const safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				   "_@%+=:,./-";

	for (size_t i = 0; i < len; i++)
		if (!s[i] || !strchr(safe, s[i]))
			return false;
	return true;
}

static void add_known(stralloc *out, char const *s, size_t len)
{
	if (plain(s, len)) {
		text_add_bytes(out, s, len);
		return;
	}
	text_add(out, "'");
	for (size_t i = 0; i < len; i++)
		if (s[i] == '\'')
			text_add(out, "'\\''");
		else
			text_add_bytes(out, s + i, 1);
	text_add(out, "'");
}

static void add_late(stralloc *out, char const *name, size_t len)
{
	if (len == strlen(LATE_HOST) && !memcmp(name, LATE_HOST, len)) {
		text_add(out, "\"$(uname -n)\"");
		return;
	}
	text_add(out, "\"${");
	text_add_bytes(out, name, len);
	text_add(out, "?}\"");
}

void quote_add(stralloc *out, char const *value)
{
	if (!*value)
		text_add(out, "''");
	while (*value) {
		char const *const end = *value == LATE ? strchr(value, LATE_END) : NULL;
		size_t len = strcspn(value + 1, (char[]){ LATE, 0 }) + 1;
		if (end) {
			len = (size_t)(end - value) + 1;
			add_late(out, value + 1, len - 2);
		} else {
			add_known(out, value, len);
		}
		value += len;
	}
}
