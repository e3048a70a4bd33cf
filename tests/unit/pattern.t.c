#include <string.h>

#include "../../svlogd/pattern.h"
#include "tap.h"

/* Each was tried on the reference, but for a + at the end, where it reads past the line. */
static struct {
	char const *pattern, *line;
	bool matches;
} const rows[] = {
	{ "", "", true },
	{ "", "a", false },
	{ "abc", "abc", true },
	{ "abc", "ab", false },
	{ "ab", "abc", false },
	{ "*", "", true },
	{ "*", "anything", true },
	{ "a*", "a", true },
	{ "a*", "abc", true },
	{ "a*", "ba", false },
	{ "*b", "b", true },
	{ "*b", "ab", true },
	{ "*b", "aab", true },
	{ "*b", "abb", false },
	{ "*b", "abab", false },
	{ "*b", "", false },
	{ "*b*", "abab", true },
	{ "*: *: pid *", "host: daemon: pid 7 ended", true },
	{ "*: *: pid *", "host: daemon: uid 7", false },
	{ "+a", "a", true },
	{ "+a", "aaa", true },
	{ "+a", "", false },
	{ "+a", "b", false },
	{ "a+b", "abb", true },
	{ "a+b", "a", false },
	{ "a+bc", "abbc", true },
	{ "+ab", "aab", true },
	{ "+ab", "a", true },
	{ "+ab", "aac", false },
	{ "**", "a*b", true },
	{ "**", "ab", false },
	{ "*+a", "x+a", false },
	{ "a+", "a+", true },
	{ "a+", "a", false },
	{ "a+", "aa", false },
};

int main(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char name[64];
		snprintf(name, sizeof name, "\"%s\" and \"%s\"", rows[i].pattern, rows[i].line);
		ok(pattern_matches(rows[i].pattern, strlen(rows[i].pattern), rows[i].line,
				   strlen(rows[i].line)) == rows[i].matches,
		   name);
	}
	return done();
}
