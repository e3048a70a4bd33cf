#include <string.h>

#include "pidfd.h"
#include "roster.h"
#include "tap.h"

static struct roster r;

static struct entry *see(char const *name, uint64_t ino, uint64_t now)
{
	return roster_see(&r, name, 1, ino, false, now);
}

static size_t gone(void)
{
	size_t i = 0, n = 0;

	for (struct entry *e; (e = roster_gone(&r, &i)) != NULL; n++)
		roster_leave(&r, e);
	return n;
}

static void appears(void)
{
	struct entry *e = see("web", 10, 5);

	ok(e->state == ROSTER_DUE && roster_deadline(&r) == 5, "a new one is due at once");
	roster_started(e, 100, -1, 6);
	ok(roster_deadline(&r) == 1006, "it runs: its log pipe is looked for once");
	roster_looked(e, true);
	ok(roster_deadline(&r) == UINT64_MAX, "then nothing is due");
	is_int((long)roster_len(&r), 1, "one entry");
	see("web2", 10, 7);
	is_int((long)roster_len(&r), 1, "a second link to it gets no second runsv");
	ok(roster_named(&r, "web") == e && roster_of_pid(&r, 100) == e, "found by name and by pid");
	ok(!roster_of_pid(&r, 101), "nobody's pid");
	roster_release(e, 8);
	ok(roster_deadline(&r) == UINT64_MAX, "one that is not held can't be released");
	e = roster_see(&r, "made", 1, 11, true, 8);
	ok(e->state == ROSTER_HELD && roster_deadline(&r) == UINT64_MAX,
	   "one that is being filled is held");
	roster_release(e, 9);
	ok(roster_deadline(&r) == 9, "and due when it is complete");
}

static void goes(void)
{
	roster_begin(&r);
	see("renamed", 10, 20);
	is_text(roster_name(&r, roster_named(&r, "renamed")), "renamed",
		"a renamed one keeps its runsv, with the new name");
	is_int((long)gone(), 1, "one that was not seen goes");
	is_int((long)roster_len(&r), 1, "without a runsv it is forgotten");
	roster_begin(&r);
	is_int((long)gone(), 1, "one with a runsv");
	ok(roster_len(&r) == 1 && roster_at(&r, 0)->state == ROSTER_LEAVING,
	   "is kept until that has ended");
	see("back", 10, 30);
	roster_ended(&r, roster_at(&r, 0), 0, 31);
	ok(roster_len(&r) == 1 && roster_deadline(&r) == 31,
	   "it came back: started when the old one has gone");
	roster_started(roster_at(&r, 0), 101, -1, 32);
	roster_begin(&r);
	gone();
	roster_ended(&r, roster_at(&r, 0), 0, 40);
	is_int((long)roster_len(&r), 0, "it ended: forgotten");
}

/* It was taken back by a letter, so its runsv has not ended. */
static void goes_again(void)
{
	struct entry *const e = see("again", 60, 0);

	roster_started(e, 400, -1, 0);
	roster_begin(&r);
	is_int((long)gone(), 1, "one goes,");
	see("again", 60, 10);
	ok(e->state == ROSTER_RETURNED && roster_due(e) == 1000,
	   "comes back while its runsv lives, whose log pipe is looked for,");
	roster_begin(&r);
	see("again", 60, 20);
	is_int((long)gone(), 0, "stays,");
	roster_begin(&r);
	is_int((long)gone(), 1, "and goes again: it is told again");
	ok(e->state == ROSTER_LEAVING, "and leaves");
	ok(!roster_ended(&r, e, 0, 30) && roster_len(&r) == 0, "until it has ended");
}

static void killed_while_leaving(void)
{
	struct entry *e = see("k", 50, 0);

	roster_started(e, 300, -1, 0);
	e->dir = 9;
	roster_begin(&r);
	gone();
	ok(roster_ended(&r, e, 9, 10) && e->state == ROSTER_KILLED && roster_deadline(&r) == 10,
	   "killed while leaving: another one is to stop its service");
	roster_started(e, 301, -1, 11);
	roster_leave(&r, e);
	ok(!roster_ended(&r, e, 0, 20) && roster_len(&r) == 0, "that one has: forgotten");
	e = see("k", 50, 0);
	roster_started(e, 300, -1, 0);
	e->dir = 9;
	roster_begin(&r);
	gone();
	roster_ended(&r, e, 9, 10);
	see("k", 50, 12);
	ok(e->state == ROSTER_DUE, "its entry is back: as any other");
	roster_begin(&r);
	is_int((long)gone(), 1, "gone before one was started:");
	ok(roster_len(&r) == 1 && e->state == ROSTER_KILLED && roster_deadline(&r) == 0,
	   "its service is still to be stopped, at once");
	roster_started(e, 302, -1, 11);
	roster_leave(&r, e);
	ok(!roster_ended(&r, e, 0, 20) && roster_len(&r) == 0, "and is forgotten then");
}

