#include "../../svlogd/config.h"
#include "tap.h"

static void numbers(void)
{
	static struct {
		char const *line;
		struct config want;
	} const t[] = {
		{ "", { 1000000, 10, 10, false, 0, "", 0 } },
		{ "s0", { 0, 10, 10, false, 0, "", 0 } },
		{ "s10k", { 10240, 10, 10, false, 0, "", 0 } },
		{ "s10m", { 10485760, 10, 10, false, 0, "", 0 } },
		{ "s10K", { 10, 10, 10, false, 0, "", 0 } },
		{ "s", { 0, 10, 10, false, 0, "", 0 } },
		{ "s7 bytes", { 7, 10, 10, false, 0, "", 0 } },
		{ "s99999999999999999999", { UINT64_MAX, 10, 10, false, 0, "", 0 } },
		{ "s18446744073709551615m", { UINT64_MAX, 10, 10, false, 0, "", 0 } },
		{ "n0", { 1000000, 0, 10, false, 0, "", 0 } },
		{ "n3", { 1000000, 3, 10, false, 0, "", 0 } },
		{ "N5", { 1000000, 10, 5, true, 0, "", 0 } },
		{ "t5", { 1000000, 10, 10, false, 5, "", 0 } },
		{ "t5m", { 1000000, 10, 10, false, 300, "", 0 } },
		{ "t24h", { 1000000, 10, 10, false, 86400, "", 0 } },
		{ "t1d", { 1000000, 10, 10, false, 1, "", 0 } },
		{ "p web: ", { 1000000, 10, 10, false, 0, " web: ", 6 } },
		{ "p", { 1000000, 10, 10, false, 0, "", 0 } },
		{ "# s5", { 1000000, 10, 10, false, 0, "", 0 } },
		{ " s5", { 1000000, 10, 10, false, 0, "", 0 } },
		{ "z", { 1000000, 10, 10, false, 0, "", 0 } },
	};

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct config c;
		config_default(&c);
		char const letter = config_line(&c, t[i].line, strlen(t[i].line));
		ok(!letter && c.size == t[i].want.size && c.keep == t[i].want.keep &&
			   c.least == t[i].want.least && c.frees == t[i].want.frees &&
			   c.age == t[i].want.age && c.prefix_len == t[i].want.prefix_len &&
			   !memcmp(c.prefix, t[i].want.prefix, c.prefix_len),
		   t[i].line);
	}
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

static void missing(void)
{
	static char const *const t[] = {
		"!cat", "u127.0.0.1", "U1.2.3.4:5", "+*", "-*", "e*", "E*"
	};
	struct config c;

	config_default(&c);
	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		is_int(config_line(&c, t[i], strlen(t[i])), *t[i], t[i]);
}

int main(void)
{
	numbers();
	limits_of_the_line();
	missing();
	return done();
}
