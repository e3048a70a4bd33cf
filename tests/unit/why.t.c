#include <string.h>

#include "../../sv/why.h"
#include "tap.h"

enum { HOUR = 3600000 };

static struct known running(uint64_t age)
{
	return (struct known){ .name = "a",
			       .supervised = true,
			       .recorded = true,
			       .age = age,
			       .status = { .state = STATUS_RUN, .want = 'u', .pid = 7 } };
}

static struct known down(char want)
{
	struct known f = running(1);

	f.status = (struct status){ .state = STATUS_DOWN, .want = want };
	f.record.want = want == 'u' ? WANT_UP : WANT_DOWN;
	return f;
}

static void died(struct known *f, enum death_cause cause, int wstat, uint64_t ran)
{
	f->deaths[f->count] = (struct death){ .at = { { 1000 + f->count }, 0 },
					      .number = f->count + 1,
					      .wstat = wstat,
					      .ran = ran,
					      .pid = 6,
					      .cause = cause };
	f->count++;
}

static void is(struct known const *f, enum why w, char const *text, char const *what)
{
	char said[WHY_TEXT];

	why_text(f, why(f), said, sizeof said);
	ok(why(f) == w, what);
	if (strcmp(said, text) != 0)
		printf("# %s\n", said);
	ok(!strcmp(said, text), text);
}

static void loops(void)
{
	struct known f = running(5);

	is(&f, WHY_RUNS, "has been running for 5 ms", "a first life");
	died(&f, DEATH_ITSELF, 3 << 8, 20);
	is(&f, WHY_LOOP, "ended by itself, with exit 3 after 20 ms",
	   "the first moments after an end by itself");
	f.age = 999;
	ok(why(&f) == WHY_LOOP, "until a second is over");
	f.age = 1000;
	ok(why(&f) == WHY_RUNS, "and no longer");
	died(&f, DEATH_ITSELF, 0, 3000);
	f.age = 5999;
	ok(why(&f) == WHY_LOOP, "a success is an end by itself, too; twice as long as before");
	f.age = 6000;
	ok(why(&f) == WHY_RUNS, "is steady");
	died(&f, DEATH_ITSELF, 11, HOUR);
	f.age = 1;
	is(&f, WHY_RUNS,
	   "has been running for 1 ms; its last end: signal 11 (Segmentation fault) after 60 m, by "
	   "itself",
	   "one end after an hour is no loop");
	died(&f, DEATH_TOLD, 15, 10);
	ok(why(&f) == WHY_RUNS, "a restart is none");
	ok(why_loops(&f) == 0, "and counts as none");
}

static void stops(void)
{
	struct known f = down('d');

	f.down_file = true;
	is(&f, WHY_DOWN_FILE, "was not started, since there is a file down",
	   "down, and never started");
	died(&f, DEATH_TOLD, 0, 1500);
	is(&f, WHY_STOPPED,
	   "was stopped by sv 1 ms ago; its last end: exit 0 after 1 s, as it was told", "stopped");
	died(&f, DEATH_TOLD, -1, 1500);
	is(&f, WHY_STOPPED,
	   "was stopped by sv 1 ms ago; its last end: an end that nobody saw after 1 s, as it was "
	   "told",
	   "while its runsv was killed");
	died(&f, DEATH_TIMEOUT, 9, 1500);
	is(&f, WHY_STOPPED,
	   "was stopped by sv 1 ms ago; its last end: signal 9 (Killed) after 1 s, killed since "
	   "its time was up (timeout-kill)",
	   "killed");
	f.record.want = WANT_FINAL;
	ok(why(&f) == WHY_TREE_ENDS, "the tree ends");
	f.record.want = WANT_DOWN;
	f.record.over = OVER_YES;
	ok(why(&f) == WHY_ENDED, "a success for good");
	f.record.code = 3;
	f.record.policy.essential = ESSENTIAL_YES;
	is(&f, WHY_FAILED,
	   "failed for good 1 ms ago; its last end: signal 9 (Killed) after 1 s, killed since its "
	   "time was up (timeout-kill); it is essential, so the tree ends with it",
	   "a failure for good");
}

static void others(void)
{
	struct known f = { .name = "a" };

	is(&f, WHY_UNSUPERVISED, "no runsv supervises it", "nobody there");
	f = running(5);
	f.status.paused = true;
	ok(why(&f) == WHY_PAUSED, "paused");
	f = running(5);
	f.status.want = 'd';
	f.status.term = true;
	ok(why(&f) == WHY_STOPPING, "told to end");
	f.status.term = false;
	f.record.want = WANT_ONCE;
	ok(why(&f) == WHY_RUNS, "once");
	f = down('u');
	ok(why(&f) == WHY_STARTING, "about to start");
	f.run = RUN_NOT_EXECUTABLE;
	is(&f, WHY_NOT_RUNNABLE, "the file run is not executable", "without x");
	f.run = RUN_NO_INTERPRETER;
	memcpy(f.interpreter, "/bin/sh\r", 9);
	is(&f, WHY_NOT_RUNNABLE,
	   "run can't be executed, since its interpreter is not there: /bin/sh with a carriage "
	   "return behind it (the lines of the file end with CR LF)",
	   "CR LF");
	f = running(5);
	f.status.state = STATUS_FINISH;
	f.status.want = 'd';
	ok(why(&f) == WHY_FINISHING, "finish");
}

static void times(void)
{
	char text[32];
	static struct {
		uint64_t ms;
		char const *text;
	} const t[] = { { 999, "999 ms" },    { 1000, "1 s" },      { 119999, "119 s" },
			{ 120000, "2 m" },    { 7199999, "119 m" }, { 7200000, "2 h" },
			{ 49 * HOUR, "49 h" } };

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		why_time(t[i].ms, text, sizeof text);
		is_text(text, t[i].text, "a time as people say it");
	}
}

static void ready(void)
{
	ok(why_is_ready(WHY_RUNS, true) && why_is_ready(WHY_RUNS, false), "what runs is ready");
	ok(why_is_ready(WHY_STOPPED, false) && !why_is_ready(WHY_STOPPED, true),
	   "what is down, unless it is asked for");
	ok(!why_is_ready(WHY_FAILED, false) && !why_is_ready(WHY_LOOP, false),
	   "what failed is not");
}

int main(void)
{
	loops();
	stops();
	others();
	times();
	ready();
	return done();
}
