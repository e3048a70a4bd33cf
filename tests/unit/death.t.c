#include <string.h>

#include "death.h"
#include "tap.h"

static bool same(struct death const *a, struct death const *b)
{
	return a->at.sec.x == b->at.sec.x && a->at.nano == b->at.nano && a->number == b->number &&
	       a->wstat == b->wstat && a->ran == b->ran && a->pid == b->pid &&
	       a->cause == b->cause && a->failed == b->failed && a->again == b->again;
}

static void there_and_back(void)
{
	static struct death const t[] = {
		{ .at = { { 0x400000006b08ebdeU }, 0x11e179fc },
		  .number = 1,
		  .wstat = 3 << 8,
		  .ran = 20,
		  .pid = 17903,
		  .cause = DEATH_ITSELF,
		  .failed = true,
		  .again = true },
		{ .at = { { 1 }, 0 },
		  .number = UINT64_MAX / 100,
		  .wstat = 9,
		  .ran = UINT64_MAX / 100,
		  .pid = UINT32_MAX,
		  .cause = DEATH_TIMEOUT },
		{ .at = { { UINT64_MAX >> 1 }, 999999999 },
		  .number = 7,
		  .wstat = -1,
		  .cause = DEATH_TOLD },
		{ .number = 2, .wstat = 255 << 8 },
	};

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		char line[DEATH_LINE];
		struct death d;
		size_t const n = death_format(line, &t[i]);
		ok(n <= DEATH_LINE && line[n - 1] == '\n', "a line fits");
		ok(death_parse(&d, line, n - 1) && same(&d, &t[i]), "what is written is read");
		for (size_t cut = 0; cut < n - 1; cut++)
			if (death_parse(&d, line, cut))
				ok(false, "a part of a line is none");
		ok(!death_parse(&d, line, n), "a newline is not part of it");
	}
}

static void wrong(void)
{
	static char const *const t[] = {
		"",
		"@",
		"@400000006b08ebde11e179f",
		"@400000006b08ebde11e179fg 1 exit 3 ran 0 pid 1 cause itself failed yes again yes",
		"@400000006b08ebde11e179fc 1 exit 256 ran 0 pid 1 cause itself failed yes again "
		"yes",
		"@400000006b08ebde11e179fc 1 signal 0 ran 0 pid 1 cause itself failed yes again "
		"yes",
		"@400000006b08ebde11e179fc 1 signal 65 ran 0 pid 1 cause itself failed yes again "
		"yes",
		"@400000006b08ebde11e179fc 1 exit  ran 0 pid 1 cause itself failed yes again yes",
		"@400000006b08ebde11e179fc 99999999999999999999 exit 3 ran 0",
		"@400000006b08ebde11e179fc 1 exit 3 ran 0 pid 1 cause else failed yes again yes",
		"@400000006b08ebde11e179fc 1 exit 3 ran 0 pid 1 cause itself failed maybe again no",
		"@400000006b08ebde11e179fc 1 exit 3 ran 0 pid 1 cause itself failed yes again no ",
		"@400000006b08ebde11e179fc 1 exit 3 ran 0 pid 1 cause itself failed yes",
		"@400000006b08ebde11e179fc 1 exit 3 ran 0 pid 1 cause itself failed yes again",
	};
	struct death d;

	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		ok(!death_parse(&d, t[i], strlen(t[i])), t[i]);
}

static tain at(uint64_t sec, uint32_t nano)
{
	return (tain){ { sec }, nano };
}

static void between(void)
{
	char text[DEATH_LINE * 6 + 16] = "no line\n", *end = text + strlen(text);
	tain const times[] = { at(100, 0), at(105, 5), at(110, 0), at(110, 1) };
	tain const from = at(100, 0), to = at(110, 0);
	tain last = at(101, 0);

	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		struct death const d = { .at = times[i], .number = i + 1, .again = i != 1 };
		end += death_format(end, &d);
	}
	strcpy(end, "@4");
	ok(deaths_between(text, &from, &to, &last) == 2, "both ends count, what is told not");
	ok(last.sec.x == 110 && !last.nano, "the last of them");
	last = at(200, 0);
	ok(deaths_between("", &from, &to, &last) == 0 && last.sec.x == 200, "none");
}

int main(void)
{
	there_and_back();
	wrong();
	between();
	return done();
}
