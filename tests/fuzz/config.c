/* The config of a log directory: each directive by a second reading of the contract. */
#include "config.h"
#include "fuzz.h"
#include "line.h"
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

/* IP[:PORT]: four numbers of which the last eight bits count, behind them what is no colon. */
static enum config_result address(struct config *c, char const *at, size_t len, bool only)
{
	struct config_udp udp = { .sends = true, .only = only || c->udp.only, .port = 514 };
	size_t digits, i = 0;

	for (int part = 0; part < 4; part++, i += digits) {
		if (part && (i == len || at[i++] != '.'))
			return CONFIG_BAD_ADDRESS;
		udp.ip[part] = (uint8_t)leading_number(at + i, len - i, &digits);
		if (!digits)
			return CONFIG_BAD_ADDRESS;
	}
	if (i < len && at[i] == ':')
		udp.port = (uint16_t)leading_number(at + i + 1, len - i - 1, &digits);
	if (udp.port)
		c->udp = udp;
	return udp.port ? CONFIG_DONE : CONFIG_BAD_PORT;
}

static enum config_result directive(struct config *c, char const *line, size_t len)
{
	char const *const text = line + 1;
	size_t const n = len ? len - 1 : 0;
	char const letter = len ? *line : '#';
	uint64_t const plain = number(text, n, 0, 1, 0, 1);

	if (letter == 's')
		c->size = number(text, n, 'k', 1 << 10, 'm', 1 << 20);
	if (letter == 'S')
		c->cap = number(text, n, 'k', 1 << 10, 'm', 1 << 20);
	size_t digits;
	leading_number(text, n, &digits);
	if (letter == 'S' && digits < n && text[digits] == 'g')
		c->cap = number(text, n, 'g', 1 << 30, 0, 1);
	if (letter == 't')
		c->age = number(text, n, 'm', 60, 'h', 3600);
	c->keep = letter == 'n' ? plain : c->keep;
	c->least = letter == 'N' ? plain : c->least;
	c->frees = c->frees || letter == 'N';
	c->drops = c->drops || letter == 'D';
	c->copies = c->copies || letter == '1';
	if (letter == 'p')
		c->prefix = text, c->prefix_len = n;
	if (letter == '!' && n)
		c->processor = text, c->processor_len = n;
	if (letter == '1')
		c->label = text, c->label_len = n;
	if (letter == 'u' || letter == 'U')
		return address(c, text, n, letter == 'U');
	return memchr("+-eE", letter, 4) ? CONFIG_RULE : CONFIG_DONE;
}

static void same(struct config const *a, struct config const *b)
{
	must(a->size == b->size && a->cap == b->cap && a->age == b->age && a->keep == b->keep &&
		     a->least == b->least,
	     "numbers");
	must(a->frees == b->frees && a->drops == b->drops && a->copies == b->copies, "switches");
	must(a->prefix == b->prefix && a->prefix_len == b->prefix_len &&
		     a->processor == b->processor && a->processor_len == b->processor_len &&
		     a->label == b->label && a->label_len == b->label_len,
	     "texts");
	must(a->udp.sends == b->udp.sends && a->udp.only == b->udp.only &&
		     !memcmp(a->udp.ip, b->udp.ip, 4) && a->udp.port == b->udp.port,
	     "the address");
}

/* What outlives the reading, as settings.c keeps it. */
static void kept(struct config const *c, char const *text, size_t len)
{
	char *const to = malloc(len + 1);

	must(to != NULL, "there is memory");
	size_t const texts = c->prefix_len + 1 + c->processor_len + 1 + c->label_len + 3;
	must(texts + select_rules(to, "+-", text, len) + select_rules(to, "eE", text, len) <=
		     len + 8,
	     "it has room for eight bytes more than the text");
	free(to);
}

/* Line by line, each in a block of its own. */
int LLVMFuzzerTestOneInput(uint8_t const *data, size_t len)
{
	char const *const text = (char const *)data;
	struct config got, want;

	config_default(&got);
	must(got.size == 1000000 && got.keep == 10 && got.least == 10 && !got.age &&
		     !got.prefix_len && !got.frees && !got.udp.sends && !got.cap,
	     "the contract's defaults");
	want = got;
	for (size_t at = 0, n; at < len; at += n + 1) {
		struct feed f = { (uint8_t const *)text + at, line_end(text, at, len) - at };
		char *const line = feed_bytes(&f, f.left, &n);
		must(config_line(&got, line, n) == directive(&want, line, n), "what it was");
		same(&got, &want);
		free(line);
	}
	config_end(&got);
	must(!got.cap || got.size <= got.cap, "a file is no larger than all of them");
	kept(&got, text, len);
	return 0;
}
