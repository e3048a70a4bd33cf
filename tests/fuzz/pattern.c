/* Patterns of svlogd: against the sentences of pattern.h taken one by one, and against matchers
 * that everybody knows. */
#include "fuzz.h"
#include "pattern.h"

/* The rest of a pattern and the rest of a line. */
static bool matches(char const *p, size_t plen, char const *s, size_t len)
{
	size_t n = 0;

	if (!plen)
		return !len; /* all of the line */
	if (*p == '*' && plen == 1)
		return true;
	if (*p == '*') {
		while (n < len && s[n] != p[1])
			n++;
		return n < len && matches(p + 1, plen - 1, s + n, len - n);
	}
	if (*p == '+' && plen > 1) {
		while (n < len && s[n] == p[1])
			n++;
		return n && (n == len || matches(p + 2, plen - 2, s + n, len - n));
	}
	return len && *s == *p && matches(p + 1, plen - 1, s + 1, len - 1);
}

/* As the shell's, with the way back: `*` is anything. to[j]: the pattern so far matches j bytes. */
static bool glob(char const *p, size_t plen, char const *s, size_t len)
{
	bool *const to = calloc(len + 1, sizeof *to);

	must(to != NULL, "there is memory");
	to[0] = true;
	for (size_t i = 0; i < plen; i++)
		if (p[i] == '*')
			for (size_t j = 1; j <= len; j++)
				to[j] = to[j] || to[j - 1];
		else
			for (size_t j = len + 1; j-- > 0;)
				to[j] = j && to[j - 1] && s[j - 1] == p[i];
	bool const all = to[len];
	free(to);
	return all;
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
	struct feed f = { data, size };
	unsigned int const how = feed_byte(&f);
	size_t plen, len;
	char *const p = feed_bytes(&f, how >> 1, &plen), *const s = feed_bytes(&f, size, &len);

	/* few characters meet more often */
	for (size_t i = 0; how & 1 && i < plen; i++)
		p[i] = "ab*+"[p[i] & 3];
	for (size_t i = 0; how & 1 && i < len; i++)
		s[i] = "aabbab*+"[s[i] & 7];
	bool const got = pattern_matches(p, plen, s, len);
	must(got == matches(p, plen, s, len), "it is as the sentences say");
	bool const star = memchr(p, '*', plen), plus = memchr(p, '+', plen);
	must(star || plus || got == (plen == len && !memcmp(p, s, len)),
	     "plain bytes match themselves and nothing else");
	must(plus || !got || glob(p, plen, s, len), "what it matches, a shell's * matches as well");
	free(p);
	free(s);
	return 0;
}
