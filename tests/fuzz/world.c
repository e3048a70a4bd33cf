/* What perform.c and runsv.c do, in a system that is made up. */
#include <signal.h>

#include "fuzz.h"
#include "pidfd.h"
#include "world.h"

static void keep(struct world *w, unsigned int who)
{
	struct slot const *const s = &w->pair.slot[who];
	struct record *const r = &w->record[who];
	bool const none = s->phase == PHASE_PREPARE || (s->phase == PHASE_RUN && !s->pid);

	if (w->recalled[who])
		return;
	if (s->pid != r->process.pid)
		r->process = (struct identity){ 0 };
	r->want = s->want;
	r->phase = none ? PHASE_DOWN : s->phase;
	if (!w->telling[who]) {
		r->told = s->told;
		r->term = s->term;
	}
	r->paused = s->paused;
	r->over = s->over;
	r->code = s->code;
	r->killed = s->killed;
	r->sent = s->sent;
	r->policy = s->policy;
	r->wstat = s->wstat;
	r->since = s->since;
}

static bool forks(struct world *w)
{
	if (!w->fails)
		return true;
	w->fails--;
	return false;
}

static void start(struct world *w, unsigned int who, bool finish, tain const *wall)
{
	struct record *const r = &w->record[who];
	tain second;

	must(!w->process[who].pid, "never two processes in a slot");
	must(finish || who == LOGGER || w->runs, "nothing starts that is not asked for");
	must(!finish || who == SERVICE, "a logger has no finish");
	tain_addsec(&second, &w->started[who], 1);
	must(finish || !w->started[who].sec.x || !tain_less(&w->now, &second),
	     "no start sooner than a second after the last one");
	if (!forks(w)) {
		world_dispatch(w, who, (struct event){ .kind = EV_SPAWN_FAILED });
		return;
	}
	w->process[who].pid = r->process.pid = ++w->last;
	w->process[who].finish = finish;
	w->process[who].stopped = w->process[who].termed = w->process[who].dying = false;
	w->owed = w->owed && who != LOGGER;
	if (!finish && who == SERVICE && w->runs > 0)
		w->runs--;
	if (!finish) { /* it records itself */
		r->phase = PHASE_RUN;
		r->since = *wall;
		r->wstat = WSTAT_UNKNOWN;
		w->started[who] = w->now;
	}
	world_dispatch(w, who, (struct event){ .kind = EV_SPAWNED, .pid = w->last, .wall = *wall });
}

bool world_start_script(struct world *w, unsigned int who, char letter)
{
	size_t const i = (size_t)(letter_find(letter) - letters);
	struct slot const *const s = &w->pair.slot[who];
	pid_t const asked = s->pid;

	if (who == LOGGER || (s->phase == PHASE_RUN && s->killed) || !letters[i].script ||
	    !(w->scripted >> i & 1))
		return false;
	if (!ticket_ask(&w->tickets, letter, asked))
		return true;
	must(!w->script[i], "never two scripts of a letter");
	if (!forks(w))
		return false;
	w->script[i] = ++w->last;
	w->record[SERVICE].scripts[i].script.pid = w->last;
	w->record[SERVICE].scripts[i].asked = asked;
	ticket_out(&w->tickets, letter, w->last, asked);
	return true;
}

void world_ask(struct world *w, unsigned int who, char letter)
{
	struct event const denied = { .kind = ticket_event(letter, false),
				      .letter = letter,
				      .pid = w->pair.slot[who].pid };

	if (!world_start_script(w, who, letter))
		world_dispatch(w, who, denied);
}

/* TERM waits for CONT in a process that is stopped. */
static void send(struct world *w, unsigned int who, int sig)
{
	must(w->pair.slot[who].pid > 0, "nothing is sent to pid 0");
	must(w->pair.slot[who].pid == w->process[who].pid, "nothing is sent to another process");
	must(sig > 0, "what is sent is a signal");
	if (sig == SIGTERM)
		w->process[who].termed = true;
	if (sig == SIGSTOP || sig == SIGCONT)
		w->process[who].stopped = sig == SIGSTOP;
	if (sig == SIGKILL || (w->process[who].termed && !w->process[who].stopped))
		w->process[who].dying = true;
}

static void perform(struct world *w, unsigned int who, unsigned int act, struct event const *e)
{
	bool const finish = w->process[who].finish;

	if (act & (ACT_TERM | ACT_CONT | ACT_SEND))
		must(!finish && e->pid == w->process[who].pid, "who was asked about is told");
	if (act == ACT_TERM)
		send(w, who, SIGTERM);
	else if (act == ACT_CONT)
		send(w, who, SIGCONT);
	else if (act == ACT_KILL)
		send(w, who, SIGKILL);
	else if (act == ACT_SEND)
		send(w, who, letter_find(e->letter)->signal);
	else if (act == ACT_ASK)
		world_ask(w, who, e->letter);
	else if (act == ACT_ASK_TERM)
		world_ask(w, who, 't');
	else if (act & (ACT_SCRIPT_DOWN | ACT_SCRIPT_EXIT))
		world_start_script(w, who, act == ACT_SCRIPT_DOWN ? 'd' : 'x');
	else if (act & (ACT_RUN | ACT_FINISH))
		start(w, who, act == ACT_FINISH, &e->wall);
	else if (act != ACT_SCRIPTS_KILL &&        /* these end as the bytes say */
		 !world_start_script(w, who, 'u')) /* ACT_PREPARE */
		world_dispatch(w, SERVICE, (struct event){ .kind = EV_SPAWN_FAILED });
}

/* up: the logger was wanted before. */
static void pipe_changes(struct world *w, unsigned int both, bool up)
{
	must(!(both & PAIR_OPEN) || w->pipe_closed, "what is opened was closed");
	must(!(both & PAIR_CLOSE) || !w->pipe_closed, "what is closed was open");
	if (both & PAIR_CLOSE) {
		w->owed = w->unread && !w->process[LOGGER].pid && up;
		w->retried = w->said = false;
		tain_addsec(&w->say, &w->now, 5);
	}
	w->pipe_closed = both & PAIR_CLOSE || (w->pipe_closed && !(both & PAIR_OPEN));
	w->owed = w->owed && w->pipe_closed && w->unread && w->wanted[LOGGER] == 'u';
}

void world_dispatch(struct world *w, unsigned int who, struct event e)
{
	unsigned int acts;

	if (w->dead)
		return;
	e.now = w->now;
	if (!e.wall.sec.x)
		e.wall = (tain){ .sec.x = TAI_MAGIC + w->now.sec.x, .nano = w->now.nano };
	bool const exits = e.kind == EV_EXIT || e.kind == EV_LAST;
	e.unread = w->unread && (want_exits(w->pair.slot[SERVICE].want) || exits);
	bool const up = w->pair.slot[LOGGER].want == WANT_UP;
	unsigned int const both = pair_step(&w->pair, who, &e, &acts);
	w->telling[who] = acts & (ACT_TERM | ACT_CONT);
	for (unsigned int i = 0; i < w->pair.slots; i++)
		keep(w, i);
	pipe_changes(w, both, up);
	for (unsigned int i = 0; i < ACTIONS && !w->dead; i++) {
		if (w->telling[who] && 1u << i > ACT_CONT) {
			w->telling[who] = false;
			keep(w, who);
		}
		if (acts & 1u << i && w->actions--)
			perform(w, who, 1u << i, &e);
		else if (acts & 1u << i)
			w->dead = true;
	}
}
