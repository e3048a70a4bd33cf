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
#include "measure.h"
#include "world.h"

static char const *base;

void result(char const *row, struct contender const *c, double figure)
{
	printf("%s\t%s\t%.3f\n", row, c->name, figure);
	fflush(stdout);
}

void missed(char const *row, struct contender const *c)
{
	fprintf(stderr, "measure: warning: %s: nothing came from %s\n", row, c->name);
}

double ms_since(int64_t then)
{
	return (double)(now_ns() - then) / 1e6;
}

char const *place(struct contender const *c)
{
	static char paths[CONTENDERS][PATH_SIZE];
	char *const path = paths[c - contenders];

	snprintf(path, PATH_SIZE, "%s/%s", base, c->name);
	return path;
}

void clear(void)
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
