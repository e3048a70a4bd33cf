#include <stdio.h>

#include "../../svlogd/rotate.h"
#include "tap.h"

static void sizes(void)
{
	is_int((long)rotate_room(0, 10), 10, "an empty file takes all");
	is_int((long)rotate_room(9, 10), 1, "one byte is left");
	is_int((long)rotate_room(10, 10), 0, "full");
	is_int((long)rotate_room(11, 10), 0, "appended to, and more than full");
	ok(rotate_room(1000, 0) == SIZE_MAX, "0 is no limit");
}

static void lines(void)
{
	static struct {
		char const *name;
		uint64_t held, limit;
		size_t max;
		bool want;
	} const t[] = {
		{ "far from it", 1999, 3000, 1000, false },
		{ "within max of the limit", 2000, 3000, 1000, true },
		{ "at the limit", 3000, 3000, 1000, true },
		{ "limit and max are equal: each line", 1, 1000, 1000, true },
		{ "a limit below max never rotates after a line", 999, 999, 1000, false },
		{ "no limit", UINT64_MAX, 0, 1000, false },
	};

	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		ok(rotate_after_line(t[i].held, t[i].limit, t[i].max) == t[i].want, t[i].name);
}

static void names(void)
{
	static char const *const others[] = {
		"current",
		"lock",
		".",
		"..",
		"",
		"@",
		"@.s",
		"@400000006b05b5dd0c7bd6c4.t", /* a processor's output so far */
		"@400000006b05b5dd0c7bd6c4xs",
		"@400000006b05b5dd0c7bd6c.s",
		"@400000006b05b5dd0c7bd6c44.s",
		"a400000006b05b5dd0c7bd6c4.s",
	};
	struct rotate_old old = { 0 };

	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		rotate_see(&old, others[i], 10);
	is_int((long)old.count, 0, "files of other names are not counted");
	rotate_see(&old, "@400000006b05b5dd0c7bd6c4.s", 10);
	is_text(old.oldest, "@400000006b05b5dd0c7bd6c4.s", "the first is the oldest");
	rotate_see(&old, "@400000006b05b5dd0c7bd6c5.s", 10);
	is_text(old.oldest, "@400000006b05b5dd0c7bd6c4.s", "a younger one is not");
	rotate_see(&old, "@400000006b05b5dc0c7bd6c4.u", 10);
	is_text(old.oldest, "@400000006b05b5dc0c7bd6c4.u", "an older one is, whatever its suffix");
	is_int((long)old.count, 3, "all are counted");
	is_text(old.done, "@400000006b05b5dd0c7bd6c4.s", "the oldest that is done");
	is_text(old.waits, "@400000006b05b5dc0c7bd6c4.u", "the oldest that waits");
}

static void surplus(void)
{
	struct rotate_old old = { 0 };
	struct config c = { .keep = 1 };

	ok(!rotate_surplus(&old, &c), "nothing there, nothing goes");
	rotate_see(&old, "@400000006b05b5dc0c7bd6c4.u", 10);
	rotate_see(&old, "@400000006b05b5dd0c7bd6c4.s", 10);
	ok(!rotate_surplus(&old, &c), "one that waits is not counted");
	rotate_see(&old, "@400000006b05b5de0c7bd6c4.s", 10);
	is_text(rotate_surplus(&old, &c), "@400000006b05b5dd0c7bd6c4.s",
		"the oldest that is done goes");
	c.keep = 2;
	ok(!rotate_surplus(&old, &c), "as many as may stay");
	c.keep = 0;
	ok(!rotate_surplus(&old, &c), "all may stay");
	c.cap = 40;
	c.size = 10;
	ok(!rotate_surplus(&old, &c), "as many bytes as may stay");
	c.size = 11;
	is_text(rotate_surplus(&old, &c), "@400000006b05b5dc0c7bd6c4.u",
		"too many bytes: the oldest goes, whatever waits");
}

static void numbered(char name[ROTATE_NAME + 1], unsigned int i, char suffix)
{
	snprintf(name, ROTATE_NAME + 1, "@40000000%08x00000000.%c", i, suffix);
}

