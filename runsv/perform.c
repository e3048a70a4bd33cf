#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>

#include "runsv.h"
#include "settings.h"
#include "stamp.h"
#include "tree.h"

/* A signal to the slot's process: through the pidfd if it is not our child, whose pid cannot come
 * again before we have reaped it. Pid 0 would be the whole process group. */
static void send(struct runsv const *v, unsigned int who, int sig)
{
	struct slot const *const s = &v->pair.slot[who];

	bool const group = s->policy.kill_mode == KILL_GROUP;
	bool const adopted = v->pidfd[who] >= 0;

	if (group &&
	    (adopted ? pidfd_signal_group(v->pidfd[who], s->pid, sig) : kill(-s->pid, sig)) == 0)
		return;
	if (adopted)
		pidfd_signal(v->pidfd[who], sig);
	else if (s->pid > 0)
		kill(s->pid, sig);
}

bool script_there(char letter)
{
	char path[] = "control/?";
	struct stat st;

	if (!letter_find(letter)->script)
		return false;
	path[sizeof path - 2] = letter;
	if (stat(path, &st) == 0)
		return st.st_mode & S_IXUSR;
	if (errno != ENOENT)
		strerr_warnwusys("stat ", path);
	return false;
}

bool finish_opens(void)
{
	int const fd = openat(AT_FDCWD, "finish", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		fd_close(fd);
	return fd >= 0;
}

/* Starts control/C unless it is out already; false: there is none to wait for. */
static bool start_script(struct runsv *v, unsigned int who, char letter)
{
	struct slot const *const s = &v->pair.slot[who];

	/* what has got KILL is no longer asked about */
	if (who == LOGGER || (s->phase == PHASE_RUN && s->killed) || !script_there(letter))
		return false;
	if (!ticket_ask(&v->tickets, letter, s->pid))
		return true;
	publish(v, SERVICE); /* what it reads there is what it was called for */
	pid_t const pid = child_script(v, letter);
	if (pid < 0) {
		strerr_warnwusys("fork for control/?");
		return false;
	}
	ticket_out(&v->tickets, letter, pid, s->pid);
	return true;
}

static void ask(struct runsv *v, unsigned int who, char letter)
{
	struct event denied = { .kind = ticket_event(letter, false),
				.letter = letter,
				.pid = v->pair.slot[who].pid };

	if (!start_script(v, who, letter))
		dispatch(v, who, &denied);
}

static void prepare(struct runsv *v)
{
	struct event failed = { .kind = EV_SPAWN_FAILED };

	if (!start_script(v, SERVICE, 'u'))
		dispatch(v, SERVICE, &failed);
}

static void start_process(struct runsv *v, unsigned int who, bool finish, tain const *wall)
{
	struct event outcome = { .kind = EV_SPAWNED, .wall = *wall };

	if (finish)
		publish(v, who);
	else if (who == SERVICE)
		settings_read(v->service, &v->pair.slot[who].policy);
	outcome.pid = finish ? child_finish(v) : child_run(v, who, wall);
	if (outcome.pid < 0) {
		strerr_warnwusys("fork, sleeping");
		outcome.kind = EV_SPAWN_FAILED;
	}
	dispatch(v, who, &outcome);
}

static void clear(struct runsv *v, int sig)
{
	tree_signal(v, sig);
	if (sig == SIGTERM) /* what is stopped must be able to obey */
		tree_signal(v, SIGCONT);
}

static void kill_scripts(struct runsv const *v)
{
	for (size_t i = 0; i < LETTERS; i++) {
		if (v->script_pidfd[i] >= 0)
			pidfd_signal(v->script_pidfd[i], SIGKILL);
		else if (v->tickets.of[i].pid)
			kill(v->tickets.of[i].pid, SIGKILL);
	}
}

static void perform(struct runsv *v, unsigned int who, unsigned int act, struct event const *e)
{
	switch (act) {
	case ACT_TERM:
		send(v, who, (int)v->pair.slot[who].policy.down_signal);
		break;
	case ACT_CONT:
		send(v, who, SIGCONT);
		break;
	case ACT_KILL:
		send(v, who, SIGKILL);
		break;
	case ACT_SEND:
		send(v, who, letter_find(e->letter)->signal);
		break;
	case ACT_ASK:
		ask(v, who, e->letter);
		break;
	case ACT_ASK_TERM:
		ask(v, who, 't');
		break;
	case ACT_SCRIPT_DOWN:
		start_script(v, who, 'd');
		break;
	case ACT_SCRIPT_EXIT:
		start_script(v, who, 'x');
		break;
	case ACT_PREPARE:
		prepare(v);
		break;
	case ACT_TREE_TERM:
	case ACT_TREE_KILL:
		clear(v, act == ACT_TREE_TERM ? SIGTERM : SIGKILL);
		break;
	case ACT_SCRIPTS_KILL:
		kill_scripts(v);
		break;
	case ACT_RUN:
	case ACT_FINISH:
		start_process(v, who, act == ACT_FINISH, &e->wall);
		break;
	}
}

static void perform_pair(struct runsv *v, unsigned int acts)
{
	if (acts & PAIR_CLOSE) {
		fd_close(v->pipe_write);
		v->pipe_write = -1;
	}
	if (acts & PAIR_OPEN && supervise_pipe_write(v) < 0)
		strerr_warnwusys("open supervise/pipe");
}

static bool unread(struct runsv const *v, struct event const *e)
{
	int n = 0;

	bool const exits = e->kind == EV_EXIT || e->kind == EV_LAST;

	return (want_exits(v->pair.slot[SERVICE].want) || exits) && v->pipe_read >= 0 &&
	       ioctl(v->pipe_read, FIONREAD, &n) == 0 && n > 0;
}

void dispatch(struct runsv *v, unsigned int who, struct event *e)
{
	unsigned int acts;

	stamp_monotonic(&e->now);
	if (!e->wall.sec.x)
		stamp_now(&e->wall);
	e->unread = unread(v, e);
	unsigned int const both = pair_step(&v->pair, who, e, &acts);
	/* first what a successor must know, then what it means: the other way round, a want could
	 * be obeyed and forgotten. That a process was told is known when it was: a stop that is
	 * told twice is better than one that never is. */
	v->telling[who] = acts & (ACT_TERM | ACT_CONT);
	for (unsigned int i = 0; i < v->pair.slots; i++)
		keep(v, i); /* an exit changes the logger's want, too */
	perform_pair(v, both);
	for (unsigned int i = 0; i < ACTIONS; i++) {
		if (v->telling[who] && 1u << i > ACT_CONT) {
			v->telling[who] = false;
			keep(v, who);
		}
		if (acts & 1u << i)
			perform(v, who, 1u << i, e);
	}
}

void script_ended(struct runsv *v, char letter, struct ticket const *back, int wstat)
{
	/* a death by a signal is a failure, not a success as in the reference: contract §8 (3) */
	bool const success = wstat != WSTAT_UNKNOWN && WIFEXITED(wstat) && WEXITSTATUS(wstat) == 0;
	struct event e = { .kind = ticket_event(letter, success),
			   .letter = letter,
			   .pid = back->asked };

	v->record[SERVICE].scripts[letter_find(letter) - letters].script = (struct identity){ 0 };
	keep_write(v, SERVICE);
	if (e.kind != EVENTS)
		dispatch(v, SERVICE, &e);
	if (!back->again || v->pair.slot[SERVICE].phase != PHASE_RUN ||
	    back->again != v->pair.slot[SERVICE].pid)
		return;
	if (e.kind == EVENTS && letter_find(letter)->signal == 0)
		start_script(v, SERVICE, letter);
	else
		ask(v, SERVICE, letter);
}
