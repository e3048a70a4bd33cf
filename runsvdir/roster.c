#include <string.h>
#include <sys/wait.h>

#include "pidfd.h"
#include "roster.h"

#define SECOND UINT64_C(1000)
enum { QUICK_MAX = 5, HASH_MASK = 0xff, LOOKS = 3 };

_Static_assert(sizeof(struct entry) == 40, "a thousand of them are ten pages");

size_t roster_len(struct roster const *r)
{
	return genalloc_len(struct entry, &r->entries);
}

struct entry *roster_at(struct roster const *r, size_t i)
{
	return genalloc_s(struct entry, &r->entries) + i;
}

char const *roster_name(struct roster const *r, struct entry const *e)
{
	return r->names.s + e->name;
}

static void set_when(struct entry *e, uint64_t ms)
{
	e->when = ms & ((UINT64_C(1) << 39) - 1);
}

/* FNV-1a: spares a thousand string comparisons an event. */
static unsigned int hash_of(char const *name)
{
	uint32_t h = UINT32_C(2166136261);

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * UINT32_C(16777619);
	return h & HASH_MASK;
}

struct entry *roster_named(struct roster const *r, char const *name)
{
	unsigned int const hash = hash_of(name);

	for (size_t i = 0; i < roster_len(r); i++) {
		struct entry *const e = roster_at(r, i);
		if (e->hash == hash && !strcmp(roster_name(r, e), name))
			return e;
	}
	return NULL;
}

struct entry *roster_of_pid(struct roster const *r, pid_t pid)
{
	for (size_t i = 0; i < roster_len(r); i++)
		if (roster_at(r, i)->pid == pid)
			return roster_at(r, i);
	return NULL;
}

struct entry *roster_of_pidfd(struct roster const *r, int pidfd)
{
	for (size_t i = 0; i < roster_len(r); i++)
		if (roster_at(r, i)->pidfd == pidfd)
			return roster_at(r, i);
	return NULL;
}

static struct entry *find(struct roster const *r, uint64_t dev, uint64_t ino)
{
	for (size_t i = 0; i < roster_len(r); i++)
		if (roster_at(r, i)->ino == ino && roster_at(r, i)->dev == (uint32_t)dev)
			return roster_at(r, i);
	return NULL;
}

/* Room for n more bytes. Pages that are not touched cost nothing; growing by and by does, since an
 * allocator keeps pieces of what it has outgrown. Blocks of this size musl maps one by one, and has
 * no reason to write at their ends. */
static bool has_room(stralloc *a, size_t n)
{
	enum { BLOCK = 131072, HEAD = 20 };
	size_t const need = a->len + n;

	return need <= a->a ||
	       stralloc_ready_tuned(a, ((need + HEAD) / BLOCK + 1) * BLOCK - HEAD, 0, 0, 1);
}

/* False: out of memory, and the entry has the name that it had. */
static bool name_it(struct roster *r, struct entry *e, char const *name)
{
	size_t const at = r->names.len;

	size_t const n = strlen(name) + 1;

	if (at > UINT32_MAX || !has_room(&r->names, n))
		return false;
	stralloc_catb(&r->names, name, n);
	e->name = (uint32_t)at;
	e->hash = hash_of(name) & HASH_MASK;
	return true;
}

/* Those behind it move up. */
static void erase(struct roster *r, uint32_t name)
{
	char *const at = r->names.s + name;
	size_t const n = strlen(at) + 1;

	r->names.len -= n;
	memmove(at, at + n, r->names.len - name);
	for (size_t i = 0; i < roster_len(r); i++)
		if (roster_at(r, i)->name > name)
			roster_at(r, i)->name -= (uint32_t)n;
}

static void rename_to(struct roster *r, struct entry *e, char const *name)
{
	uint32_t const old = e->name;

	if (strcmp(roster_name(r, e), name) != 0 && name_it(r, e, name))
		erase(r, old);
}

struct entry *roster_see(struct roster *r, char const *name, uint64_t dev, uint64_t ino, bool hold,
			 uint64_t now)
{
	struct entry fresh = { .dev = (uint32_t)dev,
			       .ino = ino,
			       .pidfd = -1,
			       .dir = -1,
			       .pipe = -1,
			       .seen = true,
			       .state = hold ? ROSTER_HELD : ROSTER_DUE };
	struct entry *const known = find(r, dev, ino);

	if (known) {
		if (!known->seen || known->state == ROSTER_LEAVING)
			rename_to(r, known, name);
		known->seen = true;
		if (known->state == ROSTER_LEAVING)
			known->state = ROSTER_RETURNED;
		if (known->state == ROSTER_KILLED)
			known->state = ROSTER_DUE;
		return known;
	}
	set_when(&fresh, now);
	if (!name_it(r, &fresh, name))
		return NULL;
	if (!has_room(&r->entries, sizeof fresh)) {
		r->names.len = fresh.name;
		return NULL;
	}
	genalloc_append(struct entry, &r->entries, &fresh);
	return roster_at(r, roster_len(r) - 1);
}

