/* measure MEASURE TIMES OURS HELPERS INSTALLED DIRECTORY
 *
 * Makes one measure of all contenders, in turns within one run, since the machine is not the same
 * from one minute to the next. Writes "row contender figure" lines, one for each sample. Called by
 * `run`. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contender.h"
#include "world.h"

enum {
	PATH_SIZE = 512,
	THOUSAND = 1000,
	STOPPED = 200,
	POLL_MS = 15000,
	START_MS = 60000,
	EVERY_POLLED = 5
};

static char const *base;

#define EACH(c)                                                                                    \
	for (struct contender *c = contenders; c < contenders + CONTENDERS; c++)                   \
		if (here(c))

static void result(char const *row, struct contender const *c, double figure)
{
	printf("%s\t%s\t%.3f\n", row, c->name, figure);
	fflush(stdout);
}

static void missed(char const *row, struct contender const *c)
{
	fprintf(stderr, "measure: warning: %s: nothing came from %s\n", row, c->name);
}

static double ms_since(int64_t then)
{
	return (double)(now_ns() - then) / 1e6;
}

/* The contender's own directory. */
static char const *place(struct contender const *c)
{
	static char paths[CONTENDERS][PATH_SIZE];
	char *const path = paths[c - contenders];

	snprintf(path, PATH_SIZE, "%s/%s", base, c->name);
	return path;
}

static void clear(void)
{
	world_clear();
	for (size_t i = 0; i < CONTENDERS; i++)
		tree_remove(place(&contenders[i]));
	stamp_drain();
}

/* Rows 1 and 2: a directory is renamed into the scan directory. */

static void appear_once(struct contender const *c, pid_t scanner, bool many, unsigned int i)
{
	char from[PATH_SIZE], to[PATH_SIZE];
	char const *const dirs[] = { place(c) };
	struct shape const shape = { .run = "service" };
	struct stamp s;

	snprintf(from, sizeof from, "%s/fresh", base);
	snprintf(to, sizeof to, "%s/new%u", place(c), i);
	service_make(from, &shape);
	stamp_drain();
	int64_t const cpu = cpu_ns(scanner);
	int64_t const began = now_ns();
	if (rename(from, to) < 0)
		world_die("rename", from);
	if (c->tell[0])
		command(c, c->tell, dirs, 1);
	if (!stamp_wait(c->tag, 's', POLL_MS, &s)) {
		missed("appear", c);
		return;
	}
	result(many ? "appear-many" : "appear", c, (double)(s.ns - began) / 1e6);
	nap_ms(30); /* the scanner may still be at work */
	if (many)
		result("appear-cpu", c, (double)(cpu_ns(scanner) - cpu) / 1e3);
}

static void appear(unsigned int rounds, bool many)
{
	struct shape const idle = { .run = "service", .down = many };
	pid_t scanner[CONTENDERS];
	size_t expected = 0;

	EACH(c)
	{
		c->direct = true;
		services_make(place(c), many ? c->most : 1, &idle);
		scanner[c - contenders] = launch(c, c->scan, place(c), NULL, NULL);
		expected += c == &contenders[LIMIT] ? 1 : 1 + (many ? c->most : 2);
	}
	if (!processes_wait(NULL, expected, START_MS))
		fprintf(stderr, "measure: warning: not all services came up\n");
	settle();
	for (unsigned int i = 0; i < rounds; i++)
		EACH(c)
	if (!c->polls || i % EVERY_POLLED == 0)
		appear_once(c, scanner[c - contenders], many, i);
	EACH(c)
	c->direct = false;
}

static void measure_appear(unsigned int times)
{
	appear(15 * times, false);
}

static void measure_appear_many(unsigned int times)
{
	appear(15 * times, true);
}

/* Rows 3 to 5: one service under a supervisor without a scanner. */

static void one_service(char const *run, pid_t *pids)
{
	struct shape const shape = { .run = run };
	struct stamp s = { 0 };

	EACH(c)
	{
		service_make(place(c), &shape);
		launch(c, c->supervise, place(c), NULL, NULL);
		if (!stamp_wait(c->tag, 's', START_MS, &s))
			missed("start", c);
		if (pids)
			pids[c - contenders] = s.pid;
	}
	settle();
}

static void measure_restart(unsigned int times)
{
	one_service("brief", NULL);
	for (unsigned int i = 0; i < 10 * times; i++) {
		nap_ms(1200); /* who has run for less than a second waits until it is over */
		EACH(c)
		{
			char const *const dirs[] = { place(c) };
			int64_t const began = now_ns();

			if (!c->restart[0])
				continue;
			command(c, c->restart, dirs, 1);
			result("restart", c, ms_since(began));
		}
	}
}

