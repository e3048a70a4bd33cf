#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>

#include "files.h"
#include "place.h"
#include "scan.h"

enum { EVERY = 5000, FRESH_MS = 50, MANY = 64 };

/* How an entry came into sight: whether it may be incomplete depends on it. */
enum arrival { ARRIVAL_FIRST, ARRIVAL_MOVED, ARRIVAL_MADE, ARRIVAL_FOUND };

static bool changed_just_now(struct stat const *st)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	int64_t const age = (now.tv_sec - st->st_mtim.tv_sec) * 1000 +
			    (now.tv_nsec - st->st_mtim.tv_nsec) / 1000000;
	return age >= 0 && age < FRESH_MS;
}

/* log/ and down are looked at once, when a runsv starts: a directory that cp makes in place must be
 * complete before. What was there first, or came by rename or as a link, is. */
static bool may_be_incomplete(struct scanner const *s, char const *name, enum arrival how,
			      struct stat const *st)
{
	struct stat link;

	if (how == ARRIVAL_FIRST || how == ARRIVAL_MOVED)
		return false;
	if (fstatat(s->dir, name, &link, AT_SYMLINK_NOFOLLOW) < 0 || S_ISLNK(link.st_mode))
		return false;
	return how == ARRIVAL_MADE || changed_just_now(st);
}