static void many_go(void)
{
	char name[2] = "a";

	for (uint64_t i = 0; i < 20; i++, name[0]++)
		roster_started(see(name, i, 0), (pid_t)(200 + i), -1, 0);
	roster_begin(&r);
	see("c", 2, 1);
	is_int((long)gone(), 19, "removal in one pass: contract §8 (25)");
	while (roster_len(&r) > 1)
		roster_ended(&r, roster_at(&r, roster_at(&r, 0)->pid == 202 ? 1 : 0), 0, 2);
	is_text(roster_name(&r, roster_at(&r, 0)), "c", "the right one stays");
	roster_begin(&r);
	gone();
	roster_ended(&r, roster_at(&r, 0), 0, 2);
}

static void names(void)
{
	static char const *const all[] = { "one", "a longer one", "x", "the last" };
	char odd[256];
	bool right = true;

	memset(odd, 'n', sizeof odd - 1);
	odd[sizeof odd - 1] = 0;
	for (uint64_t i = 0; i < 4; i++)
		see(all[i], 60 + i, 0);
	roster_begin(&r);
	for (uint64_t i = 0; i < 4; i++)
		see(i == 1 ? odd : all[i], 60 + i, 1);
	for (size_t i = 0; i < 4; i++)
		right = right && !strcmp(roster_name(&r, roster_at(&r, i)), i == 1 ? odd : all[i]);
	ok(right, "a new name leaves the others as they are");
	ok(!roster_named(&r, all[1]) && roster_named(&r, odd) == roster_at(&r, 1),
	   "and only the new one is found");
	roster_begin(&r);
	see(odd, 61, 2);
	see("x", 62, 2);
	gone();
	ok(roster_len(&r) == 2 && roster_named(&r, odd)->ino == 61 &&
		   roster_named(&r, "x")->ino == 62,
	   "nor does one that goes");
	is_int((long)r.names.len, 256 + 2, "what has gone leaves no gap");
	roster_begin(&r);
	gone();
}

static void pipes(void)
{
	struct entry *e = see("p", 70, 0);

	roster_started(e, 400, -1, 100);
	roster_looked(e, false);
	is_int((long)roster_due(e), 4100, "a slow start: again after 4 s");
	roster_looked(e, false);
	is_int((long)roster_due(e), 16100, "and after 16");
	roster_looked(e, false);
	ok(roster_due(e) == UINT64_MAX, "then never again");
	roster_looked(e, false);
	ok(roster_due(e) == UINT64_MAX, "nor after a report without a pipe");
	roster_started(e, 401, 5, 200);
	is_int((long)roster_due(e), 200, "one that is taken up has its pipe already");
	ok(roster_of_pidfd(&r, 5) == e && !roster_of_pidfd(&r, 6),
	   "and is found by its descriptor");
	roster_looked(e, false);
	is_int((long)roster_due(e), 4200, "unless it was just starting");
	roster_leave(&r, e);
	ok(roster_due(e) == UINT64_MAX, "of one that is leaving it is not looked for");
	e->seen = false;
	roster_ended(&r, e, 0, 300);
}

static void restarts(void)
{
	static struct {
		char const *name;
		int wstat;
		uint64_t lived, wait;
	} const t[] = {
		{ "killed after a while: at once", 9, 5000, 0 },
		{ "killed young: at once", 9, 10, 0 },
		{ "nobody knows how: at once", WSTAT_UNKNOWN, 10, 0 },
		{ "left with 0: a second later", 0, 5000, 1000 },
		{ "111 at once: a second after its start", 111 << 8, 10, 990 },
		{ "111 after a while: at once", 111 << 8, 5000, 0 },
	};
	struct entry *e = see("x", 1, 0);

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		roster_started(e, 7, -1, 100000);
		roster_ended(&r, e, t[i].wstat, 100000 + t[i].lived);
		is_int((long)(roster_deadline(&r) - 100000 - t[i].lived), (long)t[i].wait,
		       t[i].name);
	}
	uint64_t wait = 0;
	for (int i = 0; i < 7; i++) {
		roster_started(e, 7, -1, 200000);
		roster_ended(&r, e, 9, 200010);
		wait = roster_deadline(&r) - 200010;
	}
	is_int((long)wait, 990, "killed again and again: paced");
	roster_failed(e, 300000);
	roster_failed(e, 300000);
	is_int((long)(roster_deadline(&r) - 300000), 2000, "fork fails: 1 s, then 2 s");
}

int main(void)
{
	appears();
	goes();
	goes_again();
	killed_while_leaving();
	many_go();
	names();
	pipes();
	restarts();
	return done();
}
