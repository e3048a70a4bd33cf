#include "quote.h"
#include "tap.h"
#include "text.h"

static struct {
	char const *value, *word;
} const rows[] = {
	{ "", "''" },
	{ "plain-1_2@3%4+5=6:7,8./9", "plain-1_2@3%4+5=6:7,8./9" },
	{ "a b", "'a b'" },
	{ "it's", "'it'\\''s'" },
	{ "'", "''\\'''" },
	{ "$x", "'$x'" },
	{ "~", "'~'" },
	{ "*", "'*'" },
	{ "a\nb", "'a\nb'" },
	{ "#", "'#'" },
	{ "!", "'!'" },
	{ "\xc3\xa4", "'\xc3\xa4'" },
	{ "\001X\002", "\"${X?}\"" },
	{ "a\001X\002 b", "a\"${X?}\"' b'" },
	{ "\001X\002\001Y_1\002", "\"${X?}\"\"${Y_1?}\"" },
	{ "on \001%\002", "'on '\"$(uname -n)\"" },
	{ "\001", "'\001'" },
};

int main(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		stralloc out = STRALLOC_ZERO;
		quote_add(&out, rows[i].value);
		is_text(text_end(&out), rows[i].word, rows[i].word);
		stralloc_free(&out);
	}
	return done();
}
