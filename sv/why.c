#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "why.h"

/* A life that was shorter is one of a crash loop, until the next one has lasted twice as long. */
enum { SHORT = 60000, STEADY = 1000 };
enum { LOOP_WITHIN = 600 }; /* seconds */

char const *const why_words[WHYS] = {
	"runs",         "unsupervised", "down-file", "stopped",  "ended",  "failed",    "tree-ends",
	"not-runnable", "crash-loop",   "starting",  "stopping", "paused", "finishing",
};

static struct death const *last(struct known const *f)
{
	return f->count ? &f->deaths[f->count - 1] : NULL;
}

static bool by_itself(struct death const *d)
{
	return d && d->cause == DEATH_ITSELF;
}

static bool is_steady(struct known const *f)
{
	struct death const *const d = last(f);
	uint64_t const twice = by_itself(d) ? 2 * d->ran : 0;

	return !by_itself(d) || d->ran >= SHORT || f->age >= (twice < STEADY ? STEADY : twice);
}

static enum why why_down(struct known const *f)
{
	struct death const *const d = last(f);

	if (f->recorded && f->record.want >= WANT_LAST)
		return WHY_TREE_ENDS;
	if (f->recorded && f->record.over != OVER_NO)
		return f->record.code ? WHY_FAILED : WHY_ENDED;
	if (!d && f->down_file)
		return WHY_DOWN_FILE;
	return WHY_STOPPED;
}

enum why why(struct known const *f)
{
	bool const up = f->status.want == 'u';

	if (!f->supervised)
		return WHY_UNSUPERVISED;
	if (f->status.state == STATUS_RUN && f->status.paused)
		return WHY_PAUSED;
	if (f->status.state == STATUS_RUN && !up &&
	    (f->status.term || !f->recorded || f->record.want != WANT_ONCE))
		return WHY_STOPPING;
	if (f->status.state == STATUS_RUN && is_steady(f))
		return WHY_RUNS;
	if (up && f->run != RUN_GOOD)
		return WHY_NOT_RUNNABLE;
	if (up && by_itself(last(f)) && !is_steady(f))
		return WHY_LOOP;
	if (f->status.state == STATUS_FINISH)
		return WHY_FINISHING;
	if (up)
		return by_itself(last(f)) ? WHY_LOOP : WHY_STARTING;
	return f->status.state == STATUS_RUN ? WHY_RUNS : why_down(f);
}

char const *why_state(struct known const *f)
{
	static char const *const names[] = { "down", "run", "finish" };

	return f->status.state <= STATUS_FINISH ? names[f->status.state] : "?";
}

bool why_is_ready(enum why w, bool named)
{
	return w == WHY_RUNS ||
	       (!named && (w == WHY_DOWN_FILE || w == WHY_STOPPED || w == WHY_ENDED));
}

size_t why_loops(struct known const *f)
{
	struct death const *const end = last(f);
	size_t n = 0;

	while (n < f->count && by_itself(&f->deaths[f->count - 1 - n]) &&
	       f->deaths[f->count - 1 - n].at.sec.x + LOOP_WITHIN >= end->at.sec.x)
		n++;
	return n;
}

void why_time(uint64_t ms, char *text, size_t size)
{
	if (ms < 1000)
		snprintf(text, size, "%d ms", (int)ms);
	else if (ms < 120000)
		snprintf(text, size, "%d s", (int)(ms / 1000));
	else if (ms < 7200000)
		snprintf(text, size, "%d m", (int)(ms / 60000));
	else
		snprintf(text, size, "%ld h", (long)(ms / 3600000));
}

void why_end(struct death const *d, char *text, size_t size)
{
	if (d->wstat == -1)
		snprintf(text, size, "an end that nobody saw");
	else if (WIFSIGNALED(d->wstat))
		snprintf(text, size, "signal %d (%s)", WTERMSIG(d->wstat),
			 strsignal(WTERMSIG(d->wstat)));
	else
		snprintf(text, size, "exit %d", WEXITSTATUS(d->wstat));
}

