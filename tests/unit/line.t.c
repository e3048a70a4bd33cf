#include "../../svlogd/line.h"
#include "stamp.h"
#include "tap.h"

static struct {
	char const *name, *in;
	size_t max;
	bool middle, last, found;
	struct piece want;
} const pieces[] = {
	{ "nothing", "", 10, false, false, false, { 0 } },
	{ "nothing at the end", "", 10, false, true, false, { 0 } },
	{ "a line", "ab\n", 10, false, false, true, { 3, true, true, false } },
	{ "the first of two", "ab\ncd\n", 10, false, false, true, { 3, true, true, false } },
	{ "an empty line", "\nab", 10, false, false, true, { 1, true, true, false } },
	{ "a part waits", "ab", 10, false, false, false, { 0 } },
	{ "a part at the end gets a newline",
	  "ab",
	  10,
	  false,
	  true,
	  true,
	  { 2, true, true, true } },
	{ "max bytes do not wait", "abcd", 4, false, false, true, { 4, true, false, false } },
	{ "one less waits", "abc", 4, false, false, false, { 0 } },
	{ "a long line that came whole",
	  "abcdef\n",
	  4,
	  false,
	  false,
	  true,
	  { 7, true, true, false } },
	{ "the rest of a long one", "ef", 4, true, false, true, { 2, false, false, false } },
	{ "its end", "ef\nx", 4, true, false, true, { 3, false, true, false } },
	{ "a long one waits for more", "", 4, true, false, false, { 0 } },
	{ "a long one at the end gets a newline",
	  "",
	  4,
	  true,
	  true,
	  true,
	  { 0, false, true, true } },
	{ "so does its last part", "g", 4, true, true, true, { 1, false, true, true } },
};

static void cuts(void)
{
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		struct piece p;
		bool const found = line_next(&p, pieces[i].in, strlen(pieces[i].in), pieces[i].max,
					     pieces[i].middle, pieces[i].last);
		bool const same = p.len == pieces[i].want.len &&
				  p.begins == pieces[i].want.begins &&
				  p.ends == pieces[i].want.ends && p.bare == pieces[i].want.bare;
		ok(found == pieces[i].found && (!found || same), pieces[i].name);
	}
}

static void stamps(void)
{
	static struct {
		enum line_style style;
		char const *want;
	} const t[] = {
		{ LINE_PLAIN, "" },
		{ LINE_TAI64N, "@400000006b05b5dd0c7bd6c4 " },
		{ LINE_UTC, "2026-11-24_16:05:39.20944 " },
		{ LINE_UTC_T, "2026-11-24T16:05:39.20944 " },
	};
	char text[LINE_STAMP_MAX + 1];
	tain at = { .sec = { .x = TAI_MAGIC + STAMP_OFFSET + 1795536339 }, .nano = 0x0c7bd6c4 };

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		text[line_stamp(text, t[i].style, &at)] = 0;
		is_text(text, t[i].want, "stamp");
	}
	at = (tain){ .sec = { .x = TAI_MAGIC + STAMP_OFFSET + 951782400 - 1 }, .nano = 999999500 };
	text[line_stamp(text, LINE_UTC, &at)] = 0;
	is_text(text, "2000-02-28_23:59:59.99999 ", "the moment before a leap day");
	at = (tain){ .sec = { .x = 0 } };
	text[line_stamp(text, LINE_UTC, &at)] = 0;
	is_text(text, "1970-01-01_00:00:00.00000 ", "before the epoch");
}

static void replaces(void)
{
	static struct {
		char const *name, *in, *also, *want;
	} const t[] = {
		{ "control characters", "a\tb\x1f\x01", "", "a_b__" },
		{ "each byte of UTF-8", "\xc3\xa4\x7f", "", "___" },
		{ "blank and tilde stay", " ~", "", " ~" },
		{ "others that are named", "a:b;c", ":;", "a_b_c" },
	};
	char text[32];

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		memcpy(text, t[i].in, strlen(t[i].in) + 1);
		line_replace(text, strlen(text), '_', t[i].also);
		is_text(text, t[i].want, t[i].name);
	}
	line_replace(memcpy(text, "a\0b", 3), 3, '.', "");
	ok(!memcmp(text, "a.b", 3), "NUL");
}

static void treats(void)
{
	struct piece p = { .len = 10, .begins = true };

	is_int((long)line_treated(&p, 20), 10, "all of a piece is looked at");
	is_int((long)line_treated(&p, 7), 7, "but no more than max");
	p.ends = true;
	is_int((long)line_treated(&p, 20), 9, "and not its newline");
	p.bare = true;
	is_int((long)line_treated(&p, 20), 10, "if it has one");
}

int main(void)
{
	treats();
	cuts();
	stamps();
	replaces();
	return done();
}
