#include "levels.h"

#define NEVER UINT64_MAX

void stop_init(struct stop *s, uint64_t timeout, bool command)
{
	*s = (struct stop){ .timeout = timeout,
			    .orphans_time = STOP_ORPHANS,
			    .has_command = command,
			    .command_lives = command,
			    .total = NEVER,
			    .step = NEVER,
			    .say = NEVER,
			    .look = NEVER,
			    .again = NEVER };
}

/* Half of what is left: what comes after it has its time, too. */
static void be_patient(struct stop *s, uint64_t now)
{
	s->step = s->total > now ? now + (s->total - now) / 2 : now;
}

static void enter(struct stop *s, enum stop_phase phase, struct roster *r, uint64_t now,
		  unsigned int *acts);

/* Those that are there, and from now on whoever becomes one. */
static void look_for_orphans(struct stop *s, uint64_t now, unsigned int *acts)
{
	s->orphans = true;
	s->looked = now;
	s->look = NEVER;
	if (s->phase == STOP_FINISH) /* they are the hook's */
		return;
	/* what KILL orphans alive tells nobody */
	if (s->phase == STOP_KILLS)
		s->look = now + STOP_ORPHANS;
	if (s->phase == STOP_KILLS || s->phase == STOP_LAST || s->orphans_killed)
		*acts |= STOP_ACT_ORPHANS_KILL;
	else
		*acts |= STOP_ACT_ORPHANS_TERM;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Whatever time there is, they get a moment. */
static uint64_t orphans_until(struct stop const *s, uint64_t now)
{
	uint64_t const moment = now + STOP_ORPHANS;
	uint64_t const until = least(now + s->orphans_time, s->total);

	return until > moment ? until : moment;
}

/* What is left of the time, a second if that is less, and never so much that it lasts too long. */
static uint64_t finish_until(struct stop const *s, uint64_t now)
{
	uint64_t const last = s->total + STOP_AFTER;
	uint64_t const moment = now + STOP_HOOK_REST;

	if (s->total > moment)
		return s->total;
	return moment > last && last > now ? last : moment;
}

static void enter_command(struct stop *s, struct roster *r, uint64_t now, unsigned int *acts)
{
	if (!s->command_lives) {
		enter(s, STOP_HOOK, r, now, acts);
		return;
	}
	be_patient(s, now);
	*acts |= STOP_ACT_COMMAND_TERM;
}

static void enter_kills(struct stop *s, struct roster *r, uint64_t now, unsigned int *acts)
{
	if (s->command_lives) {
		s->command_killed = true;
		*acts |= STOP_ACT_COMMAND_KILL;
	}
	*acts |= STOP_ACT_HOOK_KILL;
	s->step = now + STOP_REST;
	s->say = NEVER;
	if (levels_raise(r, LEVEL_KILL))
		*acts |= STOP_ACT_TELL;
	/* they may hold a log pipe, or take the processes that a finish needs */
	look_for_orphans(s, now, acts);
}

static void enter(struct stop *s, enum stop_phase phase, struct roster *r, uint64_t now,
		  unsigned int *acts)
{
	s->phase = phase;
	s->step = NEVER;
	switch (phase) {
	case STOP_COMMAND:
		enter_command(s, r, now, acts);
		break;
	case STOP_HOOK:
		be_patient(s, now);
		*acts |= STOP_ACT_HOOK;
		break;
	case STOP_SERVICES:
		be_patient(s, now);
		break;
	case STOP_KILLS:
		enter_kills(s, r, now, acts);
		break;
	case STOP_LEFT:
		s->step = orphans_until(s, now);
		look_for_orphans(s, now, acts);
		break;
	case STOP_FINISH:
		s->step = finish_until(s, now);
		*acts |= STOP_ACT_HOOK;
		break;
	case STOP_LAST:
		s->step = now + STOP_ORPHANS;
		look_for_orphans(s, now, acts);
		break;
	case STOP_OVER:
	case STOP_RUN: /* these are where it begins: nobody comes back to them */
	case STOP_START:
		*acts |= STOP_ACT_END;
		break;
	}
}

static void asked(struct stop *s, struct stop_event const *e, struct roster *r, unsigned int *acts)
{
	bool const first = s->phase == STOP_RUN || (s->phase == STOP_START && !s->asked);

	if (!first) {
		if (s->phase < STOP_KILLS && s->total > e->now)
			s->total = e->now;
		if (s->phase == STOP_START || s->phase == STOP_LEFT || s->phase == STOP_FINISH)
			s->step = e->now;
		return;
	}
	s->asked = true;
	s->cause = s->phase == STOP_START ? CAUSE_START : e->cause;
	s->code = s->phase == STOP_START ? STOP_TERMED : e->code;
	s->total = e->now + s->timeout;
	s->say = e->now + STOP_SAY;
	if (s->phase == STOP_START) {
		be_patient(s, e->now);
		*acts |= STOP_ACT_HOOK_TERM;
		return;
	}
	if (levels_raise(r, LEVEL_LAST))
		*acts |= STOP_ACT_TELL;
	enter(s, STOP_COMMAND, r, e->now, acts);
}

static void command_ended(struct stop *s, struct stop_event const *e, struct roster *r,
			  struct order *o, unsigned int *acts)
{
	struct stop_event const cause = {
		.kind = STOP_EV_ASKED, .cause = CAUSE_COMMAND, .code = e->code, .now = e->now
	};

	(void)o;
	s->command_lives = false;
	s->command_code = e->code;
	if (s->phase == STOP_RUN)
		asked(s, &cause, r, acts);
	else if (s->phase == STOP_COMMAND)
		enter(s, STOP_HOOK, r, e->now, acts);
}

static void start_ended(struct stop *s, struct stop_event const *e, struct roster *r,
			unsigned int *acts)
{
	if (!s->asked && !e->code) {
		s->phase = STOP_RUN;
		return;
	}
	/* no service has been started, CMD neither */
	s->has_command = s->command_lives = false;
	if (!s->asked) {
		s->cause = CAUSE_START;
		s->code = e->code < 0 ? STOP_TROUBLE : e->code;
		s->total = e->now + s->timeout;
	}
	s->asked = true;
	enter(s, STOP_LAST, r, e->now, acts);
}

static void hook_ended(struct stop *s, struct stop_event const *e, struct roster *r,
		       unsigned int *acts)
{
	if (s->phase == STOP_START)
		start_ended(s, e, r, acts);
	else if (s->phase == STOP_HOOK)
		enter(s, STOP_SERVICES, r, e->now, acts);
	else if (s->phase == STOP_FINISH)
		enter(s, STOP_LAST, r, e->now, acts);
}

/* The patience of a phase is over. */
static void step_over(struct stop *s, struct roster *r, struct order *o, uint64_t now,
		      unsigned int *acts)
{
	s->step = NEVER;
	switch (s->phase) {
	case STOP_START:
		s->code = STOP_KILLED;
		*acts |= STOP_ACT_HOOK_KILL;
		break;
	case STOP_COMMAND: /* its end comes */
		s->command_killed = true;
		*acts |= STOP_ACT_COMMAND_KILL;
		break;
	case STOP_HOOK:
		*acts |= STOP_ACT_HOOK_KILL;
		enter(s, STOP_SERVICES, r, now, acts);
		break;
	case STOP_SERVICES:
		if (levels_kill_holders(r, o))
			*acts |= STOP_ACT_TELL;
		/* the end of all patience is near */
		if (s->total > now + STOP_NEAR)
			be_patient(s, now);
		break;
	case STOP_KILLS:
		*acts |= STOP_ACT_GIVE_UP;
		enter(s, STOP_FINISH, r, now, acts);
		break;
	case STOP_LEFT:
		if (s->orphans_killed) {
			enter(s, STOP_FINISH, r, now, acts);
			break;
		}
		/* the hook may need the processes that they are, until they are reaped */
		s->orphans_killed = true;
		s->step = now + STOP_ORPHANS;
		look_for_orphans(s, now, acts);
		break;
	case STOP_FINISH:
		*acts |= STOP_ACT_HOOK_KILL;
		enter(s, STOP_LAST, r, now, acts);
		break;
	case STOP_LAST:
	case STOP_RUN: /* without a patience that could be over */
	case STOP_OVER:
		enter(s, STOP_OVER, r, now, acts);
		break;
	}
}

static void settle_phase(struct stop *s, struct roster *r, struct order *o, uint64_t now,
			 unsigned int *acts)
{
	if (s->phase == STOP_SERVICES || s->phase == STOP_KILLS) {
		if (levels_term(r, o, s->phase == STOP_SERVICES))
			*acts |= STOP_ACT_TELL;
		if (levels_all_down(r) && !s->orphans)
			look_for_orphans(s, now, acts);
		if (!roster_len(r) && !s->command_lives)
			enter(s, STOP_LEFT, r, now, acts);
	}
	if (now >= s->total && s->phase >= STOP_COMMAND && s->phase < STOP_KILLS)
		enter(s, STOP_KILLS, r, now, acts);
	else if (now >= s->step)
		step_over(s, r, o, now, acts);
}

static void settle(struct stop *s, struct roster *r, struct order *o, uint64_t now,
		   unsigned int *acts)
{
	enum stop_phase before;

	do {
		before = s->phase;
		settle_phase(s, r, o, now, acts);
	} while (s->phase != before);
	if (now >= s->look)
		look_for_orphans(s, now, acts);
	if (now >= s->again) {
		s->again = NEVER;
		*acts |= STOP_ACT_TELL;
	}
	if (now >= s->say && s->phase < STOP_OVER) {
		s->say += STOP_SAY * ((now - s->say) / STOP_SAY + 1);
		*acts |= STOP_ACT_NAME;
	}
}

unsigned int stop_step(struct stop *s, struct stop_event const *e, struct roster *r,
		       struct order *o)
{
	unsigned int acts = 0;

	switch (e->kind) {
	case STOP_EV_ASKED:
		asked(s, e, r, &acts);
		break;
	case STOP_EV_COMMAND:
		command_ended(s, e, r, o, &acts);
		break;
	case STOP_EV_HOOK:
		hook_ended(s, e, r, &acts);
		break;
	case STOP_EV_KILLED:
		s->killed = true;
		break;
	case STOP_EV_UNTOLD:
		if (s->again == NEVER)
			s->again = e->now + STOP_AGAIN;
		break;
	case STOP_EV_ORPHAN:
		if (s->orphans)
			s->look = least(s->look, s->looked + STOP_LOOKS);
		break;
	case STOP_EV_EMPTY:
		if (s->phase == STOP_LEFT)
			enter(s, STOP_FINISH, r, e->now, &acts);
		else if (s->phase == STOP_LAST)
			enter(s, STOP_OVER, r, e->now, &acts);
		break;
	case STOP_EV_CHANGED:
		if (s->phase > STOP_START && levels_untold(r))
			acts |= STOP_ACT_TELL;
		break;
	}
	if (s->phase != STOP_RUN)
		settle(s, r, o, e->now, &acts);
	return acts;
}

uint64_t stop_deadline(struct stop const *s)
{
	uint64_t const total = s->phase >= STOP_COMMAND && s->phase < STOP_KILLS ? s->total : NEVER;

	return least(least(least(total, s->step), s->look), least(s->say, s->again));
}

int stop_code(struct stop const *s)
{
	bool const killed = s->has_command ? s->command_killed : s->killed;

	switch (s->cause) {
	case CAUSE_SIGNAL:
		return killed ? STOP_KILLED : s->has_command ? s->command_code : 0;
	case CAUSE_COMMAND:
	case CAUSE_START:
		return s->code;
	case CAUSE_ESSENTIAL:
		return s->code ? s->code : killed ? STOP_KILLED : 0;
	case CAUSE_BUDGET:
		return STOP_TROUBLE;
	case CAUSE_HUP:
		break;
	}
	return killed ? STOP_KILLED : STOP_TROUBLE;
}
