#include <string.h>

#include "line.h"
#include "pattern.h"
#include "select.h"

bool select_is_rule(char letter)
{
	return letter && strchr("+-eE", letter);
}

size_t select_rules(char *to, char const letters[2], char const *text, size_t len)
{
	size_t n = 0;

	for (size_t at = 0, end; at < len; at = end + 1) {
		end = line_end(text, at, len);
		if (text[at] != letters[0] && text[at] != letters[1])
			continue;
		memcpy(to + n, text + at, end - at);
		n += end - at;
		to[n++] = '\n';
	}
	return n;
}

/* `yes` is the letter of those that select. */
static bool judge(bool selected, char yes, char const *rules, size_t rules_len, char const *line,
		  size_t len)
{
	char const *const end = rules + rules_len;

	for (char const *at = rules, *newline; at < end; at = newline + 1) {
		newline = memchr(at, '\n', (size_t)(end - at));
		if (!newline)
			break;
		/* a rule that would change nothing need not be tried */
		if ((*at == yes) != selected &&
		    pattern_matches(at + 1, (size_t)(newline - at) - 1, line, len))
			selected = !selected;
	}
	return selected;
}

bool select_line(char const *rules, size_t rules_len, char const *line, size_t len)
{
	return judge(true, '+', rules, rules_len, line, len);
}

bool select_shown(char const *rules, size_t rules_len, char const *line, size_t len)
{
	return judge(false, 'e', rules, rules_len, line, len);
}

/* FNV-1a. */
uint32_t select_hash(char const *rules, size_t rules_len)
{
	uint32_t h = UINT32_C(2166136261);

	for (size_t i = 0; i < rules_len; i++)
		h = (h ^ (unsigned char)rules[i]) * UINT32_C(16777619);
	return rules_len ? h : 0;
}
