#include <stdlib.h>
#include <string.h>

#include "actors.h"
#include "kernel.h"

/* What a program keeps in static memory: in the section sim_NAME of its object. Before one process
 * of it goes on, that is exchanged for its own. */
struct image {
	enum program program;
	char bytes[];
};

#define PROGRAM(name)                                                                              \
	extern char __start_sim_##name[], __stop_sim_##name[];                                     \
	int sim_main_##name(int, char **)
PROGRAM(runsv);
PROGRAM(runsvdir);
PROGRAM(sv);
PROGRAM(svlogd);

char const *const program_names[PROGRAMS] = { "?",      "runsvdir", "runsv",  "sv",
					      "svlogd", "run",      "finish", "script",
					      "check",  "echo",     "copy" };

static struct section {
	char *start, *stop, *fresh;
	struct image *loaded;
	int (*entry)(int, char **);
} sections[PROGRAMS] = {
	[PROGRAM_RUNSVDIR] = { .start = __start_sim_runsvdir,
			       .stop = __stop_sim_runsvdir,
			       .entry = sim_main_runsvdir },
	[PROGRAM_RUNSV] = { .start = __start_sim_runsv,
			    .stop = __stop_sim_runsv,
			    .entry = sim_main_runsv },
	[PROGRAM_SV] = { .start = __start_sim_sv, .stop = __stop_sim_sv, .entry = sim_main_sv },
	[PROGRAM_SVLOGD] = { .start = __start_sim_svlogd,
			     .stop = __stop_sim_svlogd,
			     .entry = sim_main_svlogd },
	[PROGRAM_RUN] = { .entry = actor_run },
	[PROGRAM_FINISH] = { .entry = actor_finish },
	[PROGRAM_SCRIPT] = { .entry = actor_script },
	[PROGRAM_CHECK] = { .entry = actor_check },
	[PROGRAM_ECHO] = { .entry = actor_echo },
	[PROGRAM_COPY] = { .entry = actor_copy },
};

static size_t size_of(struct section const *s)
{
	return (size_t)(s->stop - s->start);
}

/* What it is before anything has run. */
static void keep_fresh(struct section *s)
{
	if (s->fresh || !size_of(s))
		return;
	s->fresh = malloc(size_of(s));
	if (!s->fresh)
		abort();
	memcpy(s->fresh, s->start, size_of(s));
}

struct image *image_new(enum program program)
{
	struct section *const s = &sections[program];
	struct image *const i = arena(sizeof *i + size_of(s));

	keep_fresh(s);
	i->program = program;
	if (size_of(s))
		memcpy(i->bytes, s->fresh, size_of(s));
	return i;
}

void image_enter(struct image *i)
{
	struct section *const s = &sections[i->program];

	if (s->loaded == i || !size_of(s))
		return;
	if (s->loaded)
		memcpy(s->loaded->bytes, s->start, size_of(s));
	memcpy(s->start, i->bytes, size_of(s));
	s->loaded = i;
}

void images_reset(void)
{
	for (size_t i = 0; i < PROGRAMS; i++)
		sections[i].loaded = NULL;
}

int (*program_entry(enum program program))(int, char **)
{
	return sections[program].entry;
}