static void measure_hup(unsigned int times)
{
	one_service("hupper", NULL);
	for (unsigned int i = 0; i < 40 * times; i++)
		EACH(c)
		{
			char const *const dirs[] = { place(c) };
			struct stamp s;
			int64_t const began = now_ns();

			command(c, c->hup, dirs, 1);
			if (stamp_wait(c->tag, 'h', POLL_MS, &s))
				result("hup", c, (double)(s.ns - began) / 1e6);
			else
				missed("hup", c);
			nap_ms(2);
		}
}

static void measure_crash(unsigned int times)
{
	pid_t pids[CONTENDERS] = { 0 };

	one_service("service", pids);
	for (unsigned int i = 0; i < 8 * times; i++) {
		nap_ms(2100);
		EACH(c)
		{
			struct stamp s;
			pid_t *const pid = &pids[c - contenders];
			int64_t const began = now_ns();

			if (*pid <= 0 || kill(*pid, SIGKILL) < 0 ||
			    !stamp_wait(c->tag, 's', POLL_MS, &s)) {
				missed("crash", c);
				*pid = 0;
				continue;
			}
			result("crash", c, (double)(s.ns - began) / 1e6);
			*pid = s.pid;
			nap_ms(5);
		}
	}
}

/* Row 6. */

static void status_once(struct contender const *c, char const *const *dirs, size_t n)
{
	size_t const step = c->one_a_command ? 1 : n;

	for (size_t i = 0; i < n; i += step)
		command(c, c->status, dirs + i, step);
}

static void measure_status(unsigned int times)
{
	static char paths[CONTENDERS][THOUSAND][128];
	static char const *dirs[CONTENDERS][THOUSAND];
	struct shape const shape = { .run = "service" };
	size_t expected = 0;

	EACH(c)
	{
		/* limit has no state of its own to read: it reads ours */
		struct contender const *const whose =
			c == &contenders[LIMIT] ? &contenders[OURS] : c;
		size_t const at = (size_t)(c - contenders);

		for (size_t i = 0; i < THOUSAND; i++) {
			snprintf(paths[at][i], sizeof paths[at][i], "%s/s%zu", place(whose), i);
			dirs[at][i] = paths[at][i];
		}
		if (whose != c)
			continue;
		services_make(place(c), THOUSAND, &shape);
		launch(c, c->scan, place(c), NULL, NULL);
		expected += 1 + 2 * THOUSAND;
	}
	if (!processes_wait(NULL, expected, START_MS))
		fprintf(stderr, "measure: warning: not all services came up\n");
	settle();
	for (unsigned int i = 0; i < 30 * times; i++)
		EACH(c)
		{
			char const *const *const d = dirs[c - contenders];
			int64_t began = now_ns();

			status_once(c, d, 1);
			result("status", c, ms_since(began));
			if (i % 3)
				continue;
			began = now_ns();
			status_once(c, d, THOUSAND);
			result("status-many", c, ms_since(began));
		}
}

/* Rows 7 to 12: a whole tree, one contender at a time. */

/* Until all have said that they run; the last moment. */
static int64_t all_started(struct contender const *c, size_t n)
{
	int64_t last = -1;

	for (size_t i = 0; i < n; i++) {
		struct stamp s;

		if (!stamp_wait(c->tag, 's', START_MS, &s)) {
			missed("start", c);
			return -1;
		}
		last = s.ns > last ? s.ns : last;
		if (i % 16 == 0)
			nap_ms(2); /* not to be woken a thousand times */
	}
	return last;
}

static int64_t group_cpu_at_rest(void)
{
	int64_t was = group_cpu_ns();

	for (int i = 0; i < 100; i++) {
		nap_ms(100);
		int64_t const is = group_cpu_ns();
		if (is - was < 500000)
			return is;
		was = is;
	}
	return was;
}

static void cold_once(struct contender const *c)
{
	struct shape const shape = { .run = "service", .log = "sink" };
	int join[GROUPS];
	int64_t began;

	services_make(place(c), THOUSAND, &shape);
	group_make(join);
	launch(c, c->scan, place(c), join, &began);
	int64_t const last = all_started(c, THOUSAND);
	if (last >= 0)
		result("cold", c, (double)(last - began) / 1e6);
	if (last >= 0 && join[GROUP_CPU] >= 0)
		result("cold-cpu", c, (double)group_cpu_at_rest() / 1e3 / THOUSAND);
	clear();
	group_remove(join);
}

/* In turns, and the other way round each second time: who is first finds the machine as nobody
 * else. */
static void in_turns(unsigned int rounds, void (*once)(struct contender const *c))
{
	for (unsigned int i = 0; i < rounds; i++)
		for (size_t k = 0; k < CONTENDERS; k++) {
			struct contender const *const c =
				&contenders[i % 2 ? CONTENDERS - 1 - k : k];
			if (here(c))
				once(c);
		}
}

static void measure_cold(unsigned int times)
{
	in_turns(4 * times, cold_once);
}