static void look_at(struct scanner *s, char const *name, enum arrival how)
{
	struct stat st, link;
	struct entry *const old = roster_named(&s->roster, name);

	if (name[0] == '.')
		return;
	int const r = fstatat(s->dir, name, &st, 0);
	int const reason = errno;
	if (r < 0 && fstatat(s->dir, name, &link, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = reason;
		strerr_warnwusys("stat ", name);
	}
	/* what had this name may be there under another: only reading all of the directory can tell
	 */
	bool const dir = r == 0 && S_ISDIR(st.st_mode);
	if (old && (!dir || old->dev != (uint32_t)st.st_dev || old->ino != st.st_ino))
		s->rescan = true;
	if (!dir)
		return;
	size_t const before = roster_len(&s->roster);
	uint64_t const now = stamp_ms();
	bool const hold = may_be_incomplete(s, name, how, &st);
	struct entry *const e = roster_see(&s->roster, name, st.st_dev, st.st_ino, hold, now);
	if (!e)
		strerr_warnwusys("remember ", name);
	else if (roster_len(&s->roster) > before && e->state == ROSTER_HELD)
		hold_add(s, e, now);
}

static void leave_gone(struct scanner *s)
{
	size_t i = 0;

	for (struct entry *e; (e = roster_gone(&s->roster, &i)) != NULL;) {
		hold_remove(s, e);
		service_leave(s, e);
		if (s->stopping && !e->pid && e->dir < 0)
			stop_gone(e, &s->order);
		roster_leave(&s->roster, e);
	}
}

struct looking {
	struct scanner *s;
	enum arrival how;
};

static void look_at_one(void *looking, char const *name)
{
	struct looking const *const l = looking;

	look_at(l->s, name, l->how);
}

void scan_leave_all(struct scanner *s)
{
	roster_begin(&s->roster);
	leave_gone(s);
}

static void scan_all(struct scanner *s, enum arrival how)
{
	int const fd = openat(s->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	s->rescan = false;
	if (fd < 0) {
		strerr_warnwusys("open directory ", s->path);
		s->look = stamp_ms() + 1000;
		return;
	}
	roster_begin(&s->roster);
	struct looking l = { s, how };
	int const r = files_each(fd, look_at_one, &l);
	int const e = errno;
	fd_close(fd);
	s->rescan = false; /* this was it */
	if (r < 0) {       /* nothing is removed on half a view */
		errno = e;
		strerr_warnwusys("read directory ", s->path);
		s->look = stamp_ms() + 1000;
		return;
	}
	leave_gone(s);
}

static void say_deaf(struct scanner *s)
{
	if (!s->deaf)
		strerr_warnw("no events can be had for ", s->path, ": looking every 5 seconds");
	s->deaf = true;
	s->look = stamp_ms() + EVERY;
}

static bool is_there(struct scanner *s, struct stat *st)
{
	if (stat(s->path, st) == 0 && S_ISDIR(st->st_mode)) {
		s->missing = false;
		return true;
	}
	if (!s->missing)
		strerr_warnwusys("stat ", s->path);
	s->missing = true;
	return false;
}

/* Enters the directory st, if it is another one than before. */
static void enter(struct scanner *s, struct stat const *st)
{
	if (s->dir >= 0 && st->st_dev == s->dev && st->st_ino == s->ino) {
		s->rescan = true;
		return;
	}
	int const fd = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		strerr_warnwusys("open directory ", s->path);
		s->look = stamp_ms() + 1000;
		return;
	}
	if (s->dir >= 0)
		fd_close(s->dir);
	s->dir = fd;
	s->dev = st->st_dev;
	s->ino = st->st_ino;
	scan_all(s, ARRIVAL_FIRST);
}

void scan_resolve(struct scanner *s)
{
	struct stat st, again;
	bool heard, there, other;

	s->look = UINT64_MAX;
	if (!s->path)
		return;
	/* until the way is watched and leads where it led before: a switch in between has no event
	 */
	do {
		heard = watch_path(&s->watch, s->path);
		there = is_there(s, &st);
		if (there)
			enter(s, &st);
		other = (stat(s->path, &again) == 0 && S_ISDIR(again.st_mode)) != there;
	} while (other || (there && (again.st_dev != st.st_dev || again.st_ino != st.st_ino)));
	if (!heard || (s->dir >= 0 && !watch_works(s->dir)))
		say_deaf(s);
}

struct telling {
	struct scanner *s;
	unsigned int names;
	bool path;
};

static void tell(void *context, enum watch_hint hint, char const *name, int wd)
{
	struct telling *const t = context;

	switch (hint) {
	case WATCH_PATH:
		t->path = true;
		break;
	case WATCH_HELD:
		hold_touched(t->s, wd);
		break;
	case WATCH_NAME:
	case WATCH_CREATED:
		look_at(t->s, name, hint == WATCH_CREATED ? ARRIVAL_MADE : ARRIVAL_MOVED);
		break;
	}
}

void scan_events(struct scanner *s)
{
	struct telling t = { .s = s };

	watch_read(&s->watch, tell, &t);
	if (t.path)
		scan_resolve(s);
}

/* What has its name now may be another directory, or none: then all of them are looked at again, as
 * the reference does after each death. */
static bool still_there(struct scanner *s, struct entry *e)
{
	if (place_hold(s, e))
		return true;
	s->rescan = true;
	roster_failed(e, stamp_ms());
	return false;
}

static void start_due(struct scanner *s)
{
	uint64_t const now = stamp_ms();

	for (size_t i = 0; i < roster_len(&s->roster); i++) {
		struct entry *const e = roster_at(&s->roster, i);
		size_t const before = roster_len(&s->roster);
		if (roster_due(e) > now)
			continue;
		if (e->state == ROSTER_KILLED)
			service_stop(s, e);
		else if (e->state != ROSTER_DUE)
			pipe_look(s, e);
		else if (still_there(s, e))
			service_start(s, e);
		if (roster_len(&s->roster) < before)
			i--; /* it was forgotten, and another one has its place */
	}
}

void scan_settle(struct scanner *s)
{
	if (s->stopping) {
		start_due(s);
		return;
	}
	if (stamp_ms() >= s->look)
		scan_resolve(s);
	do {
		if (s->rescan && s->dir >= 0)
			scan_all(s, ARRIVAL_FOUND);
		hold_settle(s);
		start_due(s);
	} while (s->rescan && s->dir >= 0);
}

uint64_t scan_deadline(struct scanner const *s)
{
	uint64_t least = roster_deadline(&s->roster);
	uint64_t const held = hold_deadline(s);

	least = held < least ? held : least;
	return s->look < least ? s->look : least;
}
