#include <string.h>

#include <skalibs/types.h>
#include <skalibs/uint64.h>

#include "record.h"

/* The format's name and version. */
static char const head[] = "tend 1\n";

struct text {
	char *s;
	size_t len;
};

static void put(struct text *t, char const *word)
{
	size_t const n = strlen(word);

	memcpy(t->s + t->len, word, n);
	t->len += n;
}

static void put_number(struct text *t, char const *before, uint64_t n)
{
	put(t, before);
	t->len += uint64_fmt(t->s + t->len, n);
}

static void put_hex(struct text *t, char const *before, uint64_t n)
{
	put(t, before);
	t->len += uint64_xfmt(t->s + t->len, n);
}

static void put_scripts(struct text *t, struct record const *r)
{
	for (size_t i = 0; i < LETTERS; i++) {
		if (!r->scripts[i].script.pid)
			continue;
		put(t, "script ");
		t->s[t->len++] = letters[i].letter;
		put_number(t, " ", (uint64_t)r->scripts[i].script.pid);
		put_number(t, " ", r->scripts[i].script.start);
		put_number(t, " ", (uint64_t)r->scripts[i].asked);
		put(t, "\n");
	}
}

/* Only what differs from a service without settings. */
static void put_policy(struct text *t, struct policy const *p)
{
	if (p->asked_for) {
		put(t, "restart ");
		put(t, restart_names[p->restart]);
		put(t, "\n");
	}
	if (memcmp(&p->success, &policy_none.success, sizeof p->success) != 0) {
		put(t, "success-codes");
		for (size_t i = 0; i < sizeof p->success.codes / sizeof *p->success.codes; i++)
			put_hex(t, " ", p->success.codes[i]);
		put_hex(t, " ", p->success.signals);
		put(t, "\n");
	}
	if (p->down_signal != policy_none.down_signal) {
		put_number(t, "down-signal ", p->down_signal);
		put(t, "\n");
	}
	if (p->kill_mode != KILL_PROCESS) {
		put(t, "kill-mode ");
		put(t, kill_mode_names[p->kill_mode]);
		put(t, "\n");
	}
	if (p->essential != ESSENTIAL_NO) {
		put(t, "essential ");
		put(t, essential_names[p->essential]);
		put(t, "\n");
	}
	if (p->timeout_kill != VALUE_NEVER) {
		put_number(t, "timeout-kill ", p->timeout_kill);
		put(t, "\n");
	}
	if (p->timeout_finish != VALUE_NEVER) {
		put_number(t, "timeout-finish ", p->timeout_finish);
		put(t, "\n");
	}
}

size_t record_format(char text[RECORD_SIZE], struct record const *r)
{
	struct text t = { .s = text };

	put(&t, head);
	put(&t, "instance ");
	put(&t, r->instance);
	put_number(&t, "\nplace ", r->dev);
	put_number(&t, ":", r->ino);
	put(&t, "\nwant ");
	put(&t, want_names[r->want]);
	put(&t, "\nprocess ");
	put(&t, phase_names[r->phase]);
	put_number(&t, " ", (uint64_t)r->process.pid);
	put_number(&t, " ", r->process.start);
	put_number(&t, "\nsince ", r->since.sec.x);
	put_number(&t, ".", r->since.nano);
	put_number(&t, "\nended ", (uint64_t)(uint32_t)r->wstat);
	put(&t, r->told ? "\ntold 1" : "\ntold 0");
	put(&t, r->term ? "\nterm 1" : "\nterm 0");
	put(&t, r->paused ? "\npaused 1\n" : "\npaused 0\n");
	put_scripts(&t, r);
	if (r->over != OVER_NO) {
		put(&t, "over ");
		put(&t, over_names[r->over]);
		put_number(&t, " ", r->code);
		put(&t, "\n");
	}
	if (r->killed)
		put(&t, "killed 1\n");
	/* without `restart` it decides nothing, and the record is as it ever was */
	if (r->sent && r->policy.asked_for) {
		put_hex(&t, "sent ", r->sent);
		put(&t, "\n");
	}
	put_policy(&t, &r->policy);
	put(&t, "end\n");
	return t.len;
}

