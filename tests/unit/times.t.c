#include "../../my_init/times.h"
#include "tap.h"

static struct {
	char const *text;
	uint64_t ms;
	bool good;
} const rows[] = {
	{ NULL, 7, true },
	{ "0", 0, true },
	{ "30", 30000, true },
	{ " \t5\n", 5000, true },
	{ "100000000", UINT64_C(100000000000), true },
	{ "100000001", 7, false },
	{ "99999999999999999999", 7, false },
	{ "", 7, false },
	{ "-1", 7, false },
	{ "5s", 7, false },
	{ "5 5", 7, false },
	{ "ten", 7, false },
};

int main(void)
{
	struct times t = TIMES_DEFAULT;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		uint64_t ms = 7;
		char const *const name = rows[i].text ? rows[i].text : "none";

		is_int(times_seconds(rows[i].text, &ms), rows[i].good, name);
		is_int((long)ms, (long)rows[i].ms, name);
	}
	times_add(&t, false);
	is_int((long)t.total, 8000, "within the time of docker stop");
	times_add(&t, true);
	is_int((long)t.total, 8000, "with CMD as well");
	t.process = 30000;
	times_add(&t, false);
	is_int((long)t.total, 34000, "the sum");
	times_add(&t, true);
	is_int((long)t.total, 60000, "CMD has half of it");
	t.orphans = 90000;
	times_add(&t, true);
	is_int((long)t.total, 120000, "and more, if others have");
	return done();
}
