#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>

#include "events.h"
#include "life.h"
#include "reexec.h"
#include "runsv.h"
#include "stamp.h"

/* The code of a runsv in a tree that ends, if its service had to be killed. */
enum { KILLED = 137 };

/* Letters obeyed in one turn: a writer without end must not keep the dead from being reaped. */
enum { LETTERS_A_TURN = 64 };

/* signals, two FIFOs, two adopted processes, their scripts */
enum { WATCHED = 5 + LETTERS };

static void ticket_ended(struct runsv *v, size_t i, int wstat)
{
	struct ticket back;

	ticket_back(&v->tickets, letters[i].letter, &back);
	script_ended(v, letters[i].letter, &back, wstat);
}

/* An adopted one that has ended may have had the same pid, since we did not reap it: it is told
 * apart by its pidfd. */
static void child_ended(struct runsv *v, pid_t pid, int wstat)
{
	for (size_t i = 0; i < LETTERS; i++)
		if (v->tickets.of[i].pid == pid && v->script_pidfd[i] < 0) {
			ticket_ended(v, i, wstat);
			return;
		}
	for (unsigned int who = 0; who < v->pair.slots; who++)
		if (v->pair.slot[who].pid == pid && v->pidfd[who] < 0) {
			process_ended(v, who, wstat);
			return;
		}
	/* an orphan that we inherited */
}

static void reap(struct runsv *v)
{
	int wstat;

	for (pid_t pid;
	     (pid = wait_nohang(&wstat)) > 0;) /* until there is none: signals coalesce */
		child_ended(v, pid, wstat);
}

static int let_go(int *pidfd, struct identity const *id)
{
	int const wstat = proc_wstat(*pidfd, id);

	fd_close(*pidfd);
	*pidfd = -1;
	return wstat;
}

/* The service's or the logger's process, or one of their scripts. */
static void adopted_ended(struct runsv *v, unsigned int which)
{
	if (which == SERVICE && v->pair.slot[SERVICE].phase == PHASE_CLEAR)
		left_ended(v);
	else if (which < 2)
		process_ended(v, which, let_go(&v->pidfd[which], &v->record[which].process));
	else
		ticket_ended(v, which - 2,
			     let_go(&v->script_pidfd[which - 2],
				    &v->record[SERVICE].scripts[which - 2].script));
}

static void obey(struct runsv *v, unsigned int who, char byte)
{
	static enum event_kind const kinds[] = {
		[LETTER_UP] = EV_UP,       [LETTER_DOWN] = EV_STOP, [LETTER_ONCE] = EV_ONCE,
		[LETTER_EXIT] = EV_EXIT,   [LETTER_TERM] = EV_TERM, [LETTER_KILL] = EV_KILL,
		[LETTER_PAUSE] = EV_PAUSE, [LETTER_CONT] = EV_CONT, [LETTER_SIGNAL] = EV_SIGNAL,
		[LETTER_REEXEC] = EVENTS,  [LETTER_LAST] = EV_LAST, [LETTER_FORCE] = EV_FORCE,
	};
	struct letter const *const l = letter_find(byte);

	if (!l || (who == LOGGER && (l->kind == LETTER_EXIT || l->kind == LETTER_LAST)))
		return;
	if (l->kind == LETTER_REEXEC) {
		v->reexec = true;
		return;
	}
	struct event e = { .kind = kinds[l->kind], .letter = byte };
	dispatch(v, who, &e);
}

/* The next letter without taking it from the FIFO: a copy, by way of the pipe p. */
static bool peek(int control, int const p[2], char *byte)
{
	return tee(control, p[1], 1, SPLICE_F_NONBLOCK) == 1 && read(p[0], byte, 1) == 1;
}

static bool is_want(char byte)
{
	struct letter const *const l = letter_find(byte);

	return l && (l->kind == LETTER_UP || l->kind == LETTER_DOWN || l->kind == LETTER_ONCE ||
		     l->kind == LETTER_EXIT || l->kind == LETTER_LAST);
}

/* A want is taken from the FIFO when the record has it, so that a crash in between loses it not; a
 * signal before it is sent, so that a crash sends none twice. False: there is no more. */
static bool read_letter(struct runsv *v, unsigned int who, int const p[2])
{
	int const control = v->control[who];
	char byte, taken;

	if (p[0] >= 0 ? !peek(control, p, &byte) : read(control, &byte, 1) != 1)
		return false;
	bool const first = p[0] >= 0 && !is_want(byte);
	if (first && read(control, &taken, 1) != 1)
		return false;
	obey(v, who, byte);
	if (p[0] >= 0 && !first && read(control, &taken, 1) != 1)
		return false;
	reap(v);
	return true;
}

