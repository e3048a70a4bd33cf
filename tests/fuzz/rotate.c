/* Rotation: which old file goes first, and that current stays within its limit. */
#include "fuzz.h"
#include "rotate.h"

/* Names, one a line: those of old files are counted, and the least of them is the oldest. */
static void names(struct feed f)
{
	struct rotate_old old = { 0 };
	char least[ROTATE_NAME + 1] = "~";
	uint64_t count = 0;

	while (f.left) {
		uint8_t const *const newline = memchr(f.at, '\n', f.left);
		char *const name = feed_string(&f, newline ? (size_t)(newline - f.at) : f.left);
		size_t const n = strlen(name);
		if (newline)
			feed_byte(&f);
		if (n == ROTATE_NAME && name[0] == '@' &&
		    (!strcmp(name + 25, ".s") || !strcmp(name + 25, ".u"))) {
			count++;
			if (strcmp(name, least) < 0)
				strcpy(least, name);
		}
		rotate_see(&old, name);
		free(name);
	}
	must(old.count == count, "old files are counted, and no others");
	must(!count || !strcmp(old.oldest, least), "the oldest has the least name");
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
	sizes(f);
	return 0;
}