struct reader {
	char const *s;
	char const *end;
	bool bad;
};

static void get(struct reader *r, char const *word)
{
	size_t const n = strlen(word);

	if (r->bad || (size_t)(r->end - r->s) < n || memcmp(r->s, word, n) != 0)
		r->bad = true;
	else
		r->s += n;
}

static uint64_t get_number(struct reader *r, char const *before, uint64_t max)
{
	uint64_t n = 0;
	int digits = 0;

	get(r, before);
	for (; !r->bad && r->s < r->end && *r->s >= '0' && *r->s <= '9' && digits < 20; digits++) {
		uint64_t const digit = (uint64_t)(*r->s++ - '0');
		r->bad = digit > max || n > (max - digit) / 10;
		n = n * 10 + digit;
	}
	if (!digits)
		r->bad = true;
	return n;
}

static unsigned int get_name(struct reader *r, char const *const *names, unsigned int count)
{
	for (unsigned int i = 0; !r->bad && i < count; i++) {
		size_t const n = strlen(names[i]);

		if ((size_t)(r->end - r->s) > n && !memcmp(r->s, names[i], n) &&
		    (r->s[n] == '\n' || r->s[n] == ' ')) {
			r->s += n;
			return i;
		}
	}
	r->bad = true;
	return 0;
}

static void get_instance(struct reader *r, char *instance)
{
	size_t n = 0;

	get(r, "instance ");
	while (!r->bad && r->s < r->end && *r->s && *r->s != '\n' && n < INSTANCE_SIZE - 1)
		instance[n++] = *r->s++;
	instance[n] = 0;
}

static uint64_t get_hex(struct reader *r, char const *before)
{
	uint64_t n = 0;
	int digits = 0;

	get(r, before);
	for (; !r->bad && r->s < r->end && digits <= 16; digits++) {
		char const *const digit = *r->s ? strchr("0123456789abcdef", *r->s) : NULL;
		if (!digit)
			break;
		n = n << 4 | (uint64_t)(digit - "0123456789abcdef");
		r->s++;
	}
	if (!digits || digits > 16)
		r->bad = true;
	return n;
}

static void get_script(struct reader *r, struct record *record)
{
	get(r, " ");
	struct letter const *const l = !r->bad && r->s < r->end ? letter_find(*r->s++) : NULL;
	if (!l) {
		r->bad = true;
		return;
	}
	size_t const i = (size_t)(l - letters);
	record->scripts[i].script.pid = (pid_t)get_number(r, " ", INT32_MAX);
	record->scripts[i].script.start = get_number(r, " ", UINT64_MAX);
	record->scripts[i].asked = (pid_t)get_number(r, " ", INT32_MAX);
}

static void get_over(struct reader *r, struct record *record)
{
	get(r, " ");
	record->over = (enum over)get_name(r, over_names, OVERS);
	record->code = (uint8_t)get_number(r, " ", 255);
}

static void get_killed(struct reader *r, struct record *record)
{
	record->killed = get_number(r, " ", 1) != 0;
}

static void get_sent(struct reader *r, struct record *record)
{
	record->sent = get_hex(r, " ");
}

static void get_restart(struct reader *r, struct record *record)
{
	get(r, " ");
	record->policy.restart = (enum restart)get_name(r, restart_names, RESTARTS);
	record->policy.asked_for = true;
}

static void get_success(struct reader *r, struct record *record)
{
	struct value_codes *const c = &record->policy.success;

	for (size_t i = 0; i < sizeof c->codes / sizeof *c->codes; i++)
		c->codes[i] = get_hex(r, " ");
	c->signals = get_hex(r, " ");
}