/* True: all have been read. */
static bool read_letters(struct runsv *v, unsigned int who)
{
	int p[2] = { -1, -1 };
	bool more = true;

	if (pipe2(p, O_NONBLOCK | O_CLOEXEC) < 0)
		p[0] = -1; /* no descriptor left: they are obeyed all the same */
	for (int i = 0; more && i < LETTERS_A_TURN; i++)
		more = read_letter(v, who, p);
	if (p[0] >= 0) {
		fd_close(p[0]);
		fd_close(p[1]);
	}
	return !more;
}

/* The logger first: contract §2. */
static void do_what_is_due(struct runsv *v)
{
	tain now;

	for (unsigned int who = v->pair.slots; who-- > 0;) {
		struct slot const *const s = &v->pair.slot[who];
		struct event e = { .kind = EV_DUE };

		stamp_monotonic(&now);
		if (tain_less(&now, slot_deadline(s)))
			continue;
		if (s->pid)
			e.kind = EV_LATE;
		else if (who == SERVICE && s->phase == PHASE_DOWN && script_there('u'))
			e.kind = EV_DUE_SCRIPT;
		dispatch(v, who, &e);
	}
	stamp_monotonic(&now);
	if (pair_late(&v->pair, &now))
		holders_name(v);
}

static void settle(struct runsv *v)
{
	do_what_is_due(v);
	for (unsigned int who = 0; who < v->pair.slots; who++)
		publish(v, who);
	report(v);
}

/* Scripts of the stop are part of it; a control/u that was let go is not. */
static bool over(struct runsv const *v)
{
	struct tickets t = v->tickets;

	t.of[letter_find('u') - letters].pid = 0;
	return pair_over(&v->pair) && !tickets_any(&t);
}

/* What is watched: the descriptors that there are, and no more, since a limit of descriptors also
 * limits how many can be waited for. */
struct watched {
	struct pollfd x[WATCHED];
	unsigned int adopted[WATCHED]; /* as adopted_ended knows them; NONE: something else */
	nfds_t n;
};
enum { NONE = WATCHED };

static void watch(struct watched *w, int fd, unsigned int adopted)
{
	if (fd < 0)
		return;
	w->x[w->n] = (struct pollfd){ .fd = fd, .events = POLLIN };
	w->adopted[w->n++] = adopted;
}

static void wait_for_events(struct runsv *v, struct watched *w)
{
	w->n = 0;
	watch(w, v->signals, NONE);
	for (unsigned int who = 0; who < v->pair.slots; who++)
		watch(w, v->control[who], NONE);
	for (unsigned int who = 0; who < v->pair.slots; who++)
		watch(w, v->pidfd[who], who);
	for (unsigned int i = 0; i < LETTERS; i++)
		watch(w, v->script_pidfd[i], 2 + i);
	if (events_wait(w->x, w->n, pair_deadline(&v->pair)) < 0)
		strerr_diefusys(111, "wait for events");
}

static void take_signals(struct runsv *v)
{
	for (int sig; (sig = events_signal(v->signals, NULL)) != 0;)
		if (sig == SIGTERM)
			obey(v, SERVICE, 'x');
	reap(v);
}

static void turn(struct runsv *v)
{
	struct watched w;
	bool drained = true;

	wait_for_events(v, &w);
	take_signals(v);
	for (nfds_t i = 0; i < w.n; i++)
		if (w.adopted[i] != NONE && w.x[i].revents)
			adopted_ended(v, w.adopted[i]);
	for (unsigned int who = 0; who < v->pair.slots; who++)
		if (w.x[1 + who].revents)
			drained = read_letters(v, who) && drained;
	settle(v);
	/* no script is out: its end must reach whoever asked */
	if (v->reexec && drained && !tickets_any(&v->tickets)) {
		v->reexec = false;
		reexec(v);
	}
}

static void set_prog(char const *dir)
{
	static char prog[512] = "runsv ";

	strncat(prog, dir, sizeof prog - strlen(prog) - 1);
	PROG = prog;
}

int main(int argc, char const *const *argv)
{
	static struct runsv v;

	if (argc != 2 || !argv[1]) {
		strerr_warn("usage: ", argv[0] ? argv[0] : "runsv", " dir\n");
		return 1;
	}
	set_prog(argv[1]);
	v.argv = argv;
	start(&v, argv[1]);
	/* what came while we started, or executed ourselves: the end of the tree may be among it */
	take_signals(&v);
	for (unsigned int who = 0; who < v.pair.slots; who++)
		read_letters(&v, who);
	settle(&v);
	while (!over(&v))
		turn(&v);
	supervise_leave(&v);
	/* the record has gone, and whoever ends the tree wants to know */
	return v.pair.slot[SERVICE].want > WANT_EXIT && v.pair.slot[SERVICE].killed ? KILLED : 0;
}
