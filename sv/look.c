#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <skalibs/sgetopt.h>

#include "check.h"
#include "json.h"
#include "logs.h"
#include "look.h"
#include "names.h"
#include "wait.h"
#include "watch.h"
#include "why.h"

enum verb { VERB_LIST, VERB_READY, VERB_WHY, VERB_LOG, VERBS };
static char const *const verbs[VERBS] = { "list", "ready", "why", "log" };

struct looking {
	enum verb verb;
	bool json, follow;
	size_t lines;
	bool named;
	struct watch watch;
	int64_t deadline; /* of all checks together */
	char const *said; /* of the last check, if it was not good */
	pid_t parent;     /* of this process, if it shows one of several logs */
	struct names names;
	struct svdir *v;
	struct out *o;
};

bool look_is(char const *word)
{
	for (int i = 0; i < VERBS; i++)
		if (!strcmp(verbs[i], word))
			return true;
	return false;
}

/* False: wrong usage. */
static bool options(struct looking *l, int *argc, char const *const **argv)
{
	subgetopt g = SUBGETOPT_ZERO;
	char *end = NULL;

	for (int c;
	     (c = subgetopt_r(*argc, *argv, l->verb == VERB_LOG ? ":fn:o:" : ":o:", &g)) != -1;) {
		if (c == 'f')
			l->follow = true;
		else if (c == 'n')
			l->lines = strtoul(g.arg, &end, 10);
		else if (c == 'o' && !strcmp(g.arg, "json"))
			l->json = true;
		else
			return false;
		if (c == 'n' && (*end || !*g.arg))
			return false;
	}
	*argc -= g.ind;
	*argv += g.ind;
	return true;
}

/* The signal that is to end us, or 0. */
static int told_to_end(struct looking *l)
{
	struct watch_event events[WATCH_EVENTS];

	for (int n = watch_read(&l->watch, events); n > 0; n--)
		if (events[n - 1].news == NEWS_END)
			return events[n - 1].value;
	return 0;
}

/* Kills the check with all that it has started, and reaps it, which a process 1 might not do. */
static void end_check(struct looking *l, pid_t pid)
{
	check_kill(pid);
	watch_wait(&l->watch, watch_clock() + 100000000);
	waitpid(pid, NULL, WNOHANG);
}

/* Who asks in a container may lose patience before we do: a check that hangs must not stay behind
 * then, since half a minute later there would be another. After one that has used
 * up the time a quick one is still asked, so that it is not blamed. */
static enum check wait_for_check(struct looking *l, pid_t pid)
{
	int64_t const least = wait_end(0), end = l->deadline > least ? l->deadline : least;
	int wstat;

	for (;;) {
		int const sig = told_to_end(l);
		if (waitpid(pid, &wstat, WNOHANG) == pid)
			return check_result(wstat);
		if (sig) {
			end_check(l, pid);
			fflush(stdout);
			watch_obey(sig);
		}
		if (watch_clock() >= end) {
			end_check(l, pid);
			l->said = "runs, and its check has not ended in time";
			return CHECK_BAD;
		}
		watch_wait(&l->watch, end);
	}
}

/* What ./check says; a service without one is as good as it looks. */
static bool is_good(char const *name, struct looking *l)
{
	struct check_setup setup = { .mask = l->watch.inherited, .null = -1 };
	struct service s;
	pid_t pid = 0;

	l->said = "runs, and its check says that it is not ready";
	if (getrlimit(RLIMIT_NOFILE, &setup.nofile) < 0 || !ask_enter(&s, name, l->v, l->o))
		return false;
	enum check c = check_start(&setup, s.dir, name, true, &pid, l->o);
	if (c == CHECK_RUNS)
		c = wait_for_check(l, pid);
	if (setup.null >= 0)
		close(setup.null);
	ask_leave(&s);
	return c == CHECK_GOOD;
}

static char *last_lines(pid_t logger, size_t n, size_t *len)
{
	struct logs l;

	if (!logger || !logs_open(&l, logger))
		return NULL;
	char *const text = logs_last(&l, n, len);
	logs_close(&l);
	return text;
}