static void runnable_text(struct known const *f, char *text, size_t size)
{
	static char const *const words[] = {
		[RUN_GOOD] = "",
		[RUN_MISSING] = "there is no file run",
		[RUN_NOT_EXECUTABLE] = "the file run is not executable",
		[RUN_NO_INTERPRETER] =
			"run can't be executed, since its interpreter is not there: ",
		[RUN_FORMAT] = "the file run is neither a script that begins with #! nor a program",
	};
	size_t const n = strlen(f->interpreter);
	bool const crlf = n && f->interpreter[n - 1] == '\r';

	snprintf(text, size, "%s%.*s%s", words[f->run], (int)(crlf ? n - 1 : n), f->interpreter,
		 crlf ? " with a carriage return behind it (the lines of the file end with CR LF)"
		      : "");
}

/* " Before, it ended ...": the last end. */
static void last_text(struct known const *f, char *text, size_t size)
{
	struct death const *const d = last(f);
	char end[80], ran[32];

	*text = 0;
	if (!d)
		return;
	why_end(d, end, sizeof end);
	why_time(d->ran, ran, sizeof ran);
	snprintf(text, size, "; its last end: %s after %s%s", end, ran,
		 d->cause == DEATH_TIMEOUT ? ", killed since its time was up (timeout-kill)"
		 : d->cause == DEATH_TOLD  ? ", as it was told"
					   : ", by itself");
}

static void loop_text(struct known const *f, char *text, size_t size)
{
	size_t const n = why_loops(f);
	struct death const *const d = last(f);
	char end[80], ran[32], within[32];

	why_end(d, end, sizeof end);
	why_time(d->ran, ran, sizeof ran);
	if (n < 2) {
		snprintf(text, size, "ended by itself, with %s after %s", end, ran);
		return;
	}
	why_time((d->at.sec.x - f->deaths[f->count - n].at.sec.x) * 1000, within, sizeof within);
	snprintf(text, size, "ended by itself %zu times in %s, the last time with %s after %s", n,
		 within, end, ran);
}

/* What is said of a state: text, how long it has been so, more text, and the last end. */
static struct words {
	char const *before, *after;
	bool age, end;
} const said[WHYS] = {
	[WHY_RUNS] = { "has been running for ", "", true, true },
	[WHY_UNSUPERVISED] = { "no runsv supervises it", "", false, false },
	[WHY_DOWN_FILE] = { "was not started, since there is a file down", "", false, false },
	[WHY_STOPPED] = { "was stopped by sv ", " ago", true, true },
	[WHY_ENDED] = { "ended for good ", " ago, with success", true, true },
	[WHY_FAILED] = { "failed for good ", " ago", true, true },
	[WHY_TREE_ENDS] = { "is down, since the whole tree ends", "", false, true },
	[WHY_STARTING] = { "is to start, since ", "", true, true },
	[WHY_STOPPING] = { "was told to end, and has not yet", "", false, false },
	[WHY_PAUSED] = { "is paused (sv cont goes on with it); it was started ", " ago", true,
			 true },
	[WHY_FINISHING] = { "has ended, and its finish has been working for ", "", true, true },
};

static void state_text(struct known const *f, enum why w, char *text, size_t size)
{
	struct words const *const s = &said[w];
	bool const over = w == WHY_ENDED || w == WHY_FAILED;
	bool const essential = over && f->recorded && f->record.policy.essential != ESSENTIAL_NO;
	char age[32] = "", end[200] = "";

	if (s->age)
		why_time(f->age, age, sizeof age);
	if (s->end)
		last_text(f, end, sizeof end);
	snprintf(text, size, "%s%s%s%s%s", s->before, age, s->after, end,
		 essential ? "; it is essential, so the tree ends with it" : "");
}

void why_text(struct known const *f, enum why w, char *text, size_t size)
{
	if (w == WHY_NOT_RUNNABLE)
		runnable_text(f, text, size);
	else if (w == WHY_LOOP)
		loop_text(f, text, size);
	else
		state_text(f, w, text, size);
}
