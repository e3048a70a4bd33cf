#include "record.h"
#include "tap.h"

static struct record const sample = {
	.instance = "0f-11:22:4026531836",
	.dev = 65024,
	.ino = 18446744073709551615U,
	.want = WANT_ONCE,
	.phase = PHASE_RUN,
	.process = { 2147483647, 18446744073709551615U },
	.told = true,
	.paused = true,
	.over = OVER_SOON,
	.code = 255,
	.killed = true,
	.sent = UINT64_MAX,
	.policy = { .restart = RESTART_ON_FAILURE,
		    .asked_for = true,
		    .success = { { 0, UINT64_MAX, 1, 2 }, UINT64_C(1) << 63 },
		    .down_signal = 64,
		    .kill_mode = KILL_TREE,
		    .essential = ESSENTIAL_FAILED,
		    .timeout_kill = UINT64_MAX - 1,
		    .timeout_finish = 0 },
	.wstat = WSTAT_UNKNOWN,
	.since = { .sec.x = TAI_MAGIC + 1795536349, .nano = 999999999 },
	.scripts[4] = { { 77, 123456 }, 2147483647 },
};

static void round_trip(void)
{
	char text[RECORD_SIZE];
	struct record r;

	size_t const len = record_format(text, &sample);
	ok(record_parse(&r, text, len), "what was written is read");
	ok(!strcmp(r.instance, sample.instance) && r.dev == sample.dev && r.ino == sample.ino,
	   "instance and place");
	ok(r.want == WANT_ONCE && r.phase == PHASE_RUN && r.process.pid == 2147483647 &&
		   r.process.start == sample.process.start,
	   "want and process");
	ok(r.told && !r.term && r.paused && r.over == OVER_SOON && r.wstat == WSTAT_UNKNOWN,
	   "flags and end");
	ok(r.code == 255 && r.killed && r.sent == UINT64_MAX, "how it was ended");
	struct policy const *const p = &r.policy;
	ok(p->restart == RESTART_ON_FAILURE && p->asked_for && p->down_signal == 64 &&
		   p->kill_mode == KILL_TREE && p->essential == ESSENTIAL_FAILED,
	   "settings");
	ok(p->timeout_kill == UINT64_MAX - 1 && !p->timeout_finish &&
		   !memcmp(&p->success, &sample.policy.success, sizeof p->success),
	   "times and codes");
	ok(r.since.sec.x == sample.since.sec.x && r.since.nano == 999999999, "stamp");
	ok(r.scripts[4].script.pid == 77 && r.scripts[4].asked == 2147483647 &&
		   !r.scripts[3].script.pid,
	   "scripts");
	memset(text + len, 'x', sizeof text - len);
	ok(record_parse(&r, text, sizeof text), "what a longer one left behind its end is nothing");
}

static void torn(void)
{
	char text[RECORD_SIZE];
	struct record r;
	size_t const len = record_format(text, &sample);
	size_t taken = 0;

	for (size_t n = 0; n < len; n++)
		taken += record_parse(&r, text, n);
	is_int((long)taken, 0, "no part of a record is one");
	for (size_t i = 0, bad = 0; i < len; i++) {
		char const was = text[i];
		for (int c = 0; c < 256; c++) {
			text[i] = (char)c;
			if (record_parse(&r, text, len) &&
			    (r.process.pid < 0 || r.phase == PHASE_PREPARE))
				bad++;
		}
		text[i] = was;
		if (i == len - 1)
			is_int((long)bad, 0, "a changed byte gives no impossible record");
	}
	ok(!record_parse(&r, "", 0) && !record_parse(&r, "garbage\n", 8), "garbage is none");
}

/* A record with one line replaced. */
static bool takes(char const *line, char const *by, size_t n)
{
	char text[2 * RECORD_SIZE];
	struct record r;
	size_t len = record_format(text, &sample);

	text[len] = 0;
	char *const at = strstr(text, line), *const rest = strchr(at, '\n');
	len -= (size_t)(rest - at);
	memmove(at + n, rest, len + 1 - (size_t)(at - text));
	memcpy(at, by, n);
	return record_parse(&r, text, len + n);
}

