/* The config of a log directory: each directive by a second reading of the contract, the rules that
 * are copied, and what they select. */
#include "config.h"
#include "fuzz.h"
#include "line.h"
#include "pattern.h"
#include "select.h"

/* Digits and a unit; what is too large is the most there is. */
static uint64_t number(char const *at, size_t len, char a, uint64_t fa, char b, uint64_t fb)
{
	size_t i;
	unsigned __int128 n = leading_number(at, len, &i);

	if (i < len && (at[i] == a || at[i] == b))
		n *= at[i] == a ? fa : fb;
	return n > UINT64_MAX ? UINT64_MAX : (uint64_t)n;
}

static char directive(struct config *c, char const *line, size_t len)
{
	char const letter = len ? *line : 0;
	uint64_t const plain = len ? number(line + 1, len - 1, 0, 1, 0, 1) : 0;

	if (letter == 's')
		c->size = number(line + 1, len - 1, 'k', 1 << 10, 'm', 1 << 20);
	if (letter == 't')
		c->age = number(line + 1, len - 1, 'm', 60, 'h', 3600);
	if (letter == 'n')
		c->keep = plain;
	if (letter == 'N')
		c->least = plain, c->frees = true;
	if (letter == 'p')
		c->prefix = line + 1, c->prefix_len = len - 1;
	return letter && strchr("!uU+-eE", letter) ? letter : 0;
}

/* Line by line, each in a block of its own. */
static size_t lines(char const *text, size_t len)
{
	struct config got, want;

	config_default(&got);
	must(got.size == 1000000 && got.keep == 10 && got.least == 10 && !got.age &&
		     !got.prefix_len && !got.frees,
	     "the contract's defaults");
	want = got;
	for (size_t at = 0, n; at < len; at += n + 1) {
		size_t const before = got.prefix_len;
		struct feed f = { (uint8_t const *)text + at, line_end(text, at, len) - at };
		char *const line = feed_bytes(&f, f.left, &n);
		must(config_line(&got, line, n) == directive(&want, line, n), "its letter");
		must(got.size == want.size && got.keep == want.keep && got.least == want.least &&
			     got.frees == want.frees && got.age == want.age &&
			     got.prefix == want.prefix && got.prefix_len == want.prefix_len,
		     "what it says");
		must(got.prefix_len == before || got.prefix_len < n, "a prefix is in its line");
		free(line);
	}
	return got.prefix_len;
}

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
	size_t room = lines(text, len);
	size_t const plus = rules(some, "+-", text, len);
	selects(some, plus, false, line, n);
	size_t const shown = rules(some, "eE", text, len);
	selects(some, shown, true, line, n);
	room += plus + shown;
	must(room <= len + 1, "all that is kept of a config has room for one byte more than it");
	free(some);
	free(text);
	free(line);
	return 0;
}
