#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "kernel.h"

struct world w;

enum { ARENA = 1 << 28, LINE = 200 };
static char *memory;
static size_t used;

void *arena(size_t size)
{
	if (!memory) {
		memory = mmap(NULL, ARENA, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (memory == MAP_FAILED)
			abort();
	}
	size = (size + 15) & ~(size_t)15;
	if (used + size > ARENA) {
		fprintf(stderr, "sim: seed %llu: out of memory\n", (unsigned long long)w.seed);
		abort();
	}
	char *const p = memory + used;
	used += size;
	return memset(p, 0, size);
}

/* A new world; what was in the last one is forgotten. */
void world_create(uint64_t seed)
{
	int const verbose = w.verbose;
	enum mutant const mutant = w.mutant;

	coroutines_reset();
	images_reset();
	used = 0;
	memset(&w, 0, sizeof w);
	w.seed = w.random = seed;
	w.verbose = verbose;
	w.mutant = mutant;
	w.now = 1000 * SECOND;
	w.wall = INT64_C(1700000000) * SECOND;
	w.next_pid = 1;
	w.countdown = -1;
}

/* splitmix64 */
static uint64_t next(void)
{
	uint64_t z = w.random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint64_t dice(uint64_t n)
{
	return next() % n;
}

bool chance(unsigned int of_a_thousand)
{
	return dice(1000) < of_a_thousand;
}

char *text_of(char const *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	int const n = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return memcpy(arena((size_t)n + 1), text, (size_t)n + 1);
}

static void say(char const *format, va_list args)
{
	char text[LINE];
	int const n = snprintf(text, sizeof text, "%12.6f ", (double)(w.now - 1000 * SECOND) / 1e9);

	vsnprintf(text + n, sizeof text - (size_t)n, format, args);
	puts(text);
}

void tell(char const *format, ...)
{
	va_list args;

	if (!w.verbose)
		return;
	va_start(args, format);
	say(format, args);
	va_end(args);
}

void trace(char const *format, ...)
{
	va_list args;

	if (w.verbose < 2)
		return;
	va_start(args, format);
	say(format, args);
	va_end(args);
}

void broken(char const *format, ...)
{
	va_list args;

	if (w.broken[0])
		return;
	va_start(args, format);
	vsnprintf(w.broken, sizeof w.broken, format, args);
	va_end(args);
	tell("*** %s", w.broken);
	w.burst = 0;
}

static void ring(struct process *p)
{
	if (!p->alarm || w.now < p->alarm)
		return;
	p->alarm = p->alarm_again ? w.now + p->alarm_again : 0;
	process_signal(p, SIGALRM, (struct signal_info){ 0 });
}

/* Can it do something now? */
static bool is_ready(struct process *p)
{
	if (p->state == PROCESS_ZOMBIE)
		return p->parent == w.init;
	if (p->state == PROCESS_DYING || p->killed)
		return true;
	if (p->stopped || p->state == PROCESS_VFORK)
		return false;
	if (p->state == PROCESS_READY)
		return true;
	return p->interrupted || w.now >= p->deadline || (p->until && p->until(p));
}

static void let(struct process *p)
{
	if (p->state == PROCESS_ZOMBIE) {
		process_reap(p);
		return;
	}
	if (p->state == PROCESS_DYING) {
		process_dies_on(p);
		return;
	}
	if (p->killed) {
		process_dies(p, SIGKILL);
		return;
	}
	p->state = PROCESS_READY;
	w.current = p;
	w.burst = 1 + (int)dice(chance(700) ? 6 : 60);
	coroutine_run(p);
	w.current = NULL;
}

static bool advance(int64_t until)
{
	int64_t least = until;

	for (int i = 0; i < w.processes; i++) {
		struct process const *const p = w.table[i];
		if (p->state == PROCESS_WAITS && !p->stopped && p->deadline < least)
			least = p->deadline;
		if (p->alarm && p->alarm < least)
			least = p->alarm;
	}
	w.now = least > w.now ? least : w.now;
	return w.now < until;
}

bool world_turn(int64_t until)
{
	struct process *ready[TABLE];
	int n = 0;

	for (int i = 0; i < w.processes; i++)
		ring(w.table[i]);
	for (int i = 0; i < w.processes; i++)
		if (is_ready(w.table[i]))
			ready[n++] = w.table[i];
	if (!n)
		return advance(until);
	let(ready[dice((uint64_t)n)]);
	return w.now < until;
}
