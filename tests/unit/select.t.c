#include "../../svlogd/select.h"
#include "tap.h"

static bool selected(char const *rules, char const *line)
{
	return select_line(rules, strlen(rules), line, strlen(line));
}

int main(void)
{
	static struct {
		char const *rules, *line;
		bool want;
	} const t[] = {
		{ "", "a", true },
		{ "", "", true },
		{ "-*\n", "a", false },
		{ "-*\n", "", false },
		{ "-\n", "", false },
		{ "-\n", "a", true },
		{ "-*\n+\n", "", true },
		{ "+a\n", "b", true },
		{ "-a\n", "ab", true },
		{ "-a\n", "a", false },
		{ "-*\n+*x*\n", "axb", true },
		{ "-*\n+*x*\n", "ayb", false },
		{ "-*\n+*x*\n-ax*\n", "axb", false },
		{ "-*\n+*x*\n-ax*\n", "bxb", true },
		{ "+ax*\n-*x*\n", "axb", false },
		{ "-ab\n-ac\n", "ac", false },
		{ "-cut", "cut", true }, /* no newline: no rule */
	};

	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		ok(selected(t[i].rules, t[i].line) == t[i].want, t[i].line);
	ok(select_is_rule('+') && select_is_rule('-') && select_is_rule('e') && select_is_rule('E'),
	   "four letters begin a rule");
	ok(!select_is_rule('n') && !select_is_rule(0), "others don't, nor does an empty line");
	char copy[32];
	static char const text[] = "# x\n-a\n\nea\n+b\nn5\nEc";
	ok(select_rules(copy, "+-", text, sizeof text - 1) == 6 && !memcmp(copy, "-a\n+b\n", 6),
	   "rules are copied in their order");
	ok(select_rules(copy, "eE", text, sizeof text - 1) == 6 && !memcmp(copy, "ea\nEc\n", 6),
	   "the last one gets its newline");
	ok(!select_shown("", 0, "a", 1), "nothing is shown at first");
	ok(select_shown("ea*\n", 4, "ab", 2), "a line that e matches is");
	ok(!select_shown("ea*\nEab\n", 8, "ab", 2), "unless E matches it later");
	ok(select_shown("Eab\nea*\n", 8, "ab", 2), "and not before");
	ok(select_hash("", 0) == 0, "no rules have no hash");
	ok(select_hash("-a\n", 3) != select_hash("+a\n", 3), "the sign is in the hash");
	ok(select_hash("-a\n", 3) == select_hash("-a\n", 3), "the same rules have the same");
	return done();
}
