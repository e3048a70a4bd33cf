#include "print.h"
#include "tap.h"

static struct {
	struct status s;
	unsigned int since, now; /* seconds */
	bool normally_down;
	char const *want;
} const table[] = {
	{ { .pid = 2986, .want = 'u', .state = STATUS_RUN }, 5, 6, false, "run: a: (pid 2986) 1s" },
	{ { .want = 'd', .state = STATUS_DOWN }, 5, 5, false, "down: a: 0s, normally up" },
	{ { .want = 'd', .state = STATUS_DOWN }, 5, 5, true, "down: a: 0s" },
	{ { .want = 'u', .state = STATUS_DOWN },
	  0,
	  77,
	  false,
	  "down: a: 77s, normally up, want up" },
	{ { .want = 'u', .state = STATUS_DOWN, .paused = true, .term = true },
	  0,
	  1,
	  true,
	  "down: a: 1s, want up" },
	{ { .pid = 2715, .want = 'd', .state = STATUS_RUN },
	  3,
	  3,
	  true,
	  "run: a: (pid 2715) 0s, normally down, want down" },
	{ { .pid = 4190, .want = 'd', .state = STATUS_FINISH },
	  0,
	  33,
	  false,
	  "finish: a: (pid 4190) 33s, want down" },
	{ { .pid = 2985, .want = 'd', .state = STATUS_RUN, .term = true },
	  0,
	  22,
	  false,
	  "run: a: (pid 2985) 22s, want down, got TERM" },
	{ { .pid = 1, .want = 'd', .state = STATUS_RUN, .paused = true, .term = true },
	  0,
	  9,
	  true,
	  "run: a: (pid 1) 9s, normally down, paused, want down, got TERM" },
	{ { .pid = 1, .want = 'x', .state = STATUS_RUN }, 0, 0, false, "run: a: (pid 1) 0s" },
	/* the clock was set back: never below 0 */
	{ { .pid = 1, .want = 'u', .state = STATUS_RUN }, 50, 20, false, "run: a: (pid 1) 0s" },
	/* damaged ones, as the reference shows them */
	{ { .pid = 77, .want = 'u', .state = STATUS_DOWN }, 0, 5, false, "down: a: 5s" },
	{ { .want = 'u', .state = STATUS_RUN },
	  0,
	  5,
	  false,
	  "run: a: (pid 0) 5s, normally up, want up" },
	{ { .pid = 77, .want = 'u', .state = 200 }, 0, 5, false, "a: (pid 77) 5s" },
};

int main(void)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct status s = table[i].s;
		char text[PRINT_MAX + 8];
		tain now;

		tain_uint(&s.since, table[i].since);
		tain_uint(&now, table[i].now);
		text[print_state(text, "a", &s, &now, table[i].normally_down)] = 0;
		is_text(text, table[i].want, "state line");
	}
	/* the longest of all has its room */
	struct status s = { .pid = 4294967295U,
			    .want = 'd',
			    .state = STATUS_FINISH,
			    .paused = true,
			    .term = true };
	tain now = { .sec = { .x = UINT64_MAX } };
	char text[512];
	ok(print_state(text, "", &s, &now, true) <= PRINT_MAX, "the longest line fits");
	return done();
}