static void batches(void)
{
	struct rotate_batch all = { 0 }, done = { .finished = true };
	struct rotate_old old = { 0 };
	char name[ROTATE_NAME + 1];
	unsigned int const files = 2 * ROTATE_BATCH + 1, waits = 5;

	/* in an order that is none: 64 and 129 have no common divisor */
	for (unsigned int i = 0; i < files; i++) {
		unsigned int const k = i * ROTATE_BATCH % files;
		numbered(name, k, k < waits ? 'u' : 's');
		rotate_collect(&all, name, k);
		rotate_collect(&done, name, k);
		rotate_see(&old, name, k);
	}
	rotate_collect(&all, "current", 0);
	rotate_collect(&all, "@400000000000000000000000.t", 0);
	bool in_order = all.n == ROTATE_BATCH && done.n == ROTATE_BATCH;
	for (unsigned int i = 0; in_order && i < ROTATE_BATCH; i++) {
		numbered(name, i, i < waits ? 'u' : 's');
		in_order = !strcmp(all.files[i].name, name) && all.files[i].bytes == i;
		numbered(name, i + waits, 's');
		in_order = in_order && !strcmp(done.files[i].name, name);
	}
	ok(in_order, "a batch is the oldest in their order, with their sizes");
	rotate_forget(&old, &all.files[0]);
	rotate_forget(&old, &done.files[1]);
	is_int((long)old.count, (long)files - 2, "what is deleted is counted no more");
	is_int((long)old.finished, (long)files - waits - 1, "nor among those that are done");
	is_int((long)old.bytes, (long)(files * (files - 1) / 2 - done.files[1].bytes),
	       "nor its bytes");
}

/* Writing what rotate_part says is the same as writing line by line. */
static void parts(void)
{
	static struct {
		char const *name, *text;
		uint64_t held, limit;
		size_t max, want;
	} const t[] = {
		{ "no limit", "ab\ncd\n", 5, 0, 2, 6 },
		{ "far from it", "ab\ncd\n", 0, 100, 2, 6 },
		{ "the line that comes within max", "ab\ncd\nef\n", 0, 8, 3, 6 },
		{ "the first line is the one", "ab\ncd\n", 4, 8, 3, 3 },
		{ "already within: the next line", "ab\ncd\n", 7, 20, 13, 3 },
		{ "an empty line", "\nab\n", 5, 8, 3, 1 },
		{ "cut in a line", "abcdefghij", 0, 8, 3, 8 },
		{ "full", "ab\n", 8, 8, 3, 0 },
		{ "overfull", "ab\n", 9, 8, 3, 0 },
		{ "a limit below max: cut where it is", "ab\ncd\n", 0, 4, 5, 4 },
		{ "no line ends", "abcd", 5, 10, 5, 4 },
	};

	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		is_int((long)rotate_part(t[i].text, strlen(t[i].text), t[i].held, t[i].limit,
					 t[i].max),
		       (long)t[i].want, t[i].name);
}

static void new_names(void)
{
	struct rotate_old old = { 0 };
	tain t;
	char name[ROTATE_NAME + 1];

	timestamp_scan("@400000006b05b5dd0c7bd6c4", &t);
	rotate_name(name, &t, old.newest, 's');
	is_text(name, "@400000006b05b5dd0c7bd6c4.s", "the moment's");
	rotate_see(&old, "@400000006b05b5dd0c7bd6c3.u", 0);
	rotate_name(name, &t, old.newest, 's');
	is_text(name, "@400000006b05b5dd0c7bd6c4.s", "later than the others anyway");
	rotate_see(&old, "@400000006b05b5dd0c7bd6c4.u", 0);
	rotate_name(name, &t, old.newest, 's');
	is_text(name, "@400000006b05b5dd0c7bd6c5.s", "the same moment twice, whatever the suffix");
	rotate_see(&old, "@400000007b05b5dd3b9ac9ff.s", 0);
	rotate_see(&old, "@400000006b05b5dd0c7bd6c4.s", 0);
	rotate_name(name, &t, old.newest, 'u');
	is_text(name, "@400000007b05b5de00000000.u", "the clock was set back: still the latest");
	rotate_see(&old, "@zzzz00007b05b5dd3b9ac9ff.s", 0);
	rotate_name(name, &t, old.newest, 's');
	is_text(name, "@400000006b05b5dd0c7bd6c4.s", "a name that is no time is nobody's measure");
}

static void suffixes(void)
{
	is_int(rotate_suffix("@400000006b05b5dd0c7bd6c4.t"), 't', "a processor's output");
	is_int(rotate_suffix("@400000006b05b5dd0c7bd6c4.u"), 'u', "a file that waits");
	is_int(rotate_suffix("@400000006b05b5dd0c7bd6c4.s"), 's', "one that is done");
	is_int(rotate_suffix("@400000006b05b5dd0c7bd6c4.x"), 0, "neither");
	is_int(rotate_suffix("@400000006b05b5dd0c7bd6c.s"), 0, "too short");
}

int main(void)
{
	sizes();
	lines();
	names();
	surplus();
	batches();
	parts();
	new_names();
	suffixes();
	return done();
}
