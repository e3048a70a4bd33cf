#include <string.h>
#include <sys/wait.h>

#include <skalibs/uint64.h>

#include "death.h"

char const *const death_causes[DEATH_CAUSES] = {
	[DEATH_ITSELF] = "itself", [DEATH_TOLD] = "told", [DEATH_TIMEOUT] = "timeout"
};

static char const unknown[] = " unknown ";

static char *put(char *at, char const *text)
{
	size_t const n = strlen(text);

	memcpy(at, text, n);
	return at + n;
}

size_t death_format(char line[DEATH_LINE], struct death const *d)
{
	char *at = line;

	*at++ = '@';
	tain_pack(at, &d->at);
	/* tain_pack's 12 bytes become 24 digits, from behind */
	for (size_t i = TAIN_PACK; i-- > 0;) {
		unsigned char const byte = (unsigned char)at[i];
		at[2 * i] = "0123456789abcdef"[byte >> 4];
		at[2 * i + 1] = "0123456789abcdef"[byte & 15];
	}
	at += (size_t)2 * TAIN_PACK;
	at = put(at, " ");
	at += uint64_fmt(at, d->number);
	if (d->wstat == -1) {
		at = put(at, unknown);
		at = put(at, "0");
	} else if (WIFSIGNALED(d->wstat)) {
		at = put(at, " signal ");
		at += uint64_fmt(at, (uint64_t)WTERMSIG(d->wstat));
	} else {
		at = put(at, " exit ");
		at += uint64_fmt(at, (uint64_t)WEXITSTATUS(d->wstat));
	}
	at = put(at, " ran ");
	at += uint64_fmt(at, d->ran);
	at = put(at, " pid ");
	at += uint64_fmt(at, d->pid);
	at = put(at, " cause ");
	at = put(at, death_causes[d->cause]);
	at = put(at, d->failed ? " failed yes" : " failed no");
	at = put(at, d->again ? " again yes\n" : " again no\n");
	return (size_t)(at - line);
}

/* What is left of a line that is read from its front. */
struct rest {
	char const *at, *end;
	bool bad;
};

static bool take(struct rest *r, char const *text)
{
	size_t const n = strlen(text);
	bool const there = !r->bad && (size_t)(r->end - r->at) >= n && !memcmp(r->at, text, n);

	if (there)
		r->at += n;
	return there;
}

static void must(struct rest *r, char const *text)
{
	r->bad = !take(r, text) || r->bad;
}

static uint64_t number(struct rest *r)
{
	uint64_t n = 0;
	size_t digits = 0;

	for (; !r->bad && r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++, digits++) {
		r->bad = n > (UINT64_MAX - 9) / 10;
		n = n * 10 + (uint64_t)(*r->at - '0');
	}
	r->bad = r->bad || !digits;
	return n;
}

static void get_label(struct rest *r, tain *t)
{
	static char const digits[] = "0123456789abcdef";
	char packed[TAIN_PACK];

	if (r->bad || (size_t)(r->end - r->at) < sizeof packed * 2) {
		r->bad = true;
		return;
	}
	for (size_t i = 0; i < sizeof packed; i++, r->at += 2) {
		char const *const high = memchr(digits, r->at[0], 16);
		char const *const low = memchr(digits, r->at[1], 16);
		if (!high || !low) {
			r->bad = true;
			return;
		}
		packed[i] = (char)((high - digits) << 4 | (low - digits));
	}
	tain_unpack(packed, t);
}

static int get_end(struct rest *r)
{
	if (take(r, unknown)) {
		number(r);
		return -1;
	}
	bool const signal = take(r, " signal ");
	if (!signal)
		must(r, " exit ");
	uint64_t const n = number(r);
	r->bad = r->bad || n > (signal ? 64 : 255) || (signal && !n);
	return signal ? (int)n : (int)n << 8;
}

static void get_cause(struct rest *r, enum death_cause *cause)
{
	for (unsigned int i = 0; i < DEATH_CAUSES; i++)
		if (take(r, death_causes[i])) {
			*cause = (enum death_cause)i;
			return;
		}
	r->bad = true;
}

static bool get_yes(struct rest *r)
{
	bool const yes = take(r, "yes");

	if (!yes)
		must(r, "no");
	return yes;
}

bool death_parse(struct death *d, char const *line, size_t len)
{
	struct rest r = { line, line + len, false };

	*d = (struct death){ 0 };
	must(&r, "@");
	get_label(&r, &d->at);
	must(&r, " ");
	d->number = number(&r);
	d->wstat = get_end(&r);
	must(&r, " ran ");
	d->ran = number(&r);
	must(&r, " pid ");
	d->pid = number(&r);
	must(&r, " cause ");
	get_cause(&r, &d->cause);
	must(&r, " failed ");
	d->failed = get_yes(&r);
	must(&r, " again ");
	d->again = get_yes(&r);
	return !r.bad && r.at == r.end;
}

uint64_t deaths_between(char const *text, tain const *from, tain const *to, tain *last)
{
	uint64_t n = 0;

	for (char const *end; (end = strchr(text, '\n')); text = end + 1) {
		struct death d;
		if (!death_parse(&d, text, (size_t)(end - text)) || !d.again ||
		    tain_less(&d.at, from) || tain_less(to, &d.at))
			continue;
		n++;
		if (tain_less(last, &d.at))
			*last = d.at;
	}
	return n;
}
