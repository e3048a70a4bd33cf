#include <string.h>

#include <yajl/yajl_gen.h>

#include <skalibs/strerr.h>

#include "report.h"
#include "text.h"

static void check(yajl_gen_status status)
{
	if (status != yajl_gen_status_ok)
		strerr_dief(111, "unable to write JSON");
}

/* JSON is UTF-8, and a configuration need not be: then each byte of it is taken for a character. */
static void string(yajl_gen g, char const *s)
{
	stralloc latin = STRALLOC_ZERO;

	if (yajl_gen_string(g, (unsigned char const *)s, strlen(s)) == yajl_gen_status_ok)
		return;
	for (; *s; s++) {
		unsigned char const c = (unsigned char)*s;
		if (c < 0x80)
			text_add_bytes(&latin, s, 1);
		else
			text_add_bytes(&latin,
				       (char[]){ (char)(0xc0 | c >> 6), (char)(0x80 | (c & 0x3f)) },
				       2);
	}
	check(yajl_gen_string(g, (unsigned char const *)latin.s, latin.len));
	stralloc_free(&latin);
}

static void member(yajl_gen g, char const *name, char const *value)
{
	string(g, name);
	string(g, value);
}

static void note(yajl_gen g, struct note const *n)
{
	check(yajl_gen_map_open(g));
	member(g, "file", n->place.file);
	string(g, "line");
	check(yajl_gen_integer(g, n->place.line));
	member(g, "section", n->section);
	member(g, "key", n->key);
	string(g, "written");
	check(yajl_gen_bool(g, n->written));
	member(g, "verdict", verdict_name(n->verdict));
	member(g, "text", n->sentence);
	check(yajl_gen_map_close(g));
}

void report_json(struct report const *r, stralloc *out)
{
	unsigned char const *text;
	size_t len;
	yajl_gen const g = yajl_gen_alloc(NULL);

	if (!g || !yajl_gen_config(g, yajl_gen_beautify, 1) ||
	    !yajl_gen_config(g, yajl_gen_validate_utf8, 1))
		strerr_dief(111, "out of memory");
	check(yajl_gen_map_open(g));
	string(g, "keys");
	check(yajl_gen_array_open(g));
	for (size_t i = 0; i < r->count; i++)
		note(g, &r->notes[i]);
	check(yajl_gen_array_close(g));
	for (enum verdict v = SAME; v < VERDICTS; v++) {
		string(g, verdict_name(v));
		check(yajl_gen_integer(g, (long long)report_count(r, v)));
	}
	check(yajl_gen_map_close(g));
	check(yajl_gen_get_buf(g, &text, &len));
	text_add_bytes(out, (char const *)text, len);
	yajl_gen_free(g);
}
