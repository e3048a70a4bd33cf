#include <string.h>

#include "pattern.h"
#include "select.h"

bool select_line(char const *rules, size_t rules_len, char const *line, size_t len)
{
	char const *const end = rules + rules_len;
	bool selected = true;

	for (char const *at = rules, *newline; at < end; at = newline + 1) {
		newline = memchr(at, '\n', (size_t)(end - at));
		if (!newline)
			break;
		/* a rule that would change nothing need not be tried */
		if ((*at == '+') != selected &&
		    pattern_matches(at + 1, (size_t)(newline - at) - 1, line, len))
			selected = !selected;
	}
	return selected;
}

/* FNV-1a. */
uint32_t select_hash(char const *rules, size_t rules_len)
{
	uint32_t h = UINT32_C(2166136261);

	for (size_t i = 0; i < rules_len; i++)
		h = (h ^ (unsigned char)rules[i]) * UINT32_C(16777619);
	return rules_len ? h : 0;
}
