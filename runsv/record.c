#include <string.h>

#include <skalibs/types.h>
#include <skalibs/uint64.h>

#include "record.h"

/* The format's name and version: a successor that reads another one starts anew. */
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
	put(&t, r->paused ? "\npaused 1\nover " : "\npaused 0\nover ");
	put(&t, over_names[r->over]);
	put(&t, "\n");
	for (size_t i = 0; i < LETTERS; i++) {
		if (!r->scripts[i].script.pid)
			continue;
		put(&t, "script ");
		t.s[t.len++] = letters[i].letter;
		put_number(&t, " ", (uint64_t)r->scripts[i].script.pid);
		put_number(&t, " ", r->scripts[i].script.start);
		put_number(&t, " ", (uint64_t)r->scripts[i].asked);
		put(&t, "\n");
	}
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

static void get_script(struct reader *r, struct record *record)
{
	get(r, "script ");
	struct letter const *const l = !r->bad && r->s < r->end ? letter_find(*r->s++) : NULL;
	if (!l) {
		r->bad = true;
		return;
	}
	size_t const i = (size_t)(l - letters);
	record->scripts[i].script.pid = (pid_t)get_number(r, " ", INT32_MAX);
	record->scripts[i].script.start = get_number(r, " ", UINT64_MAX);
	record->scripts[i].asked = (pid_t)get_number(r, " ", INT32_MAX);
	get(r, "\n");
}

bool record_parse(struct record *record, char const *text, size_t len)
{
	struct reader r = { .s = text, .end = text + len };

	*record = (struct record){ 0 };
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
	get(&r, "\nover ");
	record->over = (enum over)get_name(&r, over_names, OVERS);
	get(&r, "\n");
	while (!r.bad && r.s < r.end && *r.s == 's')
		get_script(&r, record);
	get(&r, "end\n");
	/* a finish without a process is owed */
	return !r.bad && (record->phase == PHASE_DOWN || record->phase == PHASE_FINISH ||
			  (record->phase == PHASE_RUN && record->process.pid));
}