static void put_row(struct known const *f, enum why w)
{
	char age[32] = "-", end[80] = "-", text[512];
	char const *const state = f->supervised ? why_state(f) : "-";

	if (f->supervised)
		why_time(f->age, age, sizeof age);
	if (f->count)
		why_end(&f->deaths[f->count - 1], end, sizeof end);
	snprintf(text, sizeof text, "%-20s %-6s %-12s %7u %7s %5llu %8llu %8llu %s\n", f->name,
		 state, why_words[w], (unsigned int)f->status.pid, age,
		 f->count ? (unsigned long long)f->deaths[f->count - 1].number : 0ULL,
		 (unsigned long long)f->memory, (unsigned long long)f->cpu, end);
	fputs(text, stdout);
}

static void put_why(struct known const *f, enum why w)
{
	char text[WHY_TEXT];
	size_t len;
	bool const tell = w == WHY_LOOP || w == WHY_FAILED;
	char *const lines = tell ? last_lines(f->logger, 5, &len) : NULL;

	why_text(f, w, text, sizeof text);
	printf("%s: %s\n", f->name, text);
	if (lines && len) {
		printf("last lines of its log:\n");
		fwrite(lines, 1, len, stdout);
		if (lines[len - 1] != '\n')
			putchar('\n');
	}
	free(lines);
}

/* One service; whether it is ready. */
static bool look_at(struct looking *l, struct known *f, enum why *w)
{
	*w = why(f);
	bool ready = why_is_ready(*w, l->named);

	if (ready && l->verb == VERB_READY && *w == WHY_RUNS)
		ready = is_good(f->name, l);
	return ready;
}

/* The lines of a log as an array of their starts; the text is cut at its newlines. */
static void put_json(struct known const *f, enum why w, bool ready, bool with_log)
{
	char const *line[5] = { NULL };
	size_t len = 0, count = 0;
	char *const text = with_log ? last_lines(f->logger, 5, &len) : NULL;

	for (char *at = text, *end; text && at < text + len && count < 5; at = end + 1) {
		end = memchr(at, '\n', (size_t)(text + len - at));
		if (!end)
			end = text + len;
		if (end < text + len)
			*end = 0;
		line[count++] = at;
	}
	json_service(f, w, ready, text ? line : NULL, count);
	free(text);
}

static void put_ready(struct looking const *l, struct known const *f, enum why w)
{
	char text[WHY_TEXT];

	why_text(f, w, text, sizeof text);
	printf("not ready: %s: %s\n", f->name, w == WHY_RUNS ? l->said : text);
}

static bool all_services(struct looking *l, struct known *f)
{
	bool all = true;

	for (size_t i = 0; i < l->names.count; i++) {
		enum why w;
		if (!facts_read(f, l->names.name[i], l->v, l->o)) {
			all = false;
			continue;
		}
		bool const ready = look_at(l, f, &w);
		all = all && ready && !f->trouble;
		if (l->json)
			put_json(f, w, ready, l->verb == VERB_WHY);
		else if (l->verb == VERB_LIST)
			put_row(f, w);
		else if (l->verb == VERB_WHY)
			put_why(f, w);
		else if (!ready)
			put_ready(l, f, w);
	}
	return all;
}

static int states(struct looking *l)
{
	static struct known f;

	if (l->verb == VERB_READY && !watch_init(&l->watch)) {
		out_fail(l->o, l->v->path, "", "unable to wait for checks", errno);
		return 1;
	}
	if (l->json)
		json_begin(l->verb == VERB_READY);
	else if (l->verb == VERB_LIST) {
		printf("%-20s %-6s %-12s %7s %7s %5s %8s %8s %s\n", "NAME", "STATE", "WHY", "PID",
		       "FOR", "ENDS", "KIB", "CPU-MS", "LAST-END");
	}
	bool const all = all_services(l, &f);
	if (l->json)
		json_end(all);
	return l->verb == VERB_READY && !all;
}

