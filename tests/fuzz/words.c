/* Any value, quoted for sh, is that one value again: for Python's rules, which are those of sh as
 * far as quotes go, and for a reading of sh's own, which knows that nothing else may mean anything.
 */
#include "fuzz.h"
#include "quote.h"
#include "text.h"
#include "words.h"

/* As sh reads a word: outside of quotes only what no shell cares about. */
static void as_sh(stralloc *out, char const *s)
{
	static char const harmless[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
		"_@%+=:,./-";

	while (*s) {
		if (*s == '\'') {
			char const *const end = strchr(s + 1, '\'');
			must(end != NULL, "every quote ends");
			text_add_bytes(out, s + 1, (size_t)(end - s) - 1);
			s = end + 1;
		} else if (*s == '\\') {
			must(s[1] == '\'', "only a quote is escaped");
			text_add(out, "'");
			s += 2;
		} else {
			must(strchr(harmless, *s) != NULL, "the rest means nothing to a shell");
			text_add_bytes(out, s++, 1);
		}
	}
}

/* Whatever it is, it is a list of strings or an error. */
static void split(char const *s, bool pairs)
{
	stralloc out = STRALLOC_ZERO;
	char const *why = NULL;
	size_t count, words = 0;

	bool const good =
		pairs ? words_pairs(&out, &count, s, &why) : words_split(&out, &count, s, &why);
	for (size_t i = 0; i < out.len; i++)
		words += !out.s[i];
	must(good || why, "what is refused is explained");
	must(!good || words == count, "they are as many as is said");
	must(!good || !pairs || count % 2 == 0, "each variable has a value");
	stralloc_free(&out);
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
	struct feed f = { data, size };
	unsigned int const how = feed_byte(&f);
	char *const s = feed_string(&f, size);
	stralloc word = STRALLOC_ZERO, sh = STRALLOC_ZERO, python = STRALLOC_ZERO;
	char const *why;
	size_t count;

	/* few characters meet more often */
	for (char *c = s; how & 1 && *c; c++)
		*c = "ab'\"\\ #=,\n$\001"[(unsigned char)*c % 12];
	split(s, false);
	split(s, true);
	/* what is known later is not the same text again */
	for (char *c = s; *c; c++)
		*c = *c == LATE ? '-' : *c;
	quote_add(&word, s);
	text_end(&word);
	as_sh(&sh, word.s);
	must(!strcmp(text_end(&sh), s), "sh gets the value back");
	must(words_split(&python, &count, word.s, &why) && count == 1 && !strcmp(python.s, s),
	     "and so does words_split");
	stralloc_free(&word);
	stralloc_free(&sh);
	stralloc_free(&python);
	free(s);
	return 0;
}
