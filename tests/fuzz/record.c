/* supervise/record: whatever lies there. What is believed is what stands there, to the last digit.
 */
#include <ctype.h>
#include <inttypes.h>

#include "fuzz.h"
#include "record.h"

/* Numbers without the zeros before them, which mean nothing. */
static size_t shorten(char *to, char const *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		bool const first = !n || !isdigit((unsigned char)to[n - 1]);
		if (text[i] == '0' && first && i + 1 < len && isdigit((unsigned char)text[i + 1]))
			continue;
		to[n++] = text[i];
	}
	return n;
}

/* Scripts have no order, and of two of one letter the last counts: they are read by scanf here. */
static void scripts(struct record const *r, char const *text)
{
	struct record want = { .wstat = 0 };

	for (int n = 0; strncmp(text, "end\n", 4) != 0; text += n) {
		uint64_t pid, asked, start;
		char letter;
		n = (int)strcspn(text, "\n") + 1;
		if (strncmp(text, "script ", 7) != 0)
			continue;
		must(sscanf(text, "script %c %" SCNu64 " %" SCNu64 " %" SCNu64 "\n%n", &letter,
			    &pid, &start, &asked, &n) == 4,
		     "it is a script's line");
		must(pid <= INT32_MAX && asked <= INT32_MAX && letter_find(letter), "it can be");
		size_t const i = (size_t)(letter_find(letter) - letters);
		want.scripts[i].script = (struct identity){ (pid_t)pid, start };
		want.scripts[i].asked = (pid_t)asked;
	}
	for (size_t i = 0; i < LETTERS; i++)
		must(r->scripts[i].script.pid == want.scripts[i].script.pid &&
			     r->scripts[i].script.start == want.scripts[i].script.start &&
			     r->scripts[i].asked == want.scripts[i].asked,
		     "the scripts are those that stand there");
}

static void is_possible(struct record const *r)
{
	must((unsigned int)r->want < WANTS && (unsigned int)r->phase < PHASES, "names");
	must(r->phase != PHASE_PREPARE, "what is about to start has not");
	must((r->phase != PHASE_RUN && r->phase != PHASE_CLEAR) || r->process.pid,
	     "a run has a process");
	must(r->process.pid >= 0 && r->since.nano < 1000000000, "numbers");
	must(memchr(r->instance, 0, INSTANCE_SIZE) != NULL, "text ends");
	for (size_t i = 0; i < LETTERS; i++)
		must(r->scripts[i].script.pid >= 0 && r->scripts[i].asked >= 0, "scripts");
}

/* Of what lies there; the file is read up to RECORD_SIZE. */
static void believes(char const *text, size_t len)
{
	char given[RECORD_SIZE + 1], again[RECORD_SIZE], mine[RECORD_SIZE], theirs[RECORD_SIZE];
	struct record r, back;

	if (!record_parse(&r, text, len))
		return;
	is_possible(&r);
	size_t const n = record_format(again, &r);
	must(n <= len, "it is no longer than what it was read from");
	must(record_parse(&back, again, n), "what is written of it is believed");
	memcpy(given, text, len);
	given[len] = 0;
	/* up to the scripts it has one form */
	char const *const paused = memmem(given, len, "\npaused ", 8);
	char const *const end = strchr(paused + 1, '\n') + 1;
	size_t const fixed = shorten(theirs, given, (size_t)(end - given));
	must(fixed <= shorten(mine, again, n) && !memcmp(mine, theirs, fixed), "and says the same");
	scripts(&r, end);
	must(back.want == r.want && back.phase == r.phase && back.told == r.told, "all of it");
	for (size_t i = 0; i < LETTERS; i++)
		must(back.scripts[i].script.pid == r.scripts[i].script.pid, "scripts too");
	for (size_t i = 0; i < n; i++)
		must(!record_parse(&back, again, i), "no part of a record is one");
}

static void feed_scripts(struct feed *f, struct record *r)
{
	for (size_t i = 0; i < LETTERS; i++) {
		if (!letters[i].script || feed_byte(f) & 1)
			continue;
		r->scripts[i].script.pid = (pid_t)(feed_number(f, 4) & INT32_MAX);
		r->scripts[i].script.start = feed_number(f, 8);
		r->scripts[i].asked = (pid_t)(feed_number(f, 4) & INT32_MAX);
	}
}

