#include "value.h"
#include "tap.h"

/* A text as the name of a test. */
static char const *quoted(char const *text)
{
	static char name[40];

	snprintf(name, sizeof name, "\"%s\"", text);
	for (char *c = name; *c; c++)
		if (*c < ' ')
			*c = '~';
	return name;
}

static void times(void)
{
	static struct {
		char const *text;
		uint64_t ms;
		bool good;
	} const t[] = {
		{ "0", 0, true },
		{ "500\n", 500, true },
		{ " 500ms \r\n", 500, true },
		{ "8s", 8000, true },
		{ "2m\n", 120000, true },
		{ "3h", 10800000, true },
		{ "87648h", UINT64_C(315532800000), true },
		{ "87649h", 0, false },
		{ "99999999999999999999", 0, false },
		{ "", 0, false },
		{ "\n", 0, false },
		{ "s", 0, false },
		{ "8 s", 0, false },
		{ "8d", 0, false },
		{ "8S", 0, false },
		{ "-1", 0, false },
		{ "+1", 0, false },
		{ "1.5s", 0, false },
		{ "8s\n9s", 0, false },
	};

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		uint64_t ms = 7;
		ok(value_time(t[i].text, &ms) == t[i].good && ms == (t[i].good ? t[i].ms : 7),
		   quoted(t[i].text));
	}
}

static void signals(void)
{
	static struct {
		char const *text;
		unsigned int sig; /* 0: none */
	} const t[] = {
		{ "TERM", 15 },    { "SIGINT\n", 2 },    { "9", 9 },         { "64", 64 },
		{ "WINCH", 28 },   { "SIGRTMIN+3", 37 }, { "RTMIN", 34 },    { "RTMAX", 64 },
		{ "RTMAX-1", 63 }, { "POLL", 29 },       { "0", 0 },         { "65", 0 },
		{ "term", 0 },     { "SIG", 0 },         { "SIGSIGINT", 0 }, { "RTMIN-1", 0 },
		{ "RTMAX+1", 0 },  { "RTMIN+31", 0 },    { "RTMIN+", 0 },    { "INT TERM", 0 },
		{ "", 0 },
	};

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		unsigned int sig = 77;
		bool const good = value_signal(t[i].text, &sig);
		ok(good == (t[i].sig != 0) && sig == (t[i].sig ? t[i].sig : 77), quoted(t[i].text));
	}
}

static void words(void)
{
	static char const *const policies[] = { "always", "on-failure", "no" };
	unsigned int i = 9;
	uint64_t n = 9, ms = 9;

	ok(value_word("on-failure\n", policies, 3, &i) && i == 1, "a word");
	ok(!value_word("onfailure", policies, 3, &i) && i == 1, "another one");
	ok(!value_word("no no", policies, 3, &i), "two words");
	ok(!value_word("", policies, 3, &i), "no word");
	ok(value_number(" 25\n", 25, &n) && n == 25, "a number");
	ok(!value_number("26", 25, &n) && n == 25, "too much");
	ok(!value_number("1x", 25, &n), "not only a number");
	ok(value_rate("5 in 10s\n", 1000, &n, &ms) && n == 5 && ms == 10000, "a rate");
	ok(!value_rate("5 in", 1000, &n, &ms) && !value_rate("5 10s", 1000, &n, &ms) &&
		   !value_rate("in 10s", 1000, &n, &ms) &&
		   !value_rate("5 in 10s x", 1000, &n, &ms) &&
		   !value_rate("5 in x", 1000, &n, &ms) && n == 5 && ms == 10000,
	   "no rates");
}

static void codes(void)
{
	struct value_codes c = { { 0 }, 0 };

	ok(value_codes("0 143 TERM\nSIGHUP 255", &c), "codes and signals");
	ok(value_codes_has(&c, 0) && value_codes_has(&c, 143) && value_codes_has(&c, 255),
	   "those codes are there");
	ok(!value_codes_has(&c, 1) && !value_codes_has(&c, 15) && !value_codes_has(&c, 256),
	   "no others");
	ok(value_codes_has_signal(&c, 15) && value_codes_has_signal(&c, 1), "those signals");
	ok(!value_codes_has_signal(&c, 2) && !value_codes_has_signal(&c, 0) &&
		   !value_codes_has_signal(&c, 65),
	   "no others");
	ok(!value_codes("0 256", &c) && !value_codes("x", &c) && !value_codes(" \n", &c) &&
		   value_codes_has(&c, 143),
	   "what is none leaves all as it was");
}

int main(void)
{
	times();
	signals();
	words();
	codes();
	return done();
}
