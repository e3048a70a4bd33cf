#include <stdlib.h>

#include "parse.h"
#include "tap.h"
#include "text.h"

static void numbers(void)
{
	unsigned long long bytes = 9;
	unsigned int mask = 9;
	long n = 9;
	bool yes = false;

	ok(parse_bool("YES", &yes) && yes && parse_bool("on", &yes) && parse_bool("True", &yes) &&
		   parse_bool("1", &yes),
	   "truths");
	ok(parse_bool("Off", &yes) && !yes && parse_bool("no", &yes) && parse_bool("false", &yes) &&
		   parse_bool("0", &yes),
	   "lies");
	ok(!parse_bool("maybe", &yes) && !parse_bool("", &yes) && !parse_bool(" true", &yes),
	   "neither");
	ok(parse_int(" -12\n", &n) && n == -12 && parse_int("+3", &n) && n == 3, "numbers");
	ok(!parse_int("", &n) && !parse_int("3x", &n) && !parse_int("-", &n) &&
		   !parse_int("1 2", &n) && !parse_int("99999999999999999999", &n) && n == 3,
	   "no numbers");
	ok(parse_octal("022", &mask) && mask == 022 && parse_octal("0o77", &mask) && mask == 077,
	   "octal numbers");
	ok(!parse_octal("8", &mask) && !parse_octal("-1", &mask) && !parse_octal("77777", &mask) &&
		   mask == 077,
	   "no octal numbers");
	ok(parse_bytes("50MB", &bytes) && bytes == 52428800 && parse_bytes("1kb", &bytes) &&
		   bytes == 1024 && parse_bytes("2 GB", &bytes) && bytes == 2147483648ULL &&
		   parse_bytes("0", &bytes) && !bytes,
	   "bytes");
	ok(!parse_bytes("5M", &bytes) && !parse_bytes("kb", &bytes) && !parse_bytes("-1", &bytes) &&
		   !parse_bytes("9999999999GB", &bytes),
	   "no bytes");
}

static void lists(void)
{
	stralloc out = STRALLOC_ZERO;
	char const *at = " a ,b,, c d";
	static char const *const items[] = { "a", "b", "", "c d" };

	for (size_t i = 0; i < 4; i++) {
		char *const item = parse_item(&at);
		is_text(item, items[i], "an item");
		free(item);
	}
	ok(!parse_item(&at), "and no more");
	ok(parse_codes("0, 2,255", &out), "codes");
	is_text(text_end(&out), "0 2 255", "those");
	ok(!parse_codes("0,256", &out) && !parse_codes("x", &out) && !parse_codes("1,", &out),
	   "no codes");
	out.len = 0;
	ok(parse_codes("", &out) && !out.len, "none at all");
	ok(parse_signal("sigusr1", &out), "a signal");
	is_text(text_end(&out), "USR1", "that");
	ok(parse_signal(" 15 ", &out) && !parse_signal("STOPIT", &out) && !parse_signal("", &out),
	   "and others");
	stralloc_free(&out);
}

int main(void)
{
	numbers();
	lists();
	return done();
}
