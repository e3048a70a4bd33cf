#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "events.h"
#include "life.h"
#include "reexec.h"
#include "runsv.h"
#include "stamp.h"
#include "std.h"
#include "tree.h"

/* 1 it is there, 0 it is not, and the reference's warning for anything else. */
static int there(char const *path, struct stat *st)
{
	if (stat(path, st) == 0)
		return 1;
	if (errno != ENOENT)
		strerr_warnwusys("stat() ", path, ": ");
	return 0;
}

/* runsv itself needs some twenty descriptors; its children get the limit that it was given. */
static void raise_limit(struct runsv *v)
{
	enum { NEEDED = 64 };
	struct rlimit more;

	if (getrlimit(RLIMIT_NOFILE, &v->nofile) < 0 || v->nofile.rlim_cur >= NEEDED)
		return;
	more = v->nofile;
	more.rlim_cur = more.rlim_max < NEEDED ? more.rlim_max : NEEDED;
	v->raised = prlimit(0, RLIMIT_NOFILE, &more, NULL) == 0;
}

static void enter(struct runsv *v, char const *dir)
{
	v->origin = openat(AT_FDCWD, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (chdir(dir) < 0)
		strerr_diefusys(111, "change to directory");
	v->service = openat(AT_FDCWD, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (v->service < 0)
		strerr_diefusys(111, "open directory");
}

/* What the owner's files say: want, and whether there is a logger. */
static void look(struct runsv *v, enum want wants[2])
{
	struct stat st;
	unsigned int slots = 1;

	wants[SERVICE] = there("down", &st) ? WANT_DOWN : WANT_UP;
	wants[LOGGER] = WANT_UP;
	if (there("./log", &st)) {
		if (S_ISDIR(st.st_mode))
			slots = 2;
		else
			strerr_warnw("./log: not a directory.");
	}
	if (slots == 2 && there("log/down", &st))
		wants[LOGGER] = WANT_DOWN;
	pair_init(&v->pair, slots);
}

static void die_unknown(struct identity const *id)
{
	char pid[UINT_FMT];

	pid[uint_fmt(pid, (unsigned int)id->pid)] = 0;
	strerr_dief(111, "process ", pid,
		    " of an earlier runsv may still live, and /proc does not tell");
}

/* A record that can't be understood may be one of a later version: nothing is started beside what
 * it names. */
static void die_if_living(unsigned int who, struct record const *bad)
{
	char pid[UINT_FMT];
	struct proc p;

	if (!bad->process.pid || proc_life(&bad->process, &p) != PROC_THERE)
		return;
	pid[uint_fmt(pid, (unsigned int)bad->process.pid)] = 0;
	strerr_dief(111, "unable to understand ", runsv_where[who],
		    "supervise/record, and process ", pid, ", which it names, lives");
}

/* The record of an earlier life of this supervise/, if there is one. */
static bool recall(struct runsv *v, unsigned int who, struct record *old)
{
	struct stat st;
	char text[RECORD_SIZE];
	struct record *const r = &v->record[who];

	if (fstat(v->supervise[who], &st) < 0)
		strerr_diefusys(111, "stat ", runsv_where[who], "supervise");
	r->dev = st.st_dev;
	r->ino = st.st_ino;
	r->wstat = WSTAT_UNKNOWN;
	r->policy = policy_none;
	if (who == LOGGER)
		memcpy(r->instance, v->record[SERVICE].instance, INSTANCE_SIZE);
	else if (!proc_instance(r->instance) && errno != ENOENT && errno != EACCES)
		strerr_diefusys(111, "read /proc"); /* it is there: no reason to begin anew */
	ssize_t const n =
		v->record_file[who] < 0 ? 0 : pread(v->record_file[who], text, RECORD_SIZE, 0);
	if (n < 0) /* there may be one */
		strerr_diefusys(111, "read ", runsv_where[who], "supervise/record");
	v->record_len[who] = (size_t)n;
	if (!n)
		return false;
	bool const good = record_parse(old, text, (size_t)n);
	if (!good) {
		die_if_living(who, old);
		strerr_warnw("ignoring ", runsv_where[who], "supervise/record: bad format");
	}
	if (!good || old->dev != r->dev || old->ino != r->ino ||
	    strcmp(old->instance, r->instance) != 0) {
		/* who sees `ok` open is not to believe it either */
		if (ftruncate(v->record_file[who], 0) == 0)
			v->record_len[who] = 0;
		return false;
	}
	*r = *old;
	v->recalled[who] = true;
	return true;
}

/* A pidfd of a process that is not our child. The start time is compared again behind it: from
 * there on the pid cannot be another process. -1: it has gone. */
static int hold(struct identity const *id)
{
	struct proc p;
	int const fd = pidfd_of(id->pid);

	if (fd < 0 && errno != ESRCH) {
		char pid[UINT_FMT];
		pid[uint_fmt(pid, (unsigned int)id->pid)] = 0;
		strerr_diefusys(111, "take up process ", pid, " of an earlier runsv");
	}
	if (fd < 0)
		return -1;
	enum proc_life const life = proc_life(id, &p);
	if (life == PROC_UNKNOWN)
		die_unknown(id);
	if (life == PROC_THERE)
		return fd;
	fd_close(fd);
	return -1;
}

enum found { FOUND_GONE, FOUND_CHILD, FOUND_OTHER };

static enum found find(struct identity const *id, int *pidfd)
{
	struct proc p;

	*pidfd = -1;
	if (!id->pid)
		return FOUND_GONE;
	switch (proc_life(id, &p)) {
	case PROC_GONE:
		return FOUND_GONE;
	case PROC_UNKNOWN:
		die_unknown(id);
		break;
	case PROC_THERE:
		break;
	}
	if (p.parent == getpid())
		return FOUND_CHILD;
	*pidfd = hold(id);
	return *pidfd < 0 ? FOUND_GONE : FOUND_OTHER;
}

/* How long ago a stamp was, on the monotonic clock; a clock that was set back gives now. */
static void since_started(tain *started, tain const *since)
{
	tain wall, now, age;

	stamp_now(&wall);
	stamp_monotonic(&now);
	*started = now;
	if (tain_less(since, &wall) && tain_sub(&age, &wall, since) && tain_less(&age, &now))
		tain_sub(started, &now, &age);
}

/* Was a stop asked for that has not been carried out, and is no script at it? One that is out for
 * the process before is not: that it is to be asked again after it, no record holds. */
static bool stop_is_owed(struct runsv const *v, unsigned int who)
{
	struct slot const *const s = &v->pair.slot[who];
	bool const exits = s->want == WANT_EXIT || s->want == WANT_FINAL;
	bool const wanted = s->want == WANT_DOWN || (exits && who == SERVICE);
	bool const asking = who == SERVICE && ticket_is_out(&v->tickets, 't', s->pid);

	return s->phase == PHASE_RUN && wanted && !s->told && !asking;
}

/* What outlives the process as well. */
static void remember(struct slot *s, struct record const *old)
{
	s->over = old->over;
	s->code = old->code;
	s->killed = old->killed;
	s->policy = old->policy;
}

/* An earlier life as events for the same table. */
static void take_up(struct runsv *v, unsigned int who, struct record const *old)
{
	static enum event_kind const kinds[PHASES] = { [PHASE_RUN] = EV_FOUND_RUN,
						       [PHASE_CLEAR] = EV_FOUND_CLEAR,
						       [PHASE_FINISH] = EV_FOUND_FINISH };
	struct event e = { .kind = kinds[old->phase],
			   .pid = old->process.pid,
			   .wstat = old->wstat,
			   .term = old->term,
			   .paused = old->paused,
			   .told = old->told,
			   .sent = old->sent,
			   .wall = old->since };
	enum found const found = find(&old->process, &v->pidfd[who]);

	v->recalled[who] = false;
	if (old->phase == PHASE_DOWN)
		return;
	since_started(&e.started, &old->since);
	if (old->policy.kill_mode == KILL_TREE)
		tree_adopt(true);
	dispatch(v, who, &e);
	if (old->phase == PHASE_CLEAR) {
		left_ended(v);
	} else if (found == FOUND_GONE && old->process.pid) {
		process_ended(v, who, WSTAT_UNKNOWN);
	} else if (stop_is_owed(v, who)) {
		struct event stop = { .kind = EV_TERM, .letter = 't' };
		dispatch(v, who, &stop);
	}
}

/* What an earlier runsv has published must not be read from one whose `ok` is open: the process may
 * have ended long ago. What was left is about to be found; until then, nothing runs. */
static void show_gone(struct runsv *v, unsigned int who, struct record const *old)
{
	struct slot *const s = &v->pair.slot[who];
	struct slot const fresh = *s;
	struct proc p;

	if (old->process.pid && proc_life(&old->process, &p) != PROC_GONE)
		return;
	s->phase = PHASE_FINISH;
	s->since = old->since;
	publish(v, who);
	*s = fresh;
}

/* Those that live are out again; those that have gone are told when the service has been taken up,
 * for whose process they were asked. */
static void find_scripts(struct runsv *v, struct record const *old)
{
	for (size_t i = 0; i < LETTERS; i++) {
		struct identity const *const id = &old->scripts[i].script;

		if (!id->pid)
			continue;
		ticket_out(&v->tickets, letters[i].letter, id->pid, old->scripts[i].asked);
		v->script_gone[i] = find(id, &v->script_pidfd[i]) == FOUND_GONE;
	}
}

static void tell_gone_scripts(struct runsv *v)
{
	for (size_t i = 0; i < LETTERS; i++) {
		struct ticket back;

		if (!v->script_gone[i])
			continue;
		ticket_back(&v->tickets, letters[i].letter, &back);
		script_ended(v, letters[i].letter, &back, WSTAT_UNKNOWN);
	}
}

/* The first state of a slot; old: what an earlier life has left, NULL: nothing. */
static void show(struct runsv *v, unsigned int who, enum want want, struct record const *old,
		 tain const *wall)
{
	struct slot *const s = &v->pair.slot[who];

	slot_init(s, old ? old->want : want, wall);
	if (old) {
		remember(s, old);
		publish_recall(v, who);
	}
	if (!old || old->phase == PHASE_DOWN)
		publish(v, who);
	else
		show_gone(v, who, old);
}

void start(struct runsv *v, char const *dir)
{
	static int const caught[] = { SIGCHLD, SIGTERM, 0 };
	static struct record old[2]; /* a stack keeps for ever what it once needed */
	bool recalled[2] = { false, false };
	enum want wants[2];
	tain wall;

	v->pid_shown[0] = v->pid_shown[1] = UINT32_MAX;
	v->pipe_read = v->pipe_write = v->pidfd[0] = v->pidfd[1] = -1;
	for (size_t i = 0; i < LETTERS; i++)
		v->script_pidfd[i] = -1;
	std_reserve();
	v->signals = events_signals(&v->mask, caught);
	if (v->signals < 0)
		strerr_diefusys(111, "watch signals");
	raise_limit(v);
	enter(v, dir);
	look(v, wants);
	struct reexec kept = reexec_inherited();
	for (unsigned int who = 0; who < v->pair.slots; who++) {
		supervise_open(v, who);
		/* also where we have made supervise/: another one may have had the lock first */
		recalled[who] = recall(v, who, &old[who]);
	}
	if (v->pair.slots == 2)
		supervise_pipe(v);
	stamp_now(&wall);
	/* before `ok` tells that we are there: who sees it, reads this life's files */
	for (unsigned int who = 0; who < v->pair.slots; who++)
		show(v, who, wants[who], recalled[who] ? &old[who] : NULL, &wall);
	for (unsigned int who = 0; who < v->pair.slots; who++)
		supervise_ok(v, who);
	reexec_done(&kept);
	if (recalled[SERVICE])
		find_scripts(v, &old[SERVICE]);
	/* the service first: what couples the two must not see it down before */
	for (unsigned int who = 0; who < v->pair.slots; who++) {
		if (recalled[who])
			take_up(v, who, &old[who]);
	}
	tell_gone_scripts(v);
}
