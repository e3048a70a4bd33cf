#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "actors.h"
#include "calls.h"
#include "judge.h"
#include "services.h"

static bool calmed(struct process *p)
{
	(void)p;
	return w.calm;
}

static void pause_for(unsigned int ms)
{
	wait_until(NULL, NULL, w.now + ms * MS);
}

/* About so long. */
static unsigned int around(unsigned int ms)
{
	return ms / 2 + (unsigned int)dice(ms + 1);
}

static void hang(void)
{
	wait_until(calmed, NULL, INT64_MAX);
}

static bool got_term(struct process *p)
{
	return !p->service->temper.stubborn && sigismember(&p->pending, SIGTERM) > 0;
}

/* A whole line, or its pieces one after the other. */
static void write_line(struct service *s)
{
	char line[32];
	int const n = snprintf(line, sizeof line, "%lu\n", s->number++);
	int const cut = s->temper.split && chance(300) ? (int)dice((uint64_t)n) : 0;

	for (int done = 0, part; done < n; done += part) {
		part = done < cut ? cut - done : n - done;
		part = (int)sim_write(1, line + done, (size_t)part);
		if (part < 0)
			return;
	}
}

/* It writes numbered lines until TERM comes, or its time has. What it does about TERM it has
 * arranged when it writes the first. */
int actor_run(int argc, char **argv)
{
	struct process *const p = w.current;
	struct service *const s = p->service;
	struct temper const *const t = &s->temper;
	int64_t const end = t->life ? w.now + around(t->life) * MS : INT64_MAX;
	sigset_t term;

	(void)argc, (void)argv;
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	if (t->grace || t->stubborn)
		sim_sigprocmask(SIG_BLOCK, &term, NULL);
	while (w.calm || w.now < end) {
		int64_t const next = t->writes ? w.now + around(t->writes) * MS : INT64_MAX;
		if (t->writes && !w.calm)
			write_line(s);
		wait_until(got_term, NULL, w.calm ? INT64_MAX : next < end ? next : end);
		if (got_term(p)) {
			pause_for(around(t->grace));
			write_line(s);
			return 0;
		}
	}
	return chance(500) ? 0 : (int)dice(200);
}

int actor_finish(int argc, char **argv)
{
	struct service *const s = w.current->service;

	(void)argc, (void)argv;
	if (s->temper.finish_hangs && chance(300))
		hang();
	pause_for(around(s->temper.finish));
	if (s->temper.writes)
		write_line(s);
	return (int)dice(3);
}

/* control/t that succeeds has not ended the service: then somebody else is to do that. */
int actor_script(int argc, char **argv)
{
	struct service *const s = w.current->service;

	(void)argc, (void)argv;
	if (s->temper.scripts_hang && chance(200))
		hang();
	pause_for(around(s->temper.scripts));
	return w.calm || chance(700);
}

int actor_check(int argc, char **argv)
{
	(void)argc, (void)argv;
	pause_for((unsigned int)dice(30));
	return !w.calm && chance(300);
}

int actor_echo(int argc, char **argv)
{
	int const fd = argc == 3 ? sim_open(argv[2], O_WRONLY | O_NONBLOCK) : -1;

	if (fd < 0)
		return 1;
	sim_write(fd, argv[1], strlen(argv[1]));
	sim_close(fd);
	return 0;
}

/* As cp -r does it: the directory, then what is in it. */
int actor_copy(int argc, char **argv)
{
	(void)argc;
	step();
	services_make(tree(w.root, "/sv"), argv[1], step);
	return 0;
}
