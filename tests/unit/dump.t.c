#include "../../my_init/dump.h"
#include "tap.h"

static void values(void)
{
	is_int((long)dump_value_length("", 0), 0, "nothing");
	is_int((long)dump_value_length("\n", 1), 0, "a newline");
	is_int((long)dump_value_length("x", 1), 1, "no newline");
	is_int((long)dump_value_length("x \n", 3), 2, "blanks stay");
	is_int((long)dump_value_length("x\n\n", 3), 2, "one of two");
}

static void personal(void)
{
	ok(dump_is_personal("HOME", 4) && dump_is_personal("UID=1", 3), "HOME and UID are");
	ok(!dump_is_personal("HOMES", 5) && !dump_is_personal("HOM", 3) &&
		   !dump_is_personal("PATH", 4),
	   "others are not");
}

/* One variable in each dump. */
static struct {
	char *entry;
	char const *sh, *json;
} const rows[] = {
	{ "A=x", "export A='x'\n", "{\"A\":\"x\"}\n" },
	{ "A=", "export A=''\n", "{\"A\":\"\"}\n" },
	{ "A=b=c", "export A='b=c'\n", "{\"A\":\"b=c\"}\n" },
	{ "A='", "export A=''\\'''\n", "{\"A\":\"'\"}\n" },
	{ "A=it's 'so'", "export A='it'\\''s '\\''so'\\'''\n", "{\"A\":\"it's 'so'\"}\n" },
	{ "A=$x\n`y`\\", "export A='$x\n`y`\\'\n", "{\"A\":\"$x\\n`y`\\\\\"}\n" },
	{ "A=\"\t\1", "export A='\"\t\1'\n", "{\"A\":\"\\\"\\t\\u0001\"}\n" },
	{ "a.b-c/9=x", "export a_b_c_9='x'\n", "{\"a.b-c/9\":\"x\"}\n" },
	{ "9A=x", "export _A='x'\n", "{\"9A\":\"x\"}\n" },
	{ "_Z9=x", "export _Z9='x'\n", "{\"_Z9\":\"x\"}\n" },
	{ "HOME=/", "", "{\"HOME\":\"/\"}\n" },
	{ "=x", "", "{}\n" },
	{ "none", "", "{}\n" },
	/* what is UTF-8 stays */
	{ "A=\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xb3",
	  "export A='\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xb3'\n",
	  "{\"A\":\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xb3\"}\n" },
	/* each byte that is none: alone, cut short, too long, half of a pair, too high */
	{ "A=\xe9t", "export A='\xe9t'\n", "{\"A\":\"\xef\xbf\xbdt\"}\n" },
	{ "A=\xc3tt", "export A='\xc3tt'\n", "{\"A\":\"\xef\xbf\xbdtt\"}\n" },
	{ "A=\x80", "export A='\x80'\n", "{\"A\":\"\xef\xbf\xbd\"}\n" },
	{ "A=\xe2\x82", "export A='\xe2\x82'\n", "{\"A\":\"\xef\xbf\xbd\xef\xbf\xbd\"}\n" },
	{ "A=\xc0\xaf", "export A='\xc0\xaf'\n", "{\"A\":\"\xef\xbf\xbd\xef\xbf\xbd\"}\n" },
	{ "A=\xed\xa0\x80", "export A='\xed\xa0\x80'\n",
	  "{\"A\":\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"}\n" },
	{ "A=\xf4\x90\x80\x80", "export A='\xf4\x90\x80\x80'\n",
	  "{\"A\":\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"}\n" },
	{ "A=\xff", "export A='\xff'\n", "{\"A\":\"\xef\xbf\xbd\"}\n" },
	{ "\xe9=x", "export _='x'\n", "{\"\xef\xbf\xbd\":\"x\"}\n" },
};

static void is_dump(bool (*dump)(stralloc *, char *const *), char *const *env, char const *text,
		    char const *name)
{
	stralloc to = STRALLOC_ZERO;

	ok(dump(&to, env) && stralloc_0(&to), name);
	is_text(to.s, text, name);
	stralloc_free(&to);
}

int main(void)
{
	char *const several[] = { "A=1", "HOME=/root", "B=2", NULL };

	values();
	personal();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *const env[] = { rows[i].entry, NULL };

		is_dump(dump_sh, env, rows[i].sh, "for a shell");
		is_dump(dump_json, env, rows[i].json, "as JSON");
	}
	is_dump(dump_sh, several, "export A='1'\nexport B='2'\n", "several, for a shell");
	is_dump(dump_json, several, "{\"A\":\"1\",\"HOME\":\"/root\",\"B\":\"2\"}\n",
		"several, as JSON");
	return done();
}
