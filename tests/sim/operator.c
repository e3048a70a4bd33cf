#include <signal.h>
#include <string.h>
#include <sys/inotify.h>

#include "calls.h"
#include "judge.h"
#include "operator.h"
#include "services.h"

enum { SERVICES = 7, NOISE = 30 };

static struct {
	struct inode *scan, *store;
	char const *path; /* the scanner's */
	bool init;        /* it is started with -c */
	unsigned int made;
} o;

/* NULL: the machine is full. */
static struct process *start(enum program program, char const *const *words)
{
	struct process *const p = w.processes < TABLE - 8 ? process_new(w.init) : NULL;

	if (p)
		process_start(p, program, w.root, words);
	return p;
}

void operator_begin(void)
{
	struct process *const init = w.init = process_new(NULL);
	struct inode *link;

	init->state = PROCESS_WAITS; /* it reaps what has no parent, and nothing else */
	w.root = make_dir(NULL, "");
	w.root->parent = w.root;
	w.null = inode_new(INODE_NULL, 0666);
	dir_add(make_dir(w.root, "dev"), "null", w.null);
	make_program(make_dir(w.root, "bin"), "runsv", PROGRAM_RUNSV);
	o.scan = make_dir(w.root, "sv");
	o.store = make_dir(w.root, "store");
	link = inode_new(INODE_LINK, 0777);
	inode_append(link, "/sv", 4);
	link->size = 3;
	dir_add(make_dir(w.root, "etc"), "service", link);
	o.path = chance(500) ? "/sv" : "/etc/service";
	o.init = chance(500);
	o.made = 0;
	w.pidfd_tells = chance(500);
	for (uint64_t n = 1 + dice(4); n; n--)
		services_make(chance(850) ? o.scan : o.store, text_of("s%u", ++o.made), NULL);
}

static struct process *living(enum program program, uint64_t which)
{
	struct process *found[TABLE];
	size_t n = 0;

	for (int i = 0; i < w.processes; i++)
		if (w.table[i]->program == program && process_lives(w.table[i]) &&
		    !w.table[i]->killed)
			found[n++] = w.table[i];
	return n ? found[which % n] : NULL;
}

void operator_tend(void)
{
	char const *const words[] = { "runsvdir", o.init ? "-c" : "-P", o.path, NULL };

	if (!living(PROGRAM_RUNSVDIR, 0))
		start(PROGRAM_RUNSVDIR, words);
}

/* Now, or at one of its next steps. */
static void act_kill(void)
{
	static enum program const whom[] = { PROGRAM_RUNSV,    PROGRAM_RUNSV,  PROGRAM_RUNSV,
					     PROGRAM_RUNSVDIR, PROGRAM_SVLOGD, PROGRAM_SVLOGD,
					     PROGRAM_RUN,      PROGRAM_FINISH, PROGRAM_SCRIPT,
					     PROGRAM_SV };
	struct process *const p = living(whom[dice(sizeof whom / sizeof *whom)], dice(TABLE));

	if (!p)
		return;
	if (chance(400)) {
		process_kill(p);
		return;
	}
	w.target = p;
	w.countdown = (int)dice(chance(500) ? 20 : 200);
}

static struct service *any_service(void)
{
	return services[dice((uint64_t)service_count)];
}

/* Where it is now; NULL: nowhere. */
static char const *path_of(struct service const *s)
{
	for (int i = 0; i < 2; i++) {
		struct inode const *const dir = i ? o.store : o.scan;
		for (size_t k = 0; k < dir->count; k++)
			if (dir->entries[k].inode == s->dir)
				return text_of("%s/%s", i ? "/store" : "/sv", dir->entries[k].name);
	}
	return NULL;
}

static void echo(struct service const *s, char const *letters, bool log)
{
	char const *const path = path_of(s);

	if (!path)
		return;
	char const *const words[] = { "echo", letters,
				      text_of("%s%s/supervise/control", path, log ? "/log" : ""),
				      NULL };
	tell("echo %s >%s", letters, words[2]);
	start(PROGRAM_ECHO, words);
}

static void act_letter(void)
{
	static char const *const letters[] = { "u", "u", "d", "d", "o",  "x",  "t",   "k",  "p",
					       "c", "h", "a", "R", "du", "dx", "tcu", "ud", "xu" };
	static char const *const to_log[] = { "t", "k", "h", "a", "d", "u", "R", "u" };

	if (chance(250))
		echo(any_service(), to_log[dice(8)], true);
	else
		echo(any_service(), letters[dice(18)], false);
}

static struct process *sv(char const *verb, char const *name, char const *seconds)
{
	char const *const words[] = { "sv", "-w", seconds, verb, name, NULL };
	struct process *const p = start(PROGRAM_SV, words);

	if (p)
		p->said = arena(2048);
	tell("sv -w %s %s %s", seconds, verb, name);
	return p;
}

static void act_sv(void)
{
	static char const *const verbs[] = { "start",        "stop",        "restart",
					     "shutdown",     "try-restart", "force-stop",
					     "force-reload", "up",          "down",
					     "once",         "term",        "kill",
					     "exit",         "pause",       "cont" };
	char const *const path = path_of(any_service());

	if (path)
		sv(verbs[dice(15)], path, chance(500) ? "1" : "7");
}