static void get_down_signal(struct reader *r, struct record *record)
{
	record->policy.down_signal = (unsigned int)get_number(r, " ", 64);
	r->bad = r->bad || !record->policy.down_signal;
}

static void get_kill_mode(struct reader *r, struct record *record)
{
	get(r, " ");
	record->policy.kill_mode = (enum kill_mode)get_name(r, kill_mode_names, KILL_MODES);
}

static void get_essential(struct reader *r, struct record *record)
{
	get(r, " ");
	record->policy.essential = (enum essential)get_name(r, essential_names, ESSENTIALS);
}

static void get_timeout_kill(struct reader *r, struct record *record)
{
	record->policy.timeout_kill = get_number(r, " ", UINT64_MAX - 1);
}

static void get_timeout_finish(struct reader *r, struct record *record)
{
	record->policy.timeout_finish = get_number(r, " ", UINT64_MAX - 1);
}

/* A line that need not be there. */
static void get_line(struct reader *r, struct record *record)
{
	static struct {
		char const *name;
		void (*take)(struct reader *r, struct record *record);
	} const lines[] = {
		{ "script", get_script },
		{ "over", get_over },
		{ "killed", get_killed },
		{ "sent", get_sent },
		{ "restart", get_restart },
		{ "success-codes", get_success },
		{ "down-signal", get_down_signal },
		{ "kill-mode", get_kill_mode },
		{ "essential", get_essential },
		{ "timeout-kill", get_timeout_kill },
		{ "timeout-finish", get_timeout_finish },
	};
	char const *const end = memchr(r->s, '\n', (size_t)(r->end - r->s));

	for (size_t i = 0; end && i < sizeof lines / sizeof *lines; i++) {
		size_t const n = strlen(lines[i].name);
		if ((size_t)(end - r->s) <= n || memcmp(r->s, lines[i].name, n) != 0 ||
		    r->s[n] != ' ')
			continue;
		r->s += n;
		lines[i].take(r, record);
		get(r, "\n");
		return;
	}
	/* nothing that was written has a NUL: it is what a torn write left */
	r->bad = !end || memchr(r->s, 0, (size_t)(end - r->s));
	if (!r->bad)
		r->s = end + 1;
}

static bool is_end(struct reader const *r)
{
	return (size_t)(r->end - r->s) >= 4 && !memcmp(r->s, "end\n", 4);
}

bool record_parse(struct record *record, char const *text, size_t len)
{
	struct reader r = { .s = text, .end = text + len };

	*record = (struct record){ .policy = policy_none };
	get(&r, head);
	get_instance(&r, record->instance);
	record->dev = get_number(&r, "\nplace ", UINT64_MAX);
	record->ino = get_number(&r, ":", UINT64_MAX);
	get(&r, "\nwant ");
	record->want = (enum want)get_name(&r, want_names, WANTS);
	get(&r, "\nprocess ");
	record->phase = (enum phase)get_name(&r, phase_names, PHASES);
	record->process.pid = (pid_t)get_number(&r, " ", INT32_MAX);
	record->process.start = get_number(&r, " ", UINT64_MAX);
	record->since.sec.x = get_number(&r, "\nsince ", UINT64_MAX);
	record->since.nano = (uint32_t)get_number(&r, ".", 999999999);
	record->wstat = (int)(uint32_t)get_number(&r, "\nended ", UINT32_MAX);
	record->told = get_number(&r, "\ntold ", 1) != 0;
	record->term = get_number(&r, "\nterm ", 1) != 0;
	record->paused = get_number(&r, "\npaused ", 1) != 0;
	get(&r, "\n");
	while (!r.bad && !is_end(&r))
		get_line(&r, record);
	/* a finish without a process is owed */
	return !r.bad && record->phase != PHASE_PREPARE &&
	       (record->phase == PHASE_DOWN || record->phase == PHASE_FINISH ||
		record->process.pid);
}