/* What comes of one log, line by line. */
struct printing {
	char const *name;
	bool json, prefix;
	char *part;
	size_t len;
};

static bool put_line(struct printing const *p, char const *line, size_t len)
{
	if (p->json) {
		json_line(p->name, line, len);
	} else {
		if (p->prefix)
			printf("[%s] ", p->name);
		fwrite(line, 1, len, stdout);
		putchar('\n');
	}
	return fflush(stdout) == 0 && !ferror(stdout);
}

static bool put_text(void *context, char const *text, size_t len)
{
	struct printing *const p = context;
	char *const more = realloc(p->part, p->len + len + 1);

	if (!more)
		return false;
	p->part = more;
	memcpy(more + p->len, text, len);
	p->len += len;
	char *at = more, *end;
	for (; (end = memchr(at, '\n', (size_t)(more + p->len - at))); at = end + 1)
		if (!put_line(p, at, (size_t)(end - at)))
			return false;
	p->len -= (size_t)(at - more);
	memmove(more, at, p->len);
	return true;
}

/* From now on, however that parent does. */
static void end_with(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) < 0 || getppid() != parent)
		_exit(1);
}

static int one_log(struct looking *l, char const *name)
{
	static struct known f;
	struct printing p = { .name = name, .json = l->json, .prefix = l->names.count > 1 };
	struct logs logs;
	size_t len;

	if (!facts_read(&f, name, l->v, l->o))
		return 1;
	if (!f.logger || !logs_open(&logs, f.logger)) {
		out_fail(l->o, name, "",
			 !f.has_log    ? "has no logger: its lines go where runsvdir's do"
			 : f.log_error ? "unable to open log/supervise/ok"
			 : !f.logger   ? "its logger does not run"
				       : "unable to find the log directory of its logger",
			 f.logger ? errno : f.log_error);
		return 1;
	}
	if (l->parent)
		end_with(l->parent);
	char *const text = logs_last(&logs, l->lines, &len);
	bool good = text && put_text(&p, text, len);
	free(text);
	if (good && l->follow)
		good = logs_follow(&logs, put_text, &p);
	else if (good && p.len)
		good = put_line(&p, p.part, p.len);
	if (!good)
		out_fail(l->o, name, "", "unable to show its log", errno);
	free(p.part);
	logs_close(&logs);
	return !good;
}

static bool fork_log(struct looking *l, char const *name)
{
	pid_t const parent = getpid(), pid = fork();

	if (!pid) {
		l->parent = parent;
		int const code = one_log(l, name);
		out_flush(l->o);
		_exit(code);
	}
	if (pid < 0) {
		out_fail(l->o, name, "", "unable to fork", errno);
		out_flush(l->o);
	}
	return pid > 0;
}

/* Several are followed by a process each. */
static int all_logs(struct looking *l)
{
	bool const fork_each = l->follow && l->names.count > 1;
	int code = 0, wstat;

	for (size_t i = 0; i < l->names.count; i++)
		code |= fork_each ? !fork_log(l, l->names.name[i]) : one_log(l, l->names.name[i]);
	while (fork_each && wait(&wstat) > 0)
		code |= wstat != 0;
	return code;
}

int look(int argc, char const *const *argv, unsigned long seconds, struct svdir *v, struct out *o)
{
	struct looking l = { .v = v, .o = o, .lines = 10, .deadline = wait_end(seconds) };

	while (l.verb < VERBS && strcmp(verbs[l.verb], argv[0]) != 0)
		l.verb++;
	if (!options(&l, &argc, &argv))
		return -1;
	l.named = argc > 0;
	if (!l.named && (l.verb == VERB_WHY || l.verb == VERB_LOG))
		return -1;
	bool good = l.named || names_add(&l.names, "*", v);
	for (int i = 0; i < argc; i++)
		good = good && names_add(&l.names, argv[i], v);
	if (!good) {
		out_fail(o, v->path, "", "unable to read directory", errno);
		return 1;
	}
	int const code = l.verb == VERB_LOG ? all_logs(&l) : states(&l);
	fflush(stdout);
	return code || o->troubles;
}
