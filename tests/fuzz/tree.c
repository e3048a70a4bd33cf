/* What scan.c and service.c do to the roster, in a directory and with processes that are made up.
 */
#include "pidfd.h"
#include "tree.h"

enum { KILLED = 9, TROUBLE = 111 << 8 };

static char const *const names[NAMES] = { "a", "web", "a longer name", "web2", "z" };

bool tree_leads(struct tree const *t, char const *name, uint64_t ino)
{
	for (size_t i = 0; i < NAMES; i++)
		if (t->dir[i] == ino && (!name || !strcmp(names[i], name)))
			return true;
	return false;
}

static void check_entry(struct tree const *t, struct entry *e)
{
	struct entry const *const named = roster_named(&t->r, roster_name(&t->r, e));
	uint64_t const due = roster_due(e);

	must(e->pid == t->runsv[e->ino], "what lives is known");
	must(!e->pid || roster_of_pid(&t->r, e->pid) == e, "and found by its pid");
	must(e->pidfd < 0 || (e->pid && roster_of_pidfd(&t->r, e->pidfd) == e), "or descriptor");
	must(named && !strcmp(roster_name(&t->r, named), roster_name(&t->r, e)), "by its name");
	bool const lives = e->state == ROSTER_RUNNING || e->state == ROSTER_LEAVING ||
			   e->state == ROSTER_RETURNED;
	must(lives == (e->pid != 0), "who runs or leaves has a process, and nobody else");
	must(e->pid || e->state == ROSTER_HELD || due <= t->now + 5000, "nobody waits for long");
}

void tree_check(struct tree const *t)
{
	size_t bytes = 0;
	uint64_t least = UINT64_MAX;

	for (size_t i = 0; i < roster_len(&t->r); i++) {
		struct entry *const e = roster_at(&t->r, i);
		check_entry(t, e);
		for (size_t k = 0; k < i; k++)
			must(roster_at(&t->r, k)->ino != e->ino, "one entry for one directory");
		bytes += strlen(roster_name(&t->r, e)) + 1;
		least = roster_due(e) < least ? roster_due(e) : least;
	}
	must(t->r.names.len == bytes, "names lie without gaps");
	must(roster_deadline(&t->r) == least, "the deadline is the least");
	for (size_t ino = 1; ino <= INODES; ino++)
		must(!t->runsv[ino] || roster_of_pid(&t->r, t->runsv[ino]), "no runsv is lost");
}

void tree_look(struct tree *t, size_t name, bool hold)
{
	if (!t->dir[name])
		return;
	struct entry const *const e = roster_see(&t->r, names[name], 1, t->dir[name], hold, t->now);
	must(e && e->ino == t->dir[name] && e->seen, "its entry");
	must(e->state != ROSTER_KILLED, "who is back is not stopped");
	must(e->state != ROSTER_LEAVING, "and who leaves is to come back");
}

void tree_leave_gone(struct tree *t)
{
	size_t from = 0;

	for (struct entry *e; (e = roster_gone(&t->r, &from)) != NULL;) {
		bool const stays = e->pid || e->dir >= 0;
		e->quick = 0;
		must(roster_leave(&t->r, e) == stays, "who has something left to stop stays");
	}
}

void tree_scan(struct tree *t, size_t first)
{
	roster_begin(&t->r);
	for (size_t i = 0; i < NAMES; i++)
		tree_look(t, (i + first) % NAMES, false);
	tree_leave_gone(t);
	for (size_t i = 0; i < roster_len(&t->r); i++) {
		struct entry const *const e = roster_at(&t->r, i);
		bool const leaves = e->state == ROSTER_LEAVING || e->state == ROSTER_KILLED;
		must(tree_leads(t, NULL, e->ino) ? e->seen : leaves,
		     "who has gone leaves, nobody else");
		must(!e->seen || tree_leads(t, roster_name(&t->r, e), e->ino),
		     "its name leads to it");
	}
}

static void start(struct tree *t, struct entry *e, bool adopts)
{
	if (t->fails) {
		t->fails--;
		roster_failed(e, t->now);
		must(roster_due(e) > t->now, "it is not tried again at once");
		return;
	}
	must(!t->runsv[e->ino], "one runsv for one directory");
	t->runsv[e->ino] = ++t->last;
	roster_started(e, t->last, adopts ? (int)t->last : -1, t->now);
}

/* As start_due of scan.c. */
void tree_due(struct tree *t, unsigned int how)
{
	for (size_t i = 0; i < roster_len(&t->r); i++) {
		struct entry *const e = roster_at(&t->r, i);
		if (roster_due(e) > t->now)
			continue;
		if (e->state == ROSTER_RUNNING || e->state == ROSTER_RETURNED) {
			roster_looked(e, how & 1);
			must(roster_due(e) > t->now || e->when < t->now,
			     "a pipe is looked for later");
		} else if (e->state == ROSTER_KILLED && how & 2) { /* nothing was left */
			e->dir = -1;
			must(!roster_leave(&t->r, e), "it is forgotten");
			i--;
		} else if (e->state == ROSTER_KILLED) {
			start(t, e, how & 4);
			if (e->state == ROSTER_RUNNING)
				roster_leave(&t->r, e);
		} else if (tree_leads(t, roster_name(&t->r, e), e->ino)) {
			e->dir = 7;
			start(t, e, how & 4);
		} else {
			roster_failed(e, t->now);
		}
	}
}

void tree_ends(struct tree *t, size_t ino, unsigned int how)
{
	static int const ways[] = { 0, KILLED, TROUBLE, WSTAT_UNKNOWN };
	struct entry *const e = t->runsv[ino] ? roster_of_pid(&t->r, t->runsv[ino]) : NULL;
	size_t const len = roster_len(&t->r);

	if (!e)
		return;
	bool const runs = e->state == ROSTER_RUNNING, wanted = runs || e->seen;
	t->runsv[ino] = 0;
	e->told = true;
	bool const kept = roster_ended(&t->r, e, ways[how % 4], t->now);
	must(kept || !wanted, "who is wanted is kept");
	must(!kept || !e->told, "the next one has not been told");
	must(roster_len(&t->r) == len - !kept, "who is forgotten is no more");
	must(how % 4 || !runs || roster_due(e) == t->now + 1000,
	     "who left by itself comes back when that was seen");
}
