#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "life.h"
#include "runsv.h"
#include "tree.h"
#include "spawn.h"

/* What a child needs to record itself. It runs in our memory: what it sets here, we see. */
struct birth {
	struct runsv *v;
	unsigned int who;
	struct identity *id;
};

/* Between vfork and exec. No process runs that a successor could not find: if it cannot be
 * recorded, it keeps the lock instead, and nothing is started beside it for as long as it lives. */
static int record_birth(void *context)
{
	struct birth *const b = context;
	struct proc self;

	b->id->pid = getpid();
	b->id->start = proc_read(0, &self) == 0 ? self.start : 0;
	if (keep_write(b->v, b->who) < 0) {
		strerr_warnwusys("record a process in ", runsv_where[b->who],
				 "supervise/record, it keeps supervise/lock instead");
		fcntl(b->v->lock[b->who], F_SETFD, 0);
	}
	return 0;
}

static pid_t start_child(struct runsv *v, unsigned int who, struct spawn const *what,
			 struct identity *id)
{
	struct birth b = { .v = v, .who = who, .id = id };
	struct spawn s = *what;

	s.dir = -1;
	s.mask = &v->mask;
	s.nofile = v->raised ? &v->nofile : NULL;
	s.before = record_birth;
	s.context = &b;
	s.code = 111;
	pid_t const pid = spawn(&s);
	if (pid < 0)
		*id = (struct identity){ 0 };
	return pid;
}

pid_t child_run(struct runsv *v, unsigned int who, tain const *wall)
{
	static char const *const argv[] = { "./run", NULL };
	struct spawn s = { .path = "./run", .argv = argv, .what = "start ./run", .fd = { -1, -1 } };
	struct record *const r = &v->record[who];

	if (who == LOGGER) {
		s.subdir = "./log";
		s.what = "start log/./run";
		s.fd[0] = v->pipe_read;
	} else {
		s.fd[1] = v->pipe_write;
		s.session = v->pair.slot[who].policy.kill_mode != KILL_PROCESS;
		tree_adopt(v->pair.slot[who].policy.kill_mode == KILL_TREE);
	}
	r->phase = PHASE_RUN;
	r->since = *wall;
	r->wstat = WSTAT_UNKNOWN;
	r->over = OVER_NO;
	r->code = 0;
	r->killed = false;
	r->sent = 0;
	r->policy = v->pair.slot[who].policy;
	pid_t const pid = start_child(v, who, &s, &r->process);
	if (pid < 0)
		r->phase = PHASE_DOWN;
	return pid;
}

/* CODE is -1 when a signal ended run, or when nobody knows; STATUS is the low byte: contract §1. */
pid_t child_finish(struct runsv *v)
{
	char code[INT_FMT] = "-1";
	char status[INT_FMT] = "0";
	char const *const argv[] = { "./finish", code, status, NULL };
	struct spawn s = { .path = "./finish",
			   .argv = argv,
			   .what = "start ./finish",
			   .fd = { -1, v->pipe_write } };
	int const wstat = v->pair.slot[SERVICE].wstat;

	if (wstat != WSTAT_UNKNOWN && WIFEXITED(wstat))
		code[uint_fmt(code, (unsigned int)WEXITSTATUS(wstat))] = 0;
	if (wstat != WSTAT_UNKNOWN)
		status[uint_fmt(status, (unsigned int)wstat & 0xff)] = 0;
	return start_child(v, SERVICE, &s, &v->record[SERVICE].process);
}

pid_t child_script(struct runsv *v, char letter)
{
	char path[] = "control/?";
	char const *const argv[] = { path, NULL };
	/* the letter is not in the message: the reference's text */
	struct spawn s = {
		.path = path, .argv = argv, .what = "run control/?", .fd = { -1, v->pipe_write }
	};
	size_t const i = (size_t)(letter_find(letter) - letters);

	path[sizeof path - 2] = letter;
	v->record[SERVICE].scripts[i].asked = v->pair.slot[SERVICE].pid;
	return start_child(v, SERVICE, &s, &v->record[SERVICE].scripts[i].script);
}
