/* The 20 bytes of a status file, whatever lies there, and what is shown of them. */
#include <inttypes.h>

#include "fuzz.h"
#include "print.h"
#include "stamp.h"
#include "status.h"

static void round_trip(uint8_t const *data)
{
	char packed[STATUS_SIZE];
	struct status s, again;

	status_unpack(&s, (char const *)data);
	status_pack(packed, &s);
	for (size_t i = 0; i < STATUS_SIZE; i++) {
		bool const flag = i == 16 || i == 18;
		must((uint8_t)packed[i] == (flag ? data[i] != 0 : data[i]), "packing gives them");
	}
	status_unpack(&again, packed);
	must(again.pid == s.pid && again.want == s.want && again.paused == s.paused &&
		     again.term == s.term && again.state == s.state &&
		     !memcmp(&again.since.nano, &s.since.nano, sizeof s.since.nano) &&
		     again.since.sec.x == s.since.sec.x,
	     "and unpacking the same status");
	must(s.pid == (data[12] | (uint32_t)data[13] << 8 | (uint32_t)data[14] << 16 |
		       (uint32_t)data[15] << 24),
	     "pid is little-endian");
	uint64_t since = 0;
	for (size_t i = 0; i < 8; i++)
		since = since << 8 | data[i];
	uint64_t const epoch = (UINT64_C(1) << 62) + 10;
	must(stamp_unix(&s.since) == (since > epoch ? since - epoch : 0), "the time is a label");
}

static void files(struct status const *s, bool exiting)
{
	static char const *const states[] = { "down", "run", "finish" };
	char want[STATUS_TEXT_MAX + 1];
	char *const text = malloc(STATUS_TEXT_MAX), *const pid = malloc(STATUS_PID_MAX);

	must(text && pid, "there is memory");
	int n = snprintf(want, sizeof want, "%s%s%s%s\n", states[s->state < 3 ? s->state : 0],
			 s->paused ? ", paused" : "", s->term ? ", got TERM" : "",
			 !s->state || s->want == 'u' ? ""
			 : exiting                   ? ", want exit"
						     : ", want down");
	size_t len = status_text(text, s, exiting);
	must(len <= STATUS_TEXT_MAX && len == (size_t)n && !memcmp(text, want, len), "stat");
	n = s->pid ? snprintf(want, sizeof want, "%" PRIu32 "\n", s->pid) : 0;
	len = status_pid(pid, s->pid);
	must(len == (size_t)n && !memcmp(pid, want, len), "pid");
	free(text);
	free(pid);
}

/* The line of sv status: contract, section 5. */
static void line(struct status const *s, tain const *now, char const *name, bool down)
{
	static char const *const states[] = { "down: ", "run: ", "finish: " };
	size_t const room = PRINT_MAX + strlen(name);
	char *const text = malloc(room), *const want = malloc(room + 1);
	char pid[32] = "";

	must(text && want, "there is memory");
	uint64_t const age = s->since.sec.x < now->sec.x ? now->sec.x - s->since.sec.x : 0;
	if (s->state)
		snprintf(pid, sizeof pid, "(pid %" PRIu32 ") ", s->pid);
	int const n = snprintf(want, room + 1, "%s%s: %s%" PRIu64 "s%s%s%s%s%s",
			       s->state < 3 ? states[s->state] : "", name, pid, age,
			       s->pid && down     ? ", normally down"
			       : !s->pid && !down ? ", normally up"
						  : "",
			       s->pid && s->paused ? ", paused" : "",
			       !s->pid && s->want == 'u' ? ", want up" : "",
			       s->pid && s->want == 'd' ? ", want down" : "",
			       s->pid && s->term ? ", got TERM" : "");
	size_t const len = print_state(text, name, s, now, down);
	must(len <= room && len == (size_t)n && !memcmp(text, want, len), "sv's line");
	free(text);
	free(want);
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
	struct feed f = { data, size };
	struct status s;
	tain now;

	if (size < STATUS_SIZE)
		return 0;
	round_trip(data);
	status_unpack(&s, (char const *)data);
	feed_number(&f, 8);
	feed_number(&f, 8);
	feed_number(&f, 4);
	unsigned int const how = feed_byte(&f);
	files(&s, how & 1);
	now = (tain){ .sec.x = s.since.sec.x + feed_number(&f, 2) - feed_number(&f, 2) };
	char *const name = feed_string(&f, 300);
	line(&s, &now, name, how & 2);
	free(name);
	return 0;
}