static double mean_pss(char const *comm)
{
	static pid_t pids[2 * THOUSAND + 8];
	size_t const n = processes(comm, pids, sizeof pids / sizeof *pids);
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (double)pss_kib(pids[i]);
	return n ? sum / (double)n : 0;
}

static int64_t all_switches(void)
{
	static pid_t pids[5 * THOUSAND];
	size_t const n = processes(NULL, pids, sizeof pids / sizeof *pids);
	int64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += switches(pids[i]);
	return sum;
}

static void memory_once(struct contender const *c)
{
	enum { IDLE_MS = 10000, CALM_MS = 700 };
	static bool idled[CONTENDERS];
	struct shape const shape = { .run = "service", .log = "logger" };
	int join[GROUPS];

	services_make(place(c), THOUSAND, &shape);
	group_make(join);
	nap_ms(CALM_MS); /* what was freed comes back late */
	int64_t const before = used_kib();
	pid_t const scanner = launch(c, c->scan, place(c), join, NULL);
	if (all_started(c, THOUSAND) >= 0 && processes_wait(c->logger[0], THOUSAND, START_MS)) {
		settle();
		nap_ms(CALM_MS);
		/* the group does not see what others on the machine do in the meantime */
		int64_t const group = group_kib();
		result("memory", c, (double)(group >= 0 ? group : used_kib() - before) / THOUSAND);
		result("pss-supervise", c, mean_pss(c->supervise[0]));
		result("pss-logger", c, mean_pss(c->logger[0]));
		result("pss-scan", c, (double)pss_kib(scanner));
		if (!idled[c - contenders]) {
			int64_t const was = all_switches();
			nap_ms(IDLE_MS);
			result("idle", c, (double)(all_switches() - was));
		}
		idled[c - contenders] = true;
	}
	clear();
	group_remove(join);
}

static void measure_memory(unsigned int times)
{
	in_turns(3 * times, memory_once);
}

static void late(int sig)
{
	(void)sig;
}

/* All of the tree has become our child, or is a child of what has: nobody is left when we have
 * none. */
static bool all_gone(void)
{
	enum { LONGEST_S = 30 };
	struct sigaction const a = { .sa_handler = late };
	int64_t const began = now_ns();

	sigaction(SIGALRM, &a, NULL);
	alarm(LONGEST_S);
	for (;;) {
		pid_t const pid = waitpid(-1, NULL, 0);
		int const e = errno;
		if (pid >= 0)
			continue;
		if (e == ECHILD)
			break;
		nap_ms(0);
		if (ms_since(began) > LONGEST_S * 1000 - 100)
			return false;
	}
	alarm(0);
	return true;
}

static void stop_once(struct contender const *c)
{
	static char paths[2 * STOPPED][128];
	static char const *dirs[2 * STOPPED];
	struct shape const shape = { .run = "service", .log = "sink" };

	services_make(place(c), STOPPED, &shape);
	for (size_t i = 0; i < 2 * STOPPED; i++) {
		snprintf(paths[i], sizeof paths[i], "%s/s%zu%s", place(c), i / 2,
			 i % 2 ? "/log" : "");
		dirs[i] = paths[i];
	}
	pid_t const scanner = launch(c, c->scan, place(c), NULL, NULL);
	if (all_started(c, STOPPED) >= 0 && processes_wait("run", 2 * STOPPED, START_MS)) {
		settle();
		int64_t const began = now_ns();
		kill(scanner, c->stop_signal);
		if (c->stops_each)
			command(c, c->stop, dirs, 2 * STOPPED);
		if (all_gone())
			result("stop", c, ms_since(began));
		else
			missed("stop", c);
	}
	clear();
}

static void measure_stop(unsigned int times)
{
	in_turns(6 * times, stop_once);
}

static struct {
	char const *name;
	void (*make)(unsigned int times);
} const measures[] = {
	{ "appear", measure_appear },   { "appear-many", measure_appear_many },
	{ "restart", measure_restart }, { "hup", measure_hup },
	{ "crash", measure_crash },     { "status", measure_status },
	{ "cold", measure_cold },       { "memory", measure_memory },
	{ "stop", measure_stop },
};

int main(int argc, char **argv)
{
	char const *const fifo = getenv("BENCH_FIFO");
	unsigned int const times = argc == 7 ? (unsigned int)strtoul(argv[2], NULL, 10) : 0;

	if (!times || !fifo) {
		fprintf(stderr, "usage: BENCH_FIFO=path measure measure times ours helpers "
				"installed directory\n");
		return 100;
	}
	base = argv[6];
	contenders_find(argv[3], argv[4], argv[5]);
	world_begin(fifo);
	for (size_t i = 0; i < sizeof measures / sizeof *measures; i++)
		if (!strcmp(measures[i].name, argv[1])) {
			measures[i].make(times);
			clear();
			return 0;
		}
	fprintf(stderr, "measure: fatal: no such measure: %s\n", argv[1]);
	return 100;
}
