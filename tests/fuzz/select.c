/* The rules of a log directory's config: that all are copied, and which lines they select. */
#include "fuzz.h"
#include "line.h"
#include "pattern.h"
#include "select.h"

/* Copies of the rules of one kind, one after the other; returns their bytes. */
static size_t rules(char *to, char const letters[2], char const *text, size_t len)
{
	size_t want = 0;
	char *const got = malloc(len + 1);

	must(got != NULL, "there is memory");
	for (size_t at = 0, n; at < len; at += n + 1) {
		n = line_end(text, at, len) - at;
		if (!n || !memchr(letters, text[at], 2))
			continue;
		must(select_is_rule(text[at]), "a rule is one");
		memcpy(to + want, text + at, n);
		to[want + n] = '\n';
		want += n + 1;
	}
	must(select_rules(got, letters, text, len) == want && !memcmp(got, to, want),
	     "the rules, and nothing else");
	free(got);
	return want;
}

/* The last rule that matches decides. */
static bool decides(bool verdict, char yes, char const *at, size_t len, char const *line, size_t n)
{
	for (size_t i = 0, end; i < len; i = end + 1) {
		end = line_end(at, i, len);
		if (pattern_matches(at + i + 1, end - i - 1, line, n))
			verdict = at[i] == yes;
	}
	return verdict;
}

static void selects(char const *some, size_t n, bool shown, char const *line, size_t len)
{
	struct feed f = { (uint8_t const *)some, n };
	size_t got;
	char *const exact = feed_bytes(&f, n, &got);

	if (shown)
		must(select_shown(exact, n, line, len) == decides(false, 'e', exact, n, line, len),
		     "what standard error gets");
	else
		must(select_line(exact, n, line, len) == decides(true, '+', exact, n, line, len),
		     "what the directory gets");
	must(n || !select_hash(exact, n), "no rules have no hash");
	free(exact);
}

/* The first byte tells how long the line is, the rest is the config. */
int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
	struct feed f = { data, size };
	size_t n, len;
	char *const line = feed_bytes(&f, feed_byte(&f) % 32, &n);
	char *const text = feed_bytes(&f, size, &len), *const some = malloc(len + 1);

	must(some != NULL, "there is memory");
	selects(some, rules(some, "+-", text, len), false, line, n);
	selects(some, rules(some, "eE", text, len), true, line, n);
	free(some);
	free(text);
	free(line);
	return 0;
}
