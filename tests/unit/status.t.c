#include "status.h"
#include "stamp.h"
#include "tap.h"

static void packs(void)
{
	/* the example of the runit contract: pid 2178, up, run */
	unsigned char const want[STATUS_SIZE] = { 0x40, 0,    0,    0,    0x6b, 0x05, 0xb5,
						  0xdd, 0x0c, 0x7b, 0xd6, 0xc4, 0x82, 0x08,
						  0,    0,    0,    'u',  0,    1 };
	struct status s, back;
	char bytes[STATUS_SIZE];

	status_unpack(&s, (char const *)want);
	is_int((long)stamp_unix(&s.since), 1795536339, "time: 10 seconds off, no leap seconds");
	is_int((long)s.pid, 2178, "pid is little-endian");
	ok(s.want == 'u' && s.state == STATUS_RUN && !s.paused && !s.term, "want, state and flags");
	status_pack(bytes, &s);
	ok(!memcmp(bytes, want, STATUS_SIZE), "pack gives the same bytes");
	s.paused = s.term = true;
	s.pid = 0xfedcba98;
	status_pack(bytes, &s);
	status_unpack(&back, bytes);
	ok(back.pid == s.pid && back.paused && back.term, "every bit of pid, both flags");
	tain_unpack("\0\0\0\0\0\0\0\1\0\0\0\0", &s.since);
	is_int((long)stamp_unix(&s.since), 0, "a label before the epoch is 0");
}

static void texts(void)
{
	static struct {
		struct status s;
		bool exiting;
		char const *want;
	} const t[] = {
		{ { .state = STATUS_DOWN, .want = 'd' }, false, "down\n" },
		{ { .state = STATUS_DOWN, .want = 'u' }, false, "down\n" },
		{ { .state = STATUS_RUN, .want = 'u' }, false, "run\n" },
		{ { .state = STATUS_RUN, .want = 'u', .paused = true }, false, "run, paused\n" },
		{ { .state = STATUS_RUN, .want = 'd', .term = true },
		  false,
		  "run, got TERM, want down\n" },
		{ { .state = STATUS_RUN, .want = 'd', .term = true },
		  true,
		  "run, got TERM, want exit\n" },
		{ { .state = STATUS_FINISH, .want = 'd' }, false, "finish, want down\n" },
		{ { .state = STATUS_RUN, .want = 'd', .paused = true, .term = true },
		  true,
		  "run, paused, got TERM, want exit\n" },
		{ { .state = 77, .want = 'u' }, false, "down\n" },
	};

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		char text[STATUS_TEXT_MAX + 1];
		text[status_text(text, &t[i].s, t[i].exiting)] = 0;
		is_text(text, t[i].want, "stat text");
	}
	char pid[STATUS_PID_MAX + 1];
	pid[status_pid(pid, 4294967295U)] = 0;
	is_text(pid, "4294967295\n", "pid text");
	is_int((long)status_pid(pid, 0), 0, "no pid: an empty file");
}

static void clock_is_runits(void)
{
	tain t;

	stamp_now(&t);
	ok(t.sec.x > TAI_MAGIC + 1795536339, "2^62 + 10 + seconds");
	is_int((long)(t.nano % 1000), 500, "microseconds plus 500 ns");
}

int main(void)
{
	packs();
	texts();
	clock_is_runits();
	return done();
}
