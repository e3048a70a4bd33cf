/* sim [-vq] [-m MUTANT] [-t SECONDS] SEED [COUNT], or -f FILE: plays worlds. A seed is a world. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "judge.h"
#include "kernel.h"
#include "operator.h"

enum { MINUTE = 60, STEPS = 400000 };

static char const *const mutants[MUTANTS] = { "none",   "flock",    "record", "start",  "tee",
					      "rename", "overflow", "reap",   "unread", "memory",
					      "commit", "rdwr",     "hold" };

static void let_it_run(int64_t until)
{
	while (!w.broken[0] && world_turn(until))
		if (w.steps > w.limit)
			broken("it comes to rest");
}

static int64_t pause_length(void)
{
	unsigned int const kind = (unsigned int)dice(10);

	return (int64_t)dice(kind < 6 ? 20 : kind < 9 ? 300 : 3000) * MS;
}

static void disturb(void)
{
	for (uint64_t n = 10 + dice(60); n && !w.broken[0]; n--) {
		w.limit = w.steps + STEPS;
		operator_tend();
		operator_act();
		let_it_run(w.now + pause_length());
	}
}

/* A minute is enough for all that waits. */
static void rest(void (*then)(void))
{
	if (w.broken[0])
		return;
	w.limit = w.steps + STEPS;
	then();
	let_it_run(w.now + MINUTE * SECOND);
}

static bool play(uint64_t seed)
{
	world_create(seed);
	judge_reset();
	operator_begin();
	disturb();
	rest(operator_calm);
	rest(operator_help);
	rest(operator_insist);
	if (!w.broken[0])
		settled_services();
	rest(operator_order);
	rest(operator_insist);
	if (!w.broken[0])
		settled_services();
	rest(operator_stop);
	rest(operator_insist);
	if (!w.broken[0])
		settled_end();
	return !w.broken[0];
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Once more, so that it can be read. */
static void explain(uint64_t seed, int verbose)
{
	char why[sizeof w.broken];

	memcpy(why, w.broken, sizeof why);
	if (!w.verbose) {
		w.verbose = verbose;
		play(seed);
		w.verbose = 0;
	}
	printf("seed %llu: %s\n", (unsigned long long)seed, why);
	if (strcmp(why, w.broken) != 0)
		printf("seed %llu: and when it was played again: %s\n", (unsigned long long)seed,
		       w.broken[0] ? w.broken : "nothing");
}

struct order {
	uint64_t seed, count;
	double time; /* 0: count */
	int verbose;
	bool quiet;
};

/* The first seed that fails; 0 of them: all is well. */
static int play_all(struct order const *o)
{
	double const begin = seconds();
	uint64_t done = 0, steps = 0;

	for (uint64_t seed = o->seed; o->time > 0 ? seconds() - begin < o->time : done < o->count;
	     seed++) {
		bool const well = play(seed);
		done++;
		steps += w.steps;
		if (well)
			continue;
		if (!o->quiet)
			explain(seed, 1);
		else
			printf("seed %llu, after %llu: %s\n", (unsigned long long)seed,
			       (unsigned long long)done, w.broken);
		return 1;
	}
	double const took = seconds() - begin;
	printf("seeds %llu to %llu: %llu, %.0f a second, %llu steps\n", (unsigned long long)o->seed,
	       (unsigned long long)(o->seed + done - 1), (unsigned long long)done,
	       (double)done / (took > 0 ? took : 1), (unsigned long long)steps);
	return 0;
}

/* Those of a file: a number a line, and why after it. */
static int play_file(char const *path)
{
	FILE *const f = fopen(path, "r");
	char line[256];
	int failed = 0, n = 0;

	if (!f) {
		perror(path);
		return 111;
	}
	while (fgets(line, sizeof line, f)) {
		if (line[0] < '0' || line[0] > '9')
			continue;
		uint64_t const seed = strtoull(line, NULL, 10);
		n++;
		if (play(seed))
			continue;
		failed++;
		explain(seed, 1);
	}
	fclose(f);
	printf("%d seeds of %s, %d failed\n", n, path, failed);
	return failed > 0;
}

static enum mutant mutant_of(char const *name)
{
	for (unsigned int i = 0; i < MUTANTS; i++)
		if (!strcmp(mutants[i], name))
			return (enum mutant)i;
	fprintf(stderr, "sim: no such mutant: %s\n", name);
	exit(100);
}

int main(int argc, char **argv)
{
	struct order o = { .count = 1 };

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int c; (c = getopt(argc, argv, "vqlm:t:f:")) != -1;)
		switch (c) {
		case 'v':
			w.verbose++;
			break;
		case 'q':
			o.quiet = true;
			break;
		case 'm':
			w.mutant = mutant_of(optarg);
			break;
		case 't':
			o.time = atof(optarg);
			break;
		case 'f':
			return play_file(optarg);
		case 'l':
			for (unsigned int i = 1; i < MUTANTS; i++)
				puts(mutants[i]);
			return 0;
		default:
			fprintf(stderr, "usage: sim [-vq] [-m mutant] [-t seconds] seed [count] | "
					"-f file | -l\n");
			return 100;
		}
	if (optind < argc)
		o.seed = strtoull(argv[optind], NULL, 10);
	if (optind + 1 < argc)
		o.count = strtoull(argv[optind + 1], NULL, 10);
	return play_all(&o);
}
