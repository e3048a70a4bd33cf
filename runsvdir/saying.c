#include <string.h>

#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "saying.h"

enum { NAMES_MAX = 20 };

void line_add(struct line *l, char const *name)
{
	if (l->n++ >= NAMES_MAX)
		return;
	stralloc_cats(&l->text, l->n > 1 ? ", " : "");
	stralloc_cats(&l->text, name);
}

void line_say(struct line *l, char const *before)
{
	if (l->n > NAMES_MAX)
		stralloc_cats(&l->text, " and others");
	if (l->n && stralloc_0(&l->text))
		strerr_warnw(before, l->text.s);
	stralloc_free(&l->text);
}

void say_waits(struct scanner const *s)
{
	static char const *const hooks[STOP_OVER + 1] = { [STOP_START] = ".runsvdir/start",
							  [STOP_HOOK] = ".runsvdir/stop",
							  [STOP_FINISH] = ".runsvdir/finish" };
	struct line all = LINE_ZERO;

	if (hooks[s->stop.phase])
		line_add(&all, s->hook_argv[0] ? s->hook_argv[0] : hooks[s->stop.phase]);
	else if (s->stop.phase == STOP_COMMAND)
		line_add(&all, s->command_argv[0]);
	else /* the tenth of a second that orphans have is not worth a word */
		for (size_t i = 0; i < roster_len(&s->roster); i++)
			line_add(&all, roster_name(&s->roster, roster_at(&s->roster, i)));
	line_say(&all, "stopping, waiting for: ");
}

void say_left(struct scanner const *s)
{
	struct line left = LINE_ZERO;

	for (size_t i = 0; i < roster_len(&s->roster); i++)
		line_add(&left, roster_name(&s->roster, roster_at(&s->roster, i)));
	line_say(&left, "stopping, given up because the time is up: ");
}

void say_end(struct scanner const *s)
{
	char code[UINT_FMT];
	char const *const sig = strsignal(s->stop_signal);

	code[uint_fmt(code, (unsigned int)stop_code(&s->stop))] = 0;
	switch (s->stop.cause) {
	case CAUSE_SIGNAL:
	case CAUSE_HUP:
		strerr_warni("ended by signal ", sig, ", exit code ", code);
		break;
	case CAUSE_COMMAND:
		strerr_warni("ended by ", s->command_argv[0], ", exit code ", code);
		break;
	case CAUSE_ESSENTIAL:
		strerr_warni("ended by ", s->ended_by, ", which is essential, exit code ", code);
		break;
	case CAUSE_BUDGET:
		strerr_warni("ended by restart-budget, the last that ended is ", s->ended_by,
			     ", exit code ", code);
		break;
	case CAUSE_START:
		strerr_warni("ended by .runsvdir/start, exit code ", code);
		break;
	}
}