static void exact(void)
{
	static struct {
		char const *line, *by;
		bool taken;
	} const t[] = {
		{ "place ", "place 18446744073709551615:1", true },
		{ "place ", "place 18446744073709551616:1", false },
		{ "place ", "place 99999999999999999999:1", false },
		{ "place ", "place 0018446744073709551615:1", false },
		{ "process ", "process run 2147483648 1", false },
		{ "since ", "since 1.1000000000", false },
		{ "ended ", "ended 4294967296", false },
		{ "told ", "told 2", false },
		{ "told ", "told 11", false },
		{ "over ", "over never 1", false },
		{ "over ", "over yes 256", false },
		{ "over ", "over yes", false },
		{ "over ", "ovary 1", true },
		{ "sent ", "sent 10000000000000000", false },
		{ "sent ", "sent ", false },
		{ "sent ", "sent a0", true },
		{ "sent ", "sent A0", false },
		{ "killed ", "killed", true },
		{ "killed ", "killed 1 2", false },
		{ "down-signal ", "down-signal 0", false },
		{ "down-signal ", "down-signal 65", false },
		{ "success-codes ", "success-codes 1 2 3 4", false },
	};

	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		ok(takes(t[i].line, t[i].by, strlen(t[i].by)) == t[i].taken, t[i].by);
	ok(!takes("instance ", "instance 0f\0", 12), "an instance with a NUL is none");
}

/* A record of the version before there were settings, and one of the version after this one. */
static void other_versions(void)
{
	static char const old[] = "tend 1\ninstance b:1:2\nplace 1:2\nwant up\nprocess run 7 8\n"
				  "since 1.2\nended 4294967295\ntold 0\nterm 0\npaused 0\n";
	static char const script[] = "script t 9 10 7\nend\n";
	static char const more[] = "colour blue\nscript t 9 10 7\nflavours\nend\n";
	char text[RECORD_SIZE];
	struct record r;

	strcpy(text, old);
	strcat(text, script);
	ok(record_parse(&r, text, strlen(text)) && r.process.pid == 7 && r.scripts[4].asked == 7,
	   "one without the later lines");
	ok(r.over == OVER_NO && !r.sent && !memcmp(&r.policy, &policy_none, sizeof r.policy),
	   "they are as if nobody had set anything");
	is_int((long)record_format(text, &r), (long)strlen(old) + (long)strlen(script),
	       "and none is written for it");
	strcpy(text, old);
	strcat(text, more);
	ok(record_parse(&r, text, strlen(text)) && r.scripts[4].asked == 7,
	   "lines of a later version are skipped");
	memcpy(strstr(text, "since"), "sinus", 5);
	ok(!record_parse(&r, text, strlen(text)) && r.process.pid == 7 && r.process.start == 8,
	   "of one that is none, the process");
}

static void largest(void)
{
	char text[RECORD_SIZE];
	struct record r = sample;

	memset(r.instance, 'i', INSTANCE_SIZE - 1);
	for (size_t i = 0; i < LETTERS; i++) {
		r.scripts[i].script = sample.process;
		r.scripts[i].asked = 2147483647;
	}
	size_t len = 0;
	for (size_t i = 0; i < LETTERS; i++)
		if (!letters[i].script)
			r.scripts[i].script.pid = 0;
	len = record_format(text, &r);
	ok(len <= RECORD_SIZE, "the largest fits");
	ok(record_parse(&r, text, len), "and is read");
	r.phase = PHASE_FINISH;
	r.process = (struct identity){ 0 };
	len = record_format(text, &r);
	ok(record_parse(&r, text, len), "a finish that is owed has no process");
	r.phase = PHASE_RUN;
	len = record_format(text, &r);
	ok(!record_parse(&r, text, len), "a run has one");
}

int main(void)
{
	round_trip();
	torn();
	exact();
	other_versions();
	largest();
	return done();
}
