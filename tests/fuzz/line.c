/* Cutting into lines: no byte is lost or added, and what decides about a line does not depend on
 * how the input came. */
#include <time.h>

#include "fuzz.h"
#include "line.h"
#include "stamp.h"

/* Of one line: where it begins, how many bytes are looked at, where it ends, without a newline? */
struct seen {
	size_t at, treated, end;
	bool bare;
};

struct trace {
	struct seen lines[4096];
	size_t count;
	bool middle; /* a line has begun and not ended */
};

/* What has been read so far is cut, as deliver.c does; the first byte that waits is returned. */
static size_t cut(struct trace *t, char const *read, size_t at, size_t end, size_t max, bool last)
{
	struct piece p;

	while (line_next(&p, read + at, end - at, max, t->middle, last)) {
		bool const newline = p.len && read[at + p.len - 1] == '\n';
		struct seen *const line = &t->lines[t->count];

		must(p.len <= end - at && (p.len || (t->middle && last)),
		     "a piece is what there is");
		must(!p.len || !memchr(read + at, '\n', p.len - 1), "it is of one line");
		must(p.begins == !t->middle, "it begins where no line goes on");
		must(p.ends == (newline || last) && p.bare == (p.ends && !newline), "and ends");
		if (p.begins)
			*line = (struct seen){ .at = at, .treated = line_treated(&p, max) };
		at += p.len;
		line->end = at;
		line->bare = p.bare;
		t->count += p.ends;
		t->middle = !p.ends;
	}
	must(!last || (at == end && !t->middle), "at the end nothing is left");
	must(!memchr(read + at, '\n', end - at), "no complete line waits");
	must(t->middle ? at == end : end - at < max, "nothing waits that need not");
	return at;
}

/* The lines of a text, by looking at all of it at once. */
static void look(struct trace *t, char const *text, size_t len, size_t max)
{
	for (size_t at = 0, next; at < len; at = next) {
		size_t const end = line_end(text, at, len);
		char const *const newline = memchr(text + at, '\n', len - at);
		must(end == (newline ? (size_t)(newline - text) : len), "a line ends there");
		next = end + (newline != NULL);
		t->lines[t->count++] = (struct seen){ .at = at,
						      .treated = end - at < max ? end - at : max,
						      .end = next,
						      .bare = !newline };
	}
}

static void same(struct trace const *a, struct trace const *b)
{
	must(a->count == b->count, "as many lines");
	for (size_t i = 0; i < a->count; i++)
		must(a->lines[i].at == b->lines[i].at && a->lines[i].end == b->lines[i].end &&
			     a->lines[i].treated == b->lines[i].treated &&
			     a->lines[i].bare == b->lines[i].bare,
		     "the same lines, of which the same is looked at");
}

static void stamps(struct feed *f)
{
	static char const *const formats[] = { "", "", "%Y-%m-%d_%H:%M:%S.", "%Y-%m-%dT%H:%M:%S." };
	enum line_style const style = (enum line_style)(feed_byte(f) % 4);
	uint64_t const since = feed_number(f, 4) << 2 | feed_byte(f) % 4; /* until 2514 */
	tain const t = { .sec.x = TAI_MAGIC + STAMP_OFFSET + since,
			 .nano = (uint32_t)(feed_number(f, 4) % 1000000000) };
	time_t const seconds = (time_t)since;
	struct tm utc;
	char want[64] = "";
	char *const text = malloc(LINE_STAMP_MAX);

	must(text && gmtime_r(&seconds, &utc), "there is memory");
	size_t n = strftime(want, sizeof want, formats[style], &utc);
	if (style == LINE_TAI64N)
		snprintf(want, sizeof want, "@%016llx%08x ", (unsigned long long)t.sec.x, t.nano);
	else if (style != LINE_PLAIN)
		snprintf(want + n, sizeof want - n, "%05u ", t.nano / 10000);
	n = line_stamp(text, style, &t);
	must(n == strlen(want) && !memcmp(text, want, n), "the stamp");
	free(text);
}

static void replaces(char *text, size_t len, char with, char const *also)
{
	char *const was = malloc(len);

	must(was != NULL, "there is memory");
	memcpy(was, text, len);
	line_replace(text, len, with, also);
	for (size_t i = 0; i < len; i++) {
		bool const odd = (uint8_t)was[i] < 32 || (uint8_t)was[i] > 126 ||
				 memchr(also, was[i], strlen(also));
		must(text[i] == (odd ? with : was[i]), "odd bytes are replaced, no others");
	}
	free(was);
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
	static struct trace whole, parts;
	struct feed f = { data, size < 4096 ? size : 4096 };
	size_t len, at = 0, end = 0;

	stamps(&f);
	size_t const max = 1 + feed_byte(&f) % 64;
	struct feed reads = { f.at, f.left / 4 }; /* how the rest comes */
	f.at += reads.left;
	f.left -= reads.left;
	char *const text = feed_bytes(&f, f.left, &len);
	whole.count = parts.count = 0;
	parts.middle = false;
	look(&whole, text, len, max);
	for (bool last = false; !last;) {
		size_t const n = reads.left ? feed_byte(&reads) % 100 : len;
		end = n < len - end ? end + n : len;
		last = end == len && !reads.left;
		struct feed so_far = { (uint8_t const *)text, end };
		char *const read = feed_bytes(&so_far, end, &end);
		at = cut(&parts, read, at, end, max, last);
		free(read);
	}
	same(&whole, &parts);
	replaces(text, len, '_', ":;");
	free(text);
	return 0;
}
