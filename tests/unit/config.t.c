#include <string.h>

#include "../../svlogd/config.h"
#include "tap.h"

/* A row changes what it names. */
#define DEFAULTS .size = 1000000, .keep = 10, .least = 10
#pragma GCC diagnostic ignored "-Woverride-init"

static bool same_text(char const *a, size_t a_len, char const *b, size_t b_len)
{
	return a_len == b_len && (!a_len || !memcmp(a, b, a_len));
}

static bool same(struct config const *a, struct config const *b)
{
	return a->size == b->size && a->keep == b->keep && a->least == b->least &&
	       a->frees == b->frees && a->drops == b->drops && a->copies == b->copies &&
	       a->age == b->age && a->cap == b->cap && a->udp.sends == b->udp.sends &&
	       a->udp.only == b->udp.only && !memcmp(a->udp.ip, b->udp.ip, 4) &&
	       a->udp.port == b->udp.port &&
	       same_text(a->prefix, a->prefix_len, b->prefix, b->prefix_len) &&
	       same_text(a->processor, a->processor_len, b->processor, b->processor_len) &&
	       same_text(a->label, a->label_len, b->label, b->label_len);
}

static struct {
	char const *line;
	struct config want;
} const lines[] = {
	{ "", { DEFAULTS } },
	{ "s0", { DEFAULTS, .size = 0 } },
	{ "s10k", { DEFAULTS, .size = 10240 } },
	{ "s10m", { DEFAULTS, .size = 10485760 } },
	{ "s10K", { DEFAULTS, .size = 10 } },
	{ "s", { DEFAULTS, .size = 0 } },
	{ "s7 bytes", { DEFAULTS, .size = 7 } },
	{ "s99999999999999999999", { DEFAULTS, .size = UINT64_MAX } },
	{ "s18446744073709551615m", { DEFAULTS, .size = UINT64_MAX } },
	{ "n0", { DEFAULTS, .keep = 0 } },
	{ "n3", { DEFAULTS, .keep = 3 } },
	{ "N5", { DEFAULTS, .least = 5, .frees = true } },
	{ "t5", { DEFAULTS, .age = 5 } },
	{ "t5m", { DEFAULTS, .age = 300 } },
	{ "t24h", { DEFAULTS, .age = 86400 } },
	{ "t1d", { DEFAULTS, .age = 1 } },
	{ "p web: ", { DEFAULTS, .prefix = " web: ", .prefix_len = 6 } },
	{ "p", { DEFAULTS } },
	{ "# s5", { DEFAULTS } },
	{ " s5", { DEFAULTS } },
	{ "z", { DEFAULTS } },
	{ "!cat -n", { DEFAULTS, .processor = "cat -n", .processor_len = 6 } },
	{ "!", { DEFAULTS } },
	{ "S10m", { DEFAULTS, .cap = 10485760 } },
	{ "S2g", { DEFAULTS, .cap = UINT64_C(2147483648) } },
	{ "S", { DEFAULTS } },
	{ "s1g", { DEFAULTS, .size = 1 } },
	{ "1", { DEFAULTS, .copies = true } },
	{ "1web", { DEFAULTS, .copies = true, .label = "web", .label_len = 3 } },
	{ "D", { DEFAULTS, .drops = true } },
	{ "u127.0.0.1", { DEFAULTS, .udp = { true, false, { 127, 0, 0, 1 }, 514 } } },
	{ "u1.2.3.4:99", { DEFAULTS, .udp = { true, false, { 1, 2, 3, 4 }, 99 } } },
	{ "U1.2.3.4:99", { DEFAULTS, .udp = { true, true, { 1, 2, 3, 4 }, 99 } } },
	/* as the reference reads them */
	{ "u1.2.3.4:70000", { DEFAULTS, .udp = { true, false, { 1, 2, 3, 4 }, 4464 } } },
	{ "u1.2.3.4:12x", { DEFAULTS, .udp = { true, false, { 1, 2, 3, 4 }, 12 } } },
	{ "u1.2.3.4x:7", { DEFAULTS, .udp = { true, false, { 1, 2, 3, 4 }, 514 } } },
	{ "u1.2.3.4.5", { DEFAULTS, .udp = { true, false, { 1, 2, 3, 4 }, 514 } } },
	{ "u256.01.1.1", { DEFAULTS, .udp = { true, false, { 0, 1, 1, 1 }, 514 } } },
};

static void directives(void)
{
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct config c;
		config_default(&c);
		ok(config_line(&c, lines[i].line, strlen(lines[i].line)) == CONFIG_DONE &&
			   same(&c, &lines[i].want),
		   lines[i].line);
	}
}

static void addresses(void)
{
	static struct {
		char const *line;
		enum config_result want;
	} const t[] = {
		{ "u", CONFIG_BAD_ADDRESS },         { "u1.2.3", CONFIG_BAD_ADDRESS },
		{ "u1.2.3.", CONFIG_BAD_ADDRESS },   { "u:99", CONFIG_BAD_ADDRESS },
		{ "u 1.2.3.4", CONFIG_BAD_ADDRESS }, { "Uhost", CONFIG_BAD_ADDRESS },
		{ "u1.2.3.4:", CONFIG_BAD_PORT },    { "u1.2.3.4:0", CONFIG_BAD_PORT },
		{ "u1.2.3.4:-5", CONFIG_BAD_PORT },  { "U1.2.3.4:65536", CONFIG_BAD_PORT },
	};
	struct config c;

	config_default(&c);
	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		is_int(config_line(&c, t[i].line, strlen(t[i].line)), (long)t[i].want, t[i].line);
	ok(!c.udp.sends, "none of them is obeyed");
	config_line(&c, "U1.2.3.4:5", 10);
	config_line(&c, "uxx", 3);
	config_line(&c, "u4.3.2.1:6", 10);
	ok(c.udp.ip[0] == 4 && c.udp.port == 6, "the last address counts");
	ok(c.udp.only, "U is not taken back");
}

static void together(void)
{
	struct config c;

	config_default(&c);
	config_line(&c, "S1000", 5);
	config_end(&c);
	is_int((long)c.size, 1000, "current alone has no more than S");
	config_line(&c, "s0", 2);
	config_end(&c);
	is_int((long)c.size, 0, "one that is never rotated may");
}

static void limits_of_the_line(void)
{
	struct config c;

	config_default(&c);
	config_line(&c, "s12345", 3);
	is_int((long)c.size, 12, "no byte behind the line is looked at");
	config_line(&c, "s9k", 2);
	is_int((long)c.size, 9, "nor one that would be a unit");
	config_line(&c, "n5", 2);
	ok(c.size == 9 && c.keep == 5, "directives add up");
}

static void rules(void)
{
	static char const *const t[] = { "+*", "-*", "e*", "E*", "+", "-" };
	struct config c;

	config_default(&c);
	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		is_int(config_line(&c, t[i], strlen(t[i])), CONFIG_RULE, t[i]);
}

int main(void)
{
	directives();
	addresses();
	together();
	limits_of_the_line();
	rules();
	return done();
}
