#include <stdio.h>
#include <stdlib.h>

#include "words.h"
#include "tap.h"

/* Results with | behind each word; NULL: an error. What Python's shlex answers was asked of it. */
static struct {
	char const *text, *words;
} const splits[] = {
	{ "", "" },
	{ " \t\r\n", "" },
	{ "a", "a|" },
	{ " a  b\tc\nd\r", "a|b|c|d|" },
	{ "''", "|" },
	{ "\"\" x", "|x|" },
	{ "a''b", "ab|" },
	{ "'a b'c\" d\"", "a bc d|" },
	{ "'a\\b'", "a\\b|" },
	{ "\"a\\b\"", "a\\b|" },
	{ "\"a\\\"b\"", "a\"b|" },
	{ "\"a\\\\\"", "a\\|" },
	{ "\"a\\'b\"", "a\\'b|" },
	{ "\"$x `y`\"", "$x `y`|" },
	{ "a\\ b", "a b|" },
	{ "a\\\nb", "a\nb|" },
	{ "\\'", "'|" },
	{ "a#b #c", "a#b|#c|" },
	{ "a;b|c&", "a;b|c&|" },
	{ "'", NULL },
	{ "a 'b", NULL },
	{ "\"a\\\"", NULL },
	{ "\\", NULL },
	{ "\xc3\xa4 \xe4", "\xc3\xa4|\xe4|" },
};

static struct {
	char const *text, *pairs;
} const lists[] = {
	{ "", "" },
	{ "A=b", "A|b|" },
	{ "A = b , B=\"c d\",C='e,f'", "A|b|B|c d|C|e,f|" },
	{ "A=b,", "A|b|" },
	{ "A=b B=c", NULL },
	{ "A=b;B=c", "A|b|B|c|" },
	{ "A=/x/y.z+(1):-2", "A|/x/y.z+(1):-2|" },
	{ "A=b@c", NULL },
	{ "A=b=c", NULL },
	{ "A", NULL },
	{ "A=", NULL },
	{ "=b", NULL },
	{ "A=,B=c", NULL },
	{ "A=\"\"", "A||" },
	{ "A=\"'x'\"", "A|x|" },
	{ "A=\"a\\\"\"", NULL },
	{ "A=\"x", NULL },
	{ "A=x\"y\"", "A|x\"y|" },
	{ "A=b#c\n,B=d", "A|b|B|d|" },
	{ "#x\nA=b", "A|b|" },
	{ "A=\"#\",\nB=c", "A|#|B|c|" },
	{ "A=\xc3\xa4", "A|\xc3\xa4|" },
	{ "A=\001X\002", "A|\001X\002|" },
	{ "A=a\001X\002b,B=\"\001X\002 \"", "A|a\001X\002b|B|\001X\002 |" },
};

static void check(char const *text, char const *want, bool pairs)
{
	stralloc out = STRALLOC_ZERO;
	char const *why = NULL;
	size_t count = 77;
	char got[200] = "", name[200];

	snprintf(name, sizeof name, "%s <%s>", pairs ? "variables" : "words", text);
	for (char *c = name; *c; c++)
		*c = (unsigned char)*c < ' ' ? '~' : *c;
	bool const good = pairs ? words_pairs(&out, &count, text, &why)
				: words_split(&out, &count, text, &why);
	size_t words = 0;
	for (size_t i = 0; i < out.len && i + 1 < sizeof got; i++) {
		words += !out.s[i];
		got[i] = out.s[i] ? out.s[i] : '|';
		got[i + 1] = 0;
	}
	if (!want)
		ok(!good && why && *why, name);
	else if (ok(good && !strcmp(got, want), name))
		is_int((long)count, (long)words, "their number");
	else
		printf("# got <%s>, want <%s>\n", got, want);
	stralloc_free(&out);
}

int main(void)
{
	for (size_t i = 0; i < sizeof splits / sizeof *splits; i++)
		check(splits[i].text, splits[i].words, false);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		check(lists[i].text, lists[i].pairs, true);
	return done();
}
