#include "stop.h"

bool stop_asked(struct stop *s, int code, uint64_t now)
{
	if (s->phase != STOP_NONE) {
		if (s->phase == STOP_WAITS && s->due > now)
			s->due = now;
		return false;
	}
	*s = (struct stop){
		.phase = STOP_WAITS, .code = code, .due = now + STOP_TIMEOUT, .say = now + STOP_SAY
	};
	return true;
}

enum stop_action stop_next(struct stop *s, size_t left, uint64_t now)
{
	if (s->phase == STOP_NONE)
		return STOP_WAIT;
	if (!left)
		return STOP_END;
	if (now >= s->due) {
		if (s->phase == STOP_KILLS)
			return STOP_END;
		s->phase = STOP_KILLS;
		s->due = now + STOP_REST;
		s->say = UINT64_MAX;
		return STOP_KILL;
	}
	if (now < s->say)
		return STOP_WAIT;
	if (s->phase == STOP_KILLS) {
		s->say = UINT64_MAX;
		return STOP_TELL;
	}
	s->say += STOP_SAY * ((now - s->say) / STOP_SAY + 1);
	return STOP_NAME;
}

void stop_killed(struct stop *s)
{
	s->code = STOP_KILLED;
}

void stop_untold(struct stop *s, uint64_t now)
{
	if (s->say == UINT64_MAX)
		s->say = now + STOP_AGAIN;
}

uint64_t stop_deadline(struct stop const *s)
{
	if (s->phase == STOP_NONE)
		return UINT64_MAX;
	return s->due < s->say ? s->due : s->say;
}

int stop_code(struct stop const *s)
{
	return s->code;
}
