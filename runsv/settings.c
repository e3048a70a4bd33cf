#include "setting.h"
#include "settings.h"

struct one {
	char const *name;
	bool (*take)(struct policy *p, char const *text);
	char const *right; /* what it should be, for the warning */
};

static bool take_restart(struct policy *p, char const *text)
{
	unsigned int i;

	p->asked_for = value_word(text, restart_names, RESTARTS, &i);
	if (p->asked_for)
		p->restart = (enum restart)i;
	return p->asked_for;
}

static bool take_success(struct policy *p, char const *text)
{
	return value_codes(text, &p->success);
}

static bool take_down_signal(struct policy *p, char const *text)
{
	return value_signal(text, &p->down_signal);
}

static bool take_kill_mode(struct policy *p, char const *text)
{
	unsigned int i;
	bool const good = value_word(text, kill_mode_names, KILL_MODES, &i);

	if (good)
		p->kill_mode = (enum kill_mode)i;
	return good;
}

static bool take_essential(struct policy *p, char const *text)
{
	static char const *const failed = "failed";
	unsigned int i;
	bool const any = value_empty(text);

	if (!any && !value_word(text, &failed, 1, &i))
		return false;
	p->essential = any ? ESSENTIAL_YES : ESSENTIAL_FAILED;
	return true;
}

static bool take_timeout_kill(struct policy *p, char const *text)
{
	return value_time(text, &p->timeout_kill);
}

static bool take_timeout_finish(struct policy *p, char const *text)
{
	return value_time(text, &p->timeout_finish);
}

#define TIME "a time, as 500 (milliseconds), 8s, 2m or 1h"

void settings_read(int dir, struct policy *p)
{
	static struct one const all[] = {
		{ "restart", take_restart, "always, on-failure or no" },
		{ "success-codes", take_success, "exit codes and names of signals" },
		{ "down-signal", take_down_signal, "a signal" },
		{ "kill-mode", take_kill_mode, "process, group or tree" },
		{ "essential", take_essential, "empty or failed" },
		{ "timeout-kill", take_timeout_kill, TIME },
		{ "timeout-finish", take_timeout_finish, TIME },
	};
	char text[SETTING_SIZE + 1];

	*p = policy_none;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (setting_read(dir, "", all[i].name, text, sizeof text) && !all[i].take(p, text))
			setting_warn_value("", all[i].name, text, all[i].right);
}
