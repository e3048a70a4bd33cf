#include <stdlib.h>

#include "expand.h"
#include "tap.h"
#include "text.h"

/* What Python's % operator makes of it; NULL: an error. */
static struct {
	char const *text, *got;
} const rows[] = {
	{ "", "" },
	{ "plain", "plain" },
	{ "100%%", "100%" },
	{ "%%(name)s", "%(name)s" },
	{ "%(name)s", "web" },
	{ "a%(name)sb%(name)s", "awebbweb" },
	{ "%(name)5s|", "  web|" },
	{ "%(name)-5s|", "web  |" },
	{ "%(name)05s|", "  web|" },
	{ "%(name).2s|", "we|" },
	{ "%(num)d", "7" },
	{ "%(num)s", "7" },
	{ "%(num)i%(num)u", "77" },
	{ "%(num)02d", "07" },
	{ "%(num)2d", " 7" },
	{ "%(num)-3d|", "7  |" },
	{ "%(num)-03d|", "7  |" },
	{ "%(num)+d", "+7" },
	{ "%(num)+03d", "+07" },
	{ "%(num) d", " 7" },
	{ "%(num).3d", "007" },
	{ "%(num)5.3d", "  007" },
	{ "%(num)05.3d", "00007" },
	{ "%(num)ld", "7" },
	{ "%(minus)03d", "-07" },
	{ "%(minus)s", "-7" },
	{ "%(twice)s", "second" },
	{ "%(a(b)c)s", "nested" },
	{ "%(name)d", NULL },
	{ "%(num)x", NULL },
	{ "%(other)s", NULL },
	{ "%(name", NULL },
	{ "%(name)", NULL },
	{ "%d", NULL },
	{ "%s", NULL },
	{ "%", NULL },
	{ "+%Y", NULL },
	{ "%(ENV_KNOWN)s", "known" },
	{ "%(ENV_X)s!", "\001X\002!" },
	{ "%(ENV_X)5s", NULL },
	{ "%(ENV_X)d", NULL },
	{ "%(ENV_)s", NULL },
	{ "%(ENV_1)s", NULL },
	{ "%(ENV_A-B)s", NULL },
	{ "%(ENV_A1_b)s", "\001A1_b\002" },
};

int main(void)
{
	struct expand_vars first = { NULL, 0 };

	expand_set(&first, "name", "web", false);
	expand_set(&first, "num", "7", true);
	expand_set(&first, "minus", "-7", true);
	expand_set(&first, "twice", "first", false);
	expand_set(&first, "twice", "second", false);
	expand_set(&first, "a(b)c", "nested", false);
	struct expand_vars vars = expand_copy(&first);
	expand_set(&vars, "ENV_KNOWN", "known", false);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		stralloc out = STRALLOC_ZERO;
		char *why = NULL;
		bool const good = expand(&out, rows[i].text, &vars, &why);
		if (rows[i].got)
			is_text(good ? text_end(&out) : why, rows[i].got, rows[i].text);
		else
			ok(!good && why && *why, rows[i].text);
		free(why);
		stralloc_free(&out);
	}
	free(first.at);
	free(vars.at);
	return done();
}
