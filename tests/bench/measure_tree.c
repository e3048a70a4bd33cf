#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contender.h"
#include "measure.h"
#include "world.h"

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

void measure_cold(unsigned int times)
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

void measure_memory(unsigned int times)
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

void measure_stop(unsigned int times)
{
	in_turns(6 * times, stop_once);
}
