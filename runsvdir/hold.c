#include <string.h>
#include <sys/stat.h>

#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>

#include "scan.h"

/* cp and docker cp write without pauses; the last resort is what the reference needs to see an
 * entry. */
enum { QUIET = 50, LAST = 5000 };

static struct hold *at(struct scanner const *s, size_t i)
{
	return genalloc_s(struct hold, &s->holds) + i;
}

static size_t count(struct scanner const *s)
{
	return genalloc_len(struct hold, &s->holds);
}

void hold_add(struct scanner *s, struct entry const *e, uint64_t now)
{
	stralloc path = STRALLOC_ZERO;
	struct hold h = {
		.dev = e->dev, .ino = e->ino, .quiet = now + QUIET, .last = now + LAST, .wd = -1
	};

	if (stralloc_cats(&path, s->path) && stralloc_cats(&path, "/") &&
	    stralloc_cats(&path, roster_name(&s->roster, e)) && stralloc_0(&path))
		h.wd = watch_held(&s->watch, path.s);
	stralloc_free(&path);
	if (!genalloc_append(struct hold, &s->holds, &h))
		strerr_warnwusys("remember ", roster_name(&s->roster, e));
}

static void drop(struct scanner *s, size_t i)
{
	watch_release(&s->watch, at(s, i)->wd);
	*at(s, i) = *at(s, count(s) - 1);
	genalloc_setlen(struct hold, &s->holds, count(s) - 1);
}

void hold_remove(struct scanner *s, struct entry const *e)
{
	for (size_t i = count(s); i-- > 0;)
		if (at(s, i)->dev == e->dev && at(s, i)->ino == e->ino)
			drop(s, i);
}

void hold_touched(struct scanner *s, int wd)
{
	for (size_t i = 0; i < count(s); i++)
		if (at(s, i)->wd == wd)
			at(s, i)->quiet = stamp_ms() + QUIET;
}

static struct entry *entry_of(struct scanner const *s, struct hold const *h)
{
	for (size_t i = 0; i < roster_len(&s->roster); i++) {
		struct entry *const e = roster_at(&s->roster, i);
		if (e->dev == h->dev && e->ino == h->ino)
			return e;
	}
	return NULL;
}

static bool has_run(struct scanner const *s, struct entry const *e)
{
	stralloc path = STRALLOC_ZERO;
	struct stat st;
	bool const has = stralloc_cats(&path, roster_name(&s->roster, e)) &&
			 stralloc_cats(&path, "/run") && stralloc_0(&path) &&
			 fstatat(s->dir, path.s, &st, 0) == 0;

	stralloc_free(&path);
	return has;
}

void hold_settle(struct scanner *s)
{
	uint64_t const now = stamp_ms();

	for (size_t i = count(s); i-- > 0;) {
		struct hold *const h = at(s, i);
		struct entry *const e = entry_of(s, h);

		if (now < h->quiet && now < h->last)
			continue;
		/* without a watch nothing would tell: then it is looked at again */
		if (e && now < h->last && !has_run(s, e)) {
			h->quiet = h->wd < 0 ? now + QUIET : UINT64_MAX;
			continue;
		}
		drop(s, i);
		if (e)
			roster_release(e, now);
	}
}

uint64_t hold_deadline(struct scanner const *s)
{
	uint64_t least = UINT64_MAX;

	for (size_t i = 0; i < count(s); i++) {
		uint64_t const t =
			at(s, i)->quiet < at(s, i)->last ? at(s, i)->quiet : at(s, i)->last;
		least = t < least ? t : least;
	}
	return least;
}
