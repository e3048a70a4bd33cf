#include <stdio.h>

#include "lines.h"
#include "tap.h"

/* Kinds: c comment, b blank, + more, s section, k key; and the rest of each line in < >. */
static struct {
	char const *text, *lines;
} const rows[] = {
	{ "", "" },
	{ "[a]\nb=c", "s<a>k<b=c>" },
	{ "[a]\r\nb=c\r\n", "s<a>k<b=c>" },
	{ "[a]\rb=c\r", "s<a>k<b=c>" },
	{ "[a b] ; c", "s<a b>" },
	{ "[a]x]y", "s<a]x>" },
	{ "[]", "k<[]>" },
	{ "[a", "k<[a>" },
	{ "  [a]\n  b=1\n  c=2", "s<a>k<b=1>k<c=2>" },
	{ "[a]\nb=1\n c\n\td", "s<a>k<b=1>+<c>+<d>" },
	{ "[a]\nb=1\n [c]", "s<a>k<b=1>+<[c]>" },
	{ "[a]\n b=1\n c=2\n  d", "s<a>k<b=1>k<c=2>+<d>" },
	{ "[a]\n  b=1\n c=2", "s<a>k<b=1>k<c=2>" },
	{ "[a]\nb=1\n\n c", "s<a>k<b=1>b<>+<c>" },
	{ "[a]\nb=1\n;x\n c", "s<a>k<b=1>c<>+<c>" },
	{ "[a]\nb=1\n  # x\n c", "s<a>k<b=1>c<>+<c>" },
	{ "[a]\nb=1\n[c]\n d=2", "s<a>k<b=1>s<c>k<d=2>" },
	{ "b", "k<b>" },
	{ " b\n  c", "k<b>k<c>" },
	{ "a=b ;c", "k<a=b>" },
	{ "a=b #c", "k<a=b>" },
	{ "a=b\t;c", "k<a=b>" },
	{ "a=b;c", "k<a=b;c>" },
	{ "a=b;c ;d", "k<a=b;c>" },
	{ "a=b;c #d", "k<a=b;c>" },
	/* the first mark of each kind is looked at before the second of any */
	{ "a;b ;c #d", "k<a;b ;c>" },
	{ "a=';' # b", "k<a=';'>" },
	{ "a='x ; y'", "k<a='x>" },
	{ "#", "c<>" },
	{ "x\n \t \n", "k<x>b<>" },
};

int main(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct lines l;
		struct line line;
		char got[200] = "", name[80];

		snprintf(name, sizeof name, "<%s>", rows[i].text);
		for (char *c = name; *c; c++)
			*c = *c < ' ' || *c == '#' ? '~' : *c;
		lines_init(&l, rows[i].text);
		while ((line = lines_next(&l)).kind != LINE_END)
			snprintf(got + strlen(got), sizeof got - strlen(got), "%c<%.*s>",
				 " cb+sk"[line.kind], (int)line.len, line.s);
		is_text(got, rows[i].lines, name);
	}
	return done();
}
