/* Variables in a value: what is not a variable stays, %% is one, and what is replaced has the width
 * it is to have. */
#include "expand.h"
#include "fuzz.h"
#include "text.h"

/* A text without any % is itself, and doubling each % of any text gives it back. */
static void doubled(char const *s, struct expand_vars const *vars)
{
	stralloc twice = STRALLOC_ZERO, out = STRALLOC_ZERO;
	char *why = NULL;

	for (char const *c = s; *c; c++)
		text_add_bytes(&twice, *c == '%' ? "%%" : c, *c == '%' ? 2 : 1);
	must(expand(&out, text_end(&twice), vars, &why), "doubled signs are never refused");
	must(!strcmp(text_end(&out), s), "and are the text again");
	stralloc_free(&twice);
	stralloc_free(&out);
}

/* What comes out of each half alone, joined, is what comes out of both, if no variable is cut. */
static void halves(char const *s, size_t at, struct expand_vars const *vars)
{
	stralloc all = STRALLOC_ZERO, parts = STRALLOC_ZERO;
	char *const first = text_copy(s, at), *why[3] = { NULL, NULL, NULL };

	bool const whole = expand(&all, s, vars, &why[0]);
	must(whole || why[0], "what is refused is explained");
	if (expand(&parts, first, vars, &why[1]) && expand(&parts, s + at, vars, &why[2]) && whole)
		must(!strcmp(text_end(&all), text_end(&parts)), "the parts are the whole");
	for (unsigned int i = 0; i < 3; i++)
		free(why[i]);
	free(first);
	stralloc_free(&all);
	stralloc_free(&parts);
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
	static char const *const pieces[] = { "%(name)s", "%(num)", "02d", "%%",
					      "%",        "(",      ")",   "%(ENV_X)s",
					      "-5s",      "%(ENV_", "x",   ".3",
					      "%(none)s", " ",      "+",   "999999999999d" };
	struct feed f = { data, size };
	struct expand_vars vars = { NULL, 0 };
	stralloc built = STRALLOC_ZERO;

	expand_set(&vars, "name", "web", false);
	expand_set(&vars, "num", "-7", true);
	unsigned int const how = feed_byte(&f);
	size_t const cut = (size_t)feed_number(&f, 2);
	while (how & 1 && f.left)
		text_add(&built, pieces[feed_byte(&f) % 16]);
	char *const s =
		how & 1 ? text_copy(built.s ? built.s : "", built.len) : feed_string(&f, size);
	size_t const len = strlen(s);
	doubled(s, &vars);
	/* a cut between two signs makes two of one */
	size_t const at = len ? cut % (len + 1) : 0;
	if (!at || s[at - 1] != '%')
		halves(s, at, &vars);
	free(s);
	free(vars.at);
	stralloc_free(&built);
	return 0;
}
