#include "stop.h"
#include "tap.h"

static void waits_names_and_ends(void)
{
	struct stop s = { 0 };

	ok(stop_next(&s, 3, 5) == STOP_WAIT && stop_deadline(&s) == UINT64_MAX,
	   "nothing was asked");
	ok(stop_asked(&s, 0, 100), "the first signal begins it");
	ok(stop_next(&s, 3, 100) == STOP_WAIT, "it waits");
	ok(stop_deadline(&s) == 1100, "for a second");
	ok(stop_next(&s, 3, 1099) == STOP_WAIT, "not sooner");
	ok(stop_next(&s, 3, 1100) == STOP_NAME, "then it names them");
	ok(stop_next(&s, 3, 1100) == STOP_WAIT && stop_deadline(&s) == 2100, "once a second");
	ok(stop_next(&s, 2, 4350) == STOP_NAME && stop_deadline(&s) == 5100,
	   "a wait that took longer is named once");
	ok(stop_next(&s, 0, 4400) == STOP_END && stop_code(&s) == 0, "it ends when all are gone");
}

static void kills_at_the_time_out(void)
{
	struct stop s = { 0 };

	stop_asked(&s, 0, 0);
	ok(stop_next(&s, 1, 7999) == STOP_NAME && stop_next(&s, 1, 7999) == STOP_WAIT,
	   "patience until the end");
	ok(stop_next(&s, 1, 8000) == STOP_KILL, "KILL after 8 seconds");
	stop_killed(&s);
	ok(stop_next(&s, 1, 8000) == STOP_WAIT && stop_deadline(&s) == 9000, "once");
	ok(stop_next(&s, 1, 9000) == STOP_END, "a second later it ends in any case");
	ok(stop_code(&s) == STOP_KILLED, "and tells that it had to");
}

static void ends_as_soon_as_the_killed_are_gone(void)
{
	struct stop s = { 0 };

	stop_asked(&s, 0, 0);
	stop_next(&s, 1, 8000);
	stop_killed(&s);
	ok(stop_next(&s, 0, 8010) == STOP_END && stop_code(&s) == STOP_KILLED, "gone after KILL");
}

static void who_could_not_be_told_is_told_again(void)
{
	struct stop s = { 0 };

	stop_asked(&s, 0, 0);
	stop_next(&s, 1, 8000);
	stop_killed(&s);
	stop_untold(&s, 8000);
	ok(stop_deadline(&s) == 8025 && stop_next(&s, 1, 8024) == STOP_WAIT, "a moment later");
	ok(stop_next(&s, 1, 8025) == STOP_TELL && stop_next(&s, 1, 8025) == STOP_WAIT &&
		   stop_deadline(&s) == 9000,
	   "it is tried again, once");
	stop_untold(&s, 8990);
	ok(stop_deadline(&s) == 9000 && stop_next(&s, 1, 9015) == STOP_END, "until the end");
}

static void nothing_to_kill_is_given_up(void)
{
	struct stop s = { 0 };

	stop_asked(&s, 111, 0);
	stop_next(&s, 1, 8000);
	ok(stop_next(&s, 1, 9000) == STOP_END && stop_code(&s) == 111,
	   "the code is the ordinary one if no service had a process");
}

static void second_signal_cuts_it_short(void)
{
	struct stop s = { 0 };

	stop_asked(&s, 111, 0);
	ok(!stop_asked(&s, 0, 300), "the second signal begins nothing");
	ok(stop_deadline(&s) == 300 && stop_next(&s, 2, 300) == STOP_KILL,
	   "but KILL comes at once");
	stop_killed(&s);
	ok(!stop_asked(&s, 0, 500) && stop_deadline(&s) == 1300, "a third changes nothing");
	ok(stop_next(&s, 0, 600) == STOP_END && stop_code(&s) == STOP_KILLED, "the code is KILL's");
}

static void code_is_that_of_the_first_signal(void)
{
	struct stop s = { 0 };

	stop_asked(&s, 111, 0);
	ok(stop_next(&s, 0, 1) == STOP_END && stop_code(&s) == 111, "of the first signal");
}

/* Whatever comes when: it ends by itself, 9 seconds after the first signal at the latest. */
static void every_way_ends(void)
{
	unsigned int x = 1;
	bool ended = true, ordered = true;

	for (int round = 0; round < 20000; round++) {
		struct stop s = { 0 };
		uint64_t now = 0;
		unsigned int kills = 0;
		enum stop_action a = STOP_WAIT;
		stop_asked(&s, 0, 0);
		while (a != STOP_END && now < 9001) {
			x = x * 1664525 + 1013904223;
			if (x >> 28 == 0)
				stop_asked(&s, 0, now);
			a = stop_next(&s, 1, now);
			kills += a == STOP_KILL;
			if (a == STOP_KILL || a == STOP_TELL)
				stop_untold(&s, now);
			if (a == STOP_WAIT)
				now = stop_deadline(&s) > now + (x >> 20) ? now + (x >> 20)
									  : stop_deadline(&s);
		}
		ended = ended && a == STOP_END && now <= STOP_TIMEOUT + STOP_REST;
		ordered = ordered && kills == 1;
	}
	ok(ended, "within its time");
	ok(ordered, "after one KILL");
}

int main(void)
{
	waits_names_and_ends();
	kills_at_the_time_out();
	ends_as_soon_as_the_killed_are_gone();
	who_could_not_be_told_is_told_again();
	nothing_to_kill_is_given_up();
	second_signal_cuts_it_short();
	code_is_that_of_the_first_signal();
	every_way_ends();
	return done();
}