void roster_begin(struct roster *r)
{
	for (size_t i = 0; i < roster_len(r); i++)
		roster_at(r, i)->seen = false;
}

struct entry *roster_gone(struct roster *r, size_t *from)
{
	for (; *from < roster_len(r); ++*from) {
		struct entry *const e = roster_at(r, *from);
		if (!e->seen && e->state != ROSTER_LEAVING && e->state != ROSTER_KILLED)
			return e;
	}
	return NULL;
}

/* The last one takes its place. */
static void forget(struct roster *r, struct entry *e)
{
	size_t const last = roster_len(r) - 1;

	erase(r, e->name);
	*e = *roster_at(r, last);
	genalloc_setlen(struct entry, &r->entries, last);
}

bool roster_leave(struct roster *r, struct entry *e)
{
	if (!e->pid && e->dir < 0) {
		forget(r, e);
		return false;
	}
	e->state = e->pid ? ROSTER_LEAVING : ROSTER_KILLED;
	if (!e->pid)
		set_when(e, 0);
	return true;
}

void roster_release(struct entry *e, uint64_t now)
{
	if (e->state != ROSTER_HELD)
		return;
	e->state = ROSTER_DUE;
	set_when(e, now);
}

void roster_started(struct entry *e, pid_t pid, int pidfd, uint64_t now)
{
	e->state = ROSTER_RUNNING;
	e->pid = pid;
	e->pidfd = pidfd;
	set_when(e, now);
	e->failures = 0;
	e->looks = LOOKS;
}

void roster_failed(struct entry *e, uint64_t now)
{
	set_when(e, now + (e->failures < 3 ? SECOND << e->failures : 5 * SECOND));
	if (e->failures < 3)
		e->failures++;
}

/* Killed: at once, the service has nobody. It left by itself with 0 (x): a second later, so that
 * who waits for its going sees it. Trouble, or killed again and again: a second after its start. */
static uint64_t restart_at(struct entry *e, int wstat, uint64_t now)
{
	bool const killed = wstat == WSTAT_UNKNOWN || WIFSIGNALED(wstat);
	uint64_t const paced = e->when + SECOND;

	if (now >= paced || !killed)
		e->quick = 0;
	if (killed)
		return e->quick++ < QUICK_MAX ? now : paced;
	if (WEXITSTATUS(wstat) == 0)
		return now + SECOND;
	return paced > now ? paced : now;
}

bool roster_ended(struct roster *r, struct entry *e, int wstat, uint64_t now)
{
	bool const leaving = e->state == ROSTER_LEAVING;
	bool const trouble = wstat != 0; /* killed, or unable to have its lock */

	e->pid = 0;
	e->pidfd = -1;
	if (leaving && !(trouble && e->dir >= 0 && e->quick < QUICK_MAX)) {
		forget(r, e);
		return false;
	}
	set_when(e, leaving || e->state == ROSTER_RETURNED ? now : restart_at(e, wstat, now));
	e->state = leaving ? ROSTER_KILLED : ROSTER_DUE;
	e->told = 0; /* it may have taken the letter along */
	if (leaving)
		e->quick++;
	if (e->quick > QUICK_MAX)
		e->quick = QUICK_MAX;
	return true;
}

void roster_looked(struct entry *e, bool sure)
{
	e->looks = sure || !e->looks ? 0 : (e->looks - 1) & LOOKS;
}

/* A child reports its pipe by a signal; many of them become one, so it is looked for when a child
 * has had the time to make it: after one second, on a busy machine 4 or 16. */
uint64_t roster_due(struct entry const *e)
{
	switch (e->state) {
	case ROSTER_DUE:
	case ROSTER_KILLED:
		return e->when;
	case ROSTER_RUNNING:
	case ROSTER_RETURNED:
		if (!e->looks)
			return UINT64_MAX;
		if (e->pidfd >= 0 && e->looks == LOOKS)
			return e->when; /* taken up: its pipe is there, most likely */
		return e->when + (SECOND << 2 * (LOOKS - e->looks));
	case ROSTER_HELD:
	case ROSTER_LEAVING:
		break;
	}
	return UINT64_MAX;
}

uint64_t roster_deadline(struct roster const *r)
{
	uint64_t least = UINT64_MAX;

	for (size_t i = 0; i < roster_len(r); i++) {
		uint64_t const due = roster_due(roster_at(r, i));
		least = due < least ? due : least;
	}
	return least;
}
