#include <stdlib.h>
#include <string.h>

#include "judge.h"
#include "ledger.h"

/* The writers' bytes, as they come into the pipe, are numbered lines; the files of the logger are
 * these bytes. With stamps that is looked at when all is done, else at each write. */

void log_put(struct service *s, char const *bytes, size_t n)
{
	if (s->len + n > s->room) {
		char *const more = arena(s->room = 2 * (s->len + n));
		if (s->len)
			memcpy(more, s->stream, s->len);
		s->stream = more;
	}
	memcpy(s->stream + s->len, bytes, n);
	s->len += n;
}

/* The last n bytes are nobody's any more. */
void log_cut(struct service *s, size_t n)
{
	tell("%d bytes of %s go with the pipe", (int)n, s->name);
	s->len -= n < s->len - s->delivered ? n : s->len - s->delivered;
}

/* What is in the pipe when its last holder has gone. That is so when runsv and logger are killed
 * together while the service is down and no scanner holds it (DESIGN.md, what is lost). */
void log_discarded(struct service *s, size_t n)
{
	if (!s->left && !s->log_off && judge_holder(s))
		broken("no line lost: %d bytes were in the pipe of %s when nobody held it", (int)n,
		       s->name);
	log_cut(s, n);
}

void log_appended(struct service *s, char const *bytes, size_t n)
{
	if (s->temper.stamped)
		return;
	for (size_t i = 0; i < n; i++) {
		bool const right = s->delivered < s->len && s->stream[s->delivered] == bytes[i];
		if (!right && bytes[i] == '\n' && s->unended && s->temper.split) {
			s->added = true; /* to a line that waited for its end */
		} else if (!right) {
			broken("no line lost: %s logs \"%.*s\" in place of \"%.*s\"", s->name,
			       (int)(n - i < 20 ? n - i : 20), bytes + i,
			       (int)(s->len - s->delivered < 20 ? s->len - s->delivered : 20),
			       s->stream ? s->stream + s->delivered : "");
			return;
		} else {
			s->delivered++;
		}
		s->unended = bytes[i] != '\n';
	}
}

/* As they were made: their names lie when the wall clock was set. */
static int by_age(void const *a, void const *b)
{
	struct entry const *const *const x = a, *const *const y = b;

	return (*x)->inode->ino < (*y)->inode->ino ? -1 : 1;
}

/* The lines less their stamps. (One that is too long for its file goes on in the next, and its
 * stamp may, too.) */
static size_t strip(char *all, size_t size)
{
	enum { STAMP_LEN = 26 };
	size_t len = 0;

	for (size_t at = 0; at < size;) {
		char const *const newline = memchr(all + at, '\n', size - at);
		size_t const end = newline ? (size_t)(newline - all) + 1 : size;
		if (all[at] != '@' || end - at <= STAMP_LEN)
			broken("no line torn: \"%.*s\"", (int)(end - at - 1), all + at);
		else
			at += STAMP_LEN;
		memmove(all + len, all + at, end - at);
		len += end - at;
		at = end;
	}
	return len;
}

/* What a logger that was killed has read and not recorded as written lies in its ledger, for the
 * next one: that may be in the files already, and is the end of the stream. */
static bool in_ledger(struct service const *s, size_t rest)
{
	struct inode const *const lock = tree(s->main, "lock");
	struct ledger_cursor cursors[LEDGER_DIRS];
	struct ledger_input in;

	/* one that was killed before its ledger was there has read nothing */
	if (!lock || !ledger_valid((void const *)lock->data, lock->size))
		return rest == 0;
	ledger_read((void const *)lock->data, &in, cursors);
	char const *const input = lock->data + LEDGER_OVERHEAD;
	size_t const end =
		in.stale ? in.end : ledger_found(input, in.end, lock->size - LEDGER_OVERHEAD);
	size_t const at = cursors[0].dir ? cursors[0].at : 0;
	size_t const n = end - at;
	return rest <= n && n <= s->len && !memcmp(s->stream + s->len - n, input + at, n);
}

void log_whole(struct service *s)
{
	static struct entry *files[1 << 14];
	size_t n = 0, size = 0, len = 0;

	if (s->added)
		return; /* where, is known to nobody */
	if (!s->main)
		return;
	for (size_t i = 0; i < s->main->count && n < 1 << 14; i++)
		if (s->main->entries[i].name[0] == '@' ||
		    !strcmp(s->main->entries[i].name, "current")) {
			files[n++] = &s->main->entries[i];
			size += s->main->entries[i].inode->size;
		}
	qsort(files, n, sizeof *files, by_age);
	char *const all = arena(size + 1);
	for (size_t i = 0; i < n; i++) {
		struct inode const *const f = files[i]->inode;
		if (f->size)
			memcpy(all + len, f->data, f->size);
		len += f->size;
	}
	if (s->temper.stamped)
		len = strip(all, len);
	size_t same = 0;
	while (same < len && same < s->len && all[same] == s->stream[same])
		same++;
	if (same != len || len > s->len || !in_ledger(s, s->len - len))
		broken("no line lost: %s has written %d bytes, its files have %d, from %d on other "
		       "ones: \"%.16s\"",
		       s->name, (int)s->len, (int)len, (int)same, all + same);
}