static void rename_to(struct inode *from, struct entry *e, struct inode *to, char const *name)
{
	struct inode *const i = e->inode;
	char const *const old = text_of("%s", e->name);

	if (dir_find(to, name))
		return;
	tell("rename %s%s to %s%s", from == o.scan ? "/sv/" : "/store/", old,
	     to == o.scan ? "/sv/" : "/store/", name);
	dir_remove(from, old);
	notify(from, IN_MOVED_FROM, old, NULL);
	dir_add(to, name, i);
	judge_moved(i->service, to == o.scan && name[0] != '.');
	notify(to, IN_MOVED_TO, name, i);
}

static void act_directory(void)
{
	struct inode *const from = chance(500) ? o.scan : o.store;
	struct inode *const to = chance(600) ? (from == o.scan ? o.store : o.scan) : from;

	if (!from->count)
		return;
	struct entry *const e = &from->entries[dice(from->count)];
	rename_to(from, e, to,
		  chance(500)   ? text_of("%s", e->name)
		  : chance(150) ? text_of(".%u", ++o.made)
				: text_of("r%u", ++o.made));
}

static void act_make(void)
{
	if (service_count >= SERVICES)
		return;
	char const *const words[] = { "copy", text_of("c%u", ++o.made), NULL };
	start(PROGRAM_COPY, words);
}

/* More events than inotify's queue has room for, and then one that matters. */
static void act_noise(void)
{
	for (int i = 0; i < NOISE; i++)
		notify(o.scan, i & 1 ? IN_DELETE : IN_CREATE, text_of("noise%d", i / 2), NULL);
	act_directory();
}

/* Somebody starts one more by hand. (Where there is none, it would be nobody's to stop.) */
static void act_runsv(void)
{
	struct service const *const s = any_service();
	char const *const words[] = { "runsv", path_of(s), NULL };

	if (words[1] && s->in_scan && s->runsv)
		start(PROGRAM_RUNSV, words);
}

static void act_down(void)
{
	struct inode *const dir = any_service()->dir;

	if (dir_find(dir, "down"))
		dir_remove(dir, "down");
	else
		dir_add(dir, "down", inode_new(INODE_FILE, 0644));
}

static void act_fail(void)
{
	w.fork_failures = 1 + (int)dice(4);
}

static void act_clock(void)
{
	int64_t const ms = (int64_t)dice(7200 * 1000) - 3600 * 1000;

	tell("the wall clock is set by %d s", (int)(ms / 1000));
	w.wall += ms * MS;
	w.wall_set = w.now;
}

static void act_stop(void)
{
	struct process *const p = living(chance(700) ? PROGRAM_RUNSV : PROGRAM_SVLOGD, dice(TABLE));

	if (!p)
		return;
	tell("%s to %s", p->stopped ? "CONT" : "STOP", process_name(p));
	if (p->service && p->program == PROGRAM_RUNSV)
		p->service->blind = p->stopped ? w.now : INT64_MAX;
	process_signal(p, p->stopped ? SIGCONT : SIGSTOP, (struct signal_info){ 0 });
}

static void act_many(void)
{
	for (int i = 0; i < w.processes; i++)
		if (w.table[i] != w.init && w.table[i]->program != PROGRAM_COPY && chance(400))
			process_kill(w.table[i]);
}

void operator_act(void)
{
	static struct {
		unsigned int weight;
		void (*act)(void);
	} const acts[] = { { 30, act_kill },      { 25, act_letter }, { 20, act_sv },
			   { 10, act_directory }, { 3, act_make },    { 3, act_noise },
			   { 3, act_down },       { 2, act_fail },    { 1, act_clock },
			   { 3, act_stop },       { 2, act_many },    { 3, act_runsv } };
	unsigned int at = (unsigned int)dice(105);

	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
		if (at < acts[i].weight) {
			acts[i].act();
			return;
		}
		at -= acts[i].weight;
	}
}

void operator_calm(void)
{
	tell("calm");
	w.calm = true;
	w.fork_failures = 0;
	w.target = NULL;
	for (int i = 0; i < w.processes; i++)
		process_signal(w.table[i], SIGCONT, (struct signal_info){ 0 });
	for (int i = 0; i < service_count; i++) {
		services[i]->temper.stubborn = false;
		services[i]->blind = services[i]->blind > w.now ? w.now : services[i]->blind;
	}
	operator_tend();
}

/* What was paused goes on, and a logger that was told to go comes back: its writers wait. */
void operator_help(void)
{
	for (int i = 0; i < service_count; i++) {
		echo(services[i], "c", false);
		echo(services[i], "u", true);
	}
}

/* A control/t may have said that all is done, and an admin would know better. */
void operator_insist(void)
{
	for (int i = 0; i < service_count; i++)
		if (services[i]->run[OF_SERVICE] && settled_wants_down(services[i]))
			echo(services[i], "t", false);
}

void operator_order(void)
{
	static char const *const verbs[] = { "start", "stop", "restart", "shutdown",
					     "force-restart" };

	for (size_t i = 0; i < o.scan->count; i++)
		if (o.scan->entries[i].name[0] != '.' && chance(800))
			sv(verbs[dice(5)], o.scan->entries[i].name, "30");
}

void operator_stop(void)
{
	struct process *const scanner = living(PROGRAM_RUNSVDIR, 0);

	tell("stop");
	for (int i = 0; o.init && i < service_count; i++)
		services[i]->temper.stubborn = chance(200);
	if (scanner)
		process_signal(scanner, o.init ? SIGTERM : SIGHUP, (struct signal_info){ 0 });
}
