/* Rotation: which old file goes first, and that current stays within its limit. */
#include "fuzz.h"
#include "rotate.h"

static void older(char least[ROTATE_NAME + 1], char const *name)
{
	if (!*least || strcmp(name, least) < 0)
		strcpy(least, name);
}

/* Which goes: the oldest for the cap; for the number only those that are done are looked at. */
static void surplus(struct rotate_old const *old, uint64_t bytes, struct config const *c)
{
	char const *const got = rotate_surplus(old, c);
	if (c->cap && old->count && bytes + c->size > c->cap)
		must(got == old->oldest, "too many bytes: the oldest");
	else if (c->keep && old->finished > c->keep)
		must(got == old->done, "too many files: the oldest that is done with");
	else
		must(!got, "none");
}

/* Later than the newest, if that is a time at all. */
static void next_name(struct rotate_old const *old, uint64_t seconds)
{
	tain const now = { { TAI_MAGIC + seconds }, 5 };
	char name[ROTATE_NAME + 1];
	tain newest;

	rotate_name(name, &now, old->newest, 's');
	must(rotate_suffix(name) == 's', "a new name is one");
	if (*old->newest && timestamp_scan(old->newest, &newest) && newest.nano < 1000000000)
		must(memcmp(name, old->newest, 25) > 0, "and later than all others");
}

/* Names, one a line, and behind it the size: old files are counted, of each kind the least is the
 * oldest. */
static void names(struct feed f)
{
	struct rotate_old old = { 0 };
	struct rotate_old want = { 0 };
	struct rotate_batch batch = { .finished = false };
	struct config c = { .keep = feed_byte(&f) % 4, .cap = feed_byte(&f) % 64, .prefix = "" };

	c.size = feed_byte(&f) % 32;
	c.processor_len = feed_byte(&f) & 1;
	config_end(&c);
	while (f.left) {
		uint8_t const *const newline = memchr(f.at, '\n', f.left);
		char *const name = feed_string(&f, newline ? (size_t)(newline - f.at) : f.left);
		bool const is = strlen(name) == ROTATE_NAME && name[0] == '@' && name[25] == '.';
		char const suffix = is && strchr("sut", name[26]) ? name[26] : 0;
		uint64_t const size = feed_byte(&f);
		must(rotate_suffix(name) == suffix, "its suffix");
		if (suffix == 's' || suffix == 'u') {
			want.count++;
			want.bytes += size;
			want.finished += suffix == 's';
			older(want.oldest, name);
			older(suffix == 's' ? want.done : want.waits, name);
		}
		rotate_see(&old, name, size);
		rotate_collect(&batch, name, size);
		free(name);
	}
	must(batch.n == (old.count < ROTATE_BATCH ? old.count : ROTATE_BATCH), "a batch of them");
	must(!batch.n || !strcmp(batch.files[0].name, old.oldest), "begins with the oldest");
	for (unsigned int i = 1; i < batch.n; i++)
		must(strcmp(batch.files[i - 1].name, batch.files[i].name) <= 0, "in their order");
	must(old.count == want.count && old.bytes == want.bytes && old.finished == want.finished,
	     "old files are counted");
	must(!strcmp(old.oldest, want.oldest) && !strcmp(old.done, want.done) &&
		     !strcmp(old.waits, want.waits),
	     "the oldest has the least name");
	surplus(&old, want.bytes, &c);
	next_name(&old, feed_number(&f, 4));
}

/* As deliver.c puts bytes: lines of any length, rotated when there is no room. */
static void bytes(struct feed f)
{
	size_t const max = 1 + feed_byte(&f) % 32;
	uint64_t const limit = feed_byte(&f) % 64;
	uint64_t held = 0;

	while (f.left) {
		size_t n = feed_byte(&f) % 48;
		while (n) {
			size_t take = rotate_room(held, limit);
			if (!take) {
				must(limit && held == limit, "full is what has the limit");
				held = 0;
				continue;
			}
			take = take < n ? take : n;
			held += take;
			n -= take;
			must(!limit || held <= limit, "current never has more than its limit");
		}
		bool const full = rotate_after_line(held, limit, max);
		must(full == (limit && max <= limit && held + max >= limit), "within max of it");
		if (full)
			held = 0;
	}
}

/* What may be written as it is, by parts as deliver.c does, is cut where it would be byte by byte.
 */
static void parts(struct feed f)
{
	size_t const max = 1 + feed_byte(&f) % 32;
	uint64_t const limit = feed_byte(&f) % 64;
	uint64_t held = 0, plain = 0;
	size_t n, i = 0;

	while (f.left) {
		char *const text = feed_bytes(&f, 1 + feed_byte(&f) % 100, &n);
		for (size_t at = 0, part; at < n; at += part) {
			part = rotate_part(text + at, n - at, held, limit, max);
			must(part <= n - at, "a part");
			for (i = 0; i < part; i++) {
				must(!limit || plain < limit, "there is room for each byte");
				plain++;
				bool const full = text[at + i] == '\n' &&
						  rotate_after_line(plain, limit, max);
				must(!full || i == part - 1,
				     "nor is the end of a line passed over");
			}
			held += part;
			bool const line = part && text[at + part - 1] == '\n';
			bool const full = line && rotate_after_line(held, limit, max);
			must(part == n - at || full || held >= limit, "it is cut for a reason");
			if (part < n - at || full)
				held = plain = 0;
		}
		free(text);
	}
}

/* Sizes of files and limits as large as can be. */
static void sizes(struct feed f)
{
	uint64_t const held = feed_number(&f, 8), limit = feed_number(&f, 8);
	size_t const max = feed_number(&f, 8), room = rotate_room(held, limit);

	must(limit || room == SIZE_MAX, "no limit is room for all");
	must(!limit || (held >= limit ? !room : room == limit - held), "room is what is missing");
	must(rotate_after_line(held, limit, max) ==
		     (limit && max <= limit && (unsigned __int128)held + max >= limit),
	     "a line fills it within max of the limit");
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
	struct feed const f = { data, size };

	names(f);
	bytes(f);
	parts(f);
	sizes(f);
	return 0;
}
