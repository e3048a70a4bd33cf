#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "judge.h"
#include "parse.h"
#include "text.h"

/* The keys of a program that say when it is started, started again and stopped. */

#define NO_BOOLEAN "it is neither true nor false"
#define NO_NUMBER "it is no number"

enum verdict judge_autostart(struct judge *j)
{
	bool yes = true;

	if (j->value && !parse_bool(j->value, &yes))
		return judge_refuse(j, NO_BOOLEAN);
	j->program->down = !yes;
	if (!j->value)
		return SAME;
	return judge_say(j, SAME,
			 yes ? "it is started with the others" : "the file down: sv up starts it");
}

enum verdict judge_startsecs(struct judge *j)
{
	long *const seconds = &j->program->startsecs;

	*seconds = 1;
	if (!j->value)
		return SAME;
	if (!parse_int(j->value, seconds) || *seconds < 0)
		return judge_refuse(j, NO_NUMBER);
	if (!*seconds)
		return judge_say(j, SAME, "it counts as started when its process is there");
	return judge_say(j, CHANGED,
			 "it counts as started when its process is there, not after %ld s",
			 *seconds);
}

/* Success ends it, a failure starts it again. */
static enum verdict unexpected(struct judge *j)
{
	struct program *const p = j->program;

	p->restart = RESTART_ON_FAILURE;
	if (!p->startsecs)
		return judge_say(j, SAME, "restart: on-failure");
	return judge_say(
		j, CHANGED,
		"restart: on-failure; there a success within %ld s of the start is a failure, too",
		p->startsecs);
}

enum verdict judge_autorestart(struct judge *j)
{
	struct program *const p = j->program;
	bool yes;

	if (!j->value || !strcasecmp(j->value, "unexpected"))
		return unexpected(j);
	if (!parse_bool(j->value, &yes))
		return judge_refuse(j, "it is neither true, false nor unexpected");
	p->restart = yes ? RESTART_ALWAYS : RESTART_NO;
	if (yes)
		return judge_say(j, SAME, "it is started again, whatever its end was");
	if (!p->startsecs)
		return judge_say(j, SAME, "restart: no");
	return judge_say(
		j, CHANGED,
		"restart: no; there an end within %ld s of the start is followed by others",
		p->startsecs);
}

enum verdict judge_exitcodes(struct judge *j)
{
	struct program *const p = j->program;
	stralloc codes = STRALLOC_ZERO;

	if (!j->value)
		return SAME;
	if (!parse_codes(j->value, &codes))
		return judge_refuse(j, "not exit codes with commas between");
	text_end(&codes);
	if (p->restart != RESTART_ON_FAILURE)
		return judge_say(j, SAME, "beside this autorestart it decides nothing");
	if (!codes.len)
		return judge_say(j, CHANGED, "no code at all can't be said here: 0 is a success");
	p->codes = strcmp(codes.s, "0") != 0 ? codes.s : NULL;
	return judge_say(j, SAME,
			 p->codes ? "success-codes"
				  : "the default, from supervisor 4 on (before: 0,2)");
}

enum verdict judge_startretries(struct judge *j)
{
	struct program *const p = j->program;
	long n = 3;

	if (j->value && !parse_int(j->value, &n))
		return judge_refuse(j, NO_NUMBER);
	if (!p->startsecs)
		return j->value ? judge_say(j, SAME,
					    "with startsecs=0 no start fails, so that it is never "
					    "reached")
				: SAME;
	if (p->restart == RESTART_NO)
		return judge_say(j, CHANGED,
				 "a start that fails is not tried again; there up to %ld times", n);
	return judge_say(j, CHANGED,
			 "a start that fails is tried again each second, for ever; there %ld "
			 "times, each a second later, "
			 "and then it is FATAL",
			 n);
}

enum verdict judge_priority(struct judge *j)
{
	long n = 999;

	if (j->value && !parse_int(j->value, &n))
		return judge_refuse(j, NO_NUMBER);
	if (j->program)
		j->program->priority = n;
	if (!j->value)
		return SAME;
	if (!j->prioritised)
		return judge_say(j, SAME, "all have the same");
	if (j->program && j->program->grouped)
		return judge_say(
			j, CHANGED,
			"all start at once; for a stop the group's priority counts, as there");
	if (j->options->order)
		return judge_say(j, CHANGED,
				 "all start at once; a stop goes from the highest down, as there "
				 "(dependencies.d)");
	return judge_say(
		j, CHANGED,
		"all start at once, and stop at once; --order writes dependencies.d for the stop");
}

enum verdict judge_stopsignal(struct judge *j)
{
	stralloc name = STRALLOC_ZERO;

	if (!j->value)
		return SAME;
	if (!parse_signal(j->value, &name))
		return judge_refuse(j, "there is no such signal");
	if (!strcmp(name.s, "TERM") || !strcmp(name.s, "15"))
		return judge_say(j, SAME, "the default");
	j->program->signal = name.s;
	return judge_say(j, SAME, "down-signal");
}

enum verdict judge_stopwaitsecs(struct judge *j)
{
	/* more than ten years would be no setting */
	static long const most = 3652L * 24 * 3600;
	enum { CONTAINER_STOP = 8 }; /* runsvdir(8) */
	long *const seconds = &j->program->stop_seconds;

	*seconds = 10;
	if (!j->value)
		return SAME;
	if (!parse_int(j->value, seconds))
		return judge_refuse(j, NO_NUMBER);
	*seconds = *seconds < 0 ? 0 : *seconds > most ? most : *seconds;
	if (*seconds > CONTAINER_STOP)
		return judge_say(
			j, CHANGED,
			"timeout-kill; but in a container the whole stop has 8s, or what "
			".runsvdir/timeout-stop says, and docker stop -t has to be longer");
	return judge_say(j, SAME, "timeout-kill");
}

enum verdict judge_stopasgroup(struct judge *j)
{
	bool yes = false;

	if (j->value && !parse_bool(j->value, &yes))
		return judge_refuse(j, NO_BOOLEAN);
	j->program->group_signals = yes;
	if (!j->value)
		return SAME;
	return judge_say(j, SAME, yes ? "kill-mode: group" : "signals go to the process");
}

enum verdict judge_killasgroup(struct judge *j)
{
	struct program *const p = j->program;
	bool const stop = p->group_signals;
	bool yes = stop;

	if (j->value && !parse_bool(j->value, &yes))
		return judge_refuse(j, NO_BOOLEAN);
	if (stop && !yes)
		return judge_refuse(j, "stopasgroup=true with killasgroup=false");
	p->group_signals = yes;
	if (!j->value)
		return SAME;
	if (yes && !stop)
		return judge_say(j, CHANGED,
				 "kill-mode: group; there only KILL goes to the group, here the "
				 "stop signal as well");
	return judge_say(j, SAME, yes ? "kill-mode: group" : "KILL goes to the process");
}