static void feed_settings(struct feed *f, struct record *r)
{
	struct policy *const p = &r->policy;
	unsigned int const flags = feed_byte(f);

	r->over = (enum over)(feed_byte(f) % OVERS);
	r->code = (uint8_t)feed_byte(f);
	r->killed = flags & 1;
	r->sent = feed_number(f, 8);
	*p = policy_none;
	p->asked_for = flags & 2;
	if (p->asked_for)
		p->restart = (enum restart)(feed_byte(f) % RESTARTS);
	if (flags & 4)
		for (size_t i = 0; i < 4; i++)
			p->success.codes[i] = feed_number(f, 8);
	p->success.signals = flags & 8 ? feed_number(f, 8) : 0;
	p->down_signal = flags & 16 ? 1 + feed_byte(f) % 64 : p->down_signal;
	p->kill_mode = (enum kill_mode)(feed_byte(f) % KILL_MODES);
	p->essential = (enum essential)(feed_byte(f) % ESSENTIALS);
	p->timeout_kill = flags & 32 ? feed_number(f, 7) : VALUE_NEVER;
	p->timeout_finish = flags & 64 ? feed_number(f, 7) : VALUE_NEVER;
}

/* Any state that runsv can have is written, and comes back. */
static void round_trip(struct feed f)
{
	static enum phase const phases[] = { PHASE_DOWN, PHASE_RUN, PHASE_CLEAR, PHASE_FINISH };
	char *const text = malloc(RECORD_SIZE);
	struct record r = { .want = (enum want)(feed_byte(&f) % WANTS) }, back;

	must(text != NULL, "there is memory");
	r.phase = phases[feed_byte(&f) % 4];
	r.process.pid = (pid_t)(feed_number(&f, 4) & INT32_MAX);
	r.process.pid += (r.phase == PHASE_RUN || r.phase == PHASE_CLEAR) && !r.process.pid;
	r.process.start = feed_number(&f, 8);
	r.wstat = (int)(uint32_t)feed_number(&f, 4);
	r.since = (tain){ .sec.x = feed_number(&f, 8), .nano = (uint32_t)feed_number(&f, 3) };
	r.dev = feed_number(&f, 8);
	r.ino = feed_number(&f, 8);
	unsigned int const flags = feed_byte(&f);
	r.told = flags & 1, r.term = flags & 2, r.paused = flags & 4;
	memset(r.instance, '0' + (int)(flags & 7), flags % INSTANCE_SIZE);
	feed_scripts(&f, &r);
	feed_settings(&f, &r);
	size_t const n = record_format(text, &r);
	must(n <= RECORD_SIZE, "every record has room");
	must(record_parse(&back, text, n), "what was written is believed");
	must(!strcmp(back.instance, r.instance) && back.dev == r.dev && back.ino == r.ino &&
		     back.want == r.want && back.phase == r.phase && back.wstat == r.wstat &&
		     back.process.pid == r.process.pid && back.process.start == r.process.start &&
		     back.told == r.told && back.term == r.term && back.paused == r.paused &&
		     back.since.sec.x == r.since.sec.x && back.since.nano == r.since.nano,
	     "all of it comes back");
	must(back.over == r.over && back.killed == r.killed &&
		     back.sent == (r.policy.asked_for ? r.sent : 0) &&
		     (r.over == OVER_NO || back.code == r.code),
	     "how it has ended does");
	must(!memcmp(&back.policy.success, &r.policy.success, sizeof r.policy.success) &&
		     back.policy.restart == r.policy.restart &&
		     back.policy.asked_for == r.policy.asked_for &&
		     back.policy.down_signal == r.policy.down_signal &&
		     back.policy.kill_mode == r.policy.kill_mode &&
		     back.policy.essential == r.policy.essential &&
		     back.policy.timeout_kill == r.policy.timeout_kill &&
		     back.policy.timeout_finish == r.policy.timeout_finish,
	     "the settings do");
	for (size_t i = 0; i < LETTERS; i++)
		if (r.scripts[i].script.pid)
			must(back.scripts[i].script.pid == r.scripts[i].script.pid &&
				     back.scripts[i].script.start == r.scripts[i].script.start &&
				     back.scripts[i].asked == r.scripts[i].asked,
			     "every script does");
	free(text);
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
	struct feed f = { data, size };
	size_t len;

	round_trip(f);
	char *const text = feed_bytes(&f, RECORD_SIZE, &len);
	believes(text, len);
	free(text);
	return 0;
}
