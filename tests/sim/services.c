#include <sys/inotify.h>

#include "judge.h"
#include "services.h"

static struct inode *put(struct inode *dir, char const *name, enum inode_kind kind,
			 void (*between)(void))
{
	struct inode *const i = inode_new(kind, 0755);

	if (between)
		between();
	dir_add(dir, name, i);
	notify(dir, IN_CREATE | (kind == INODE_DIR ? IN_ISDIR : 0), name, NULL);
	return i;
}

static struct inode *put_program(struct inode *dir, char const *name, enum program program,
				 void (*between)(void))
{
	struct inode *const i = put(dir, name, INODE_FILE, between);

	i->program = program;
	notify(dir, IN_CLOSE_WRITE, name, NULL);
	return i;
}

static void put_log(struct service *s, void (*between)(void))
{
	static char const *const plain[] = { "svlogd", "-l", "32", "-b", "64", "./main", NULL };
	static char const *const stamped[] = { "svlogd", "-t", "-l",     "32",
					       "-b",     "64", "./main", NULL };
	static char const config[] = "s120\nn0\n";
	struct inode *const log = put(s->dir, "log", INODE_DIR, between);

	s->main = put(log, "main", INODE_DIR, between);
	inode_append(put(s->main, "config", INODE_FILE, NULL), config, sizeof config - 1);
	put_program(log, "run", PROGRAM_SVLOGD, between)->words =
		s->temper.stamped ? stamped : plain;
}

static void put_scripts(struct service *s, void (*between)(void))
{
	static char const *const names[] = { "t", "d", "u", "x", "h" };
	struct inode *const control = put(s->dir, "control", INODE_DIR, between);

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (chance(350))
			put_program(control, names[i], PROGRAM_SCRIPT, NULL);
}

/* Where a line that nobody ended got its newline, could not be told from stamped files. */
static struct temper draw_temper(void)
{
	bool const stamped = chance(300);

	return (struct temper){ .life = chance(300) ? 1 + (unsigned int)dice(4000) : 0,
				.grace = chance(400) ? 1 + (unsigned int)dice(800) : 0,
				.stubborn = chance(100) && !w.calm,
				.writes = chance(800) ? 3 + (unsigned int)dice(150) : 0,
				.split = !stamped && chance(300),
				.finish = (unsigned int)dice(40),
				.finish_hangs = chance(150),
				.scripts = (unsigned int)dice(100),
				.scripts_hang = chance(150),
				.stamped = stamped };
}

/* What runsv looks at once, at its start, comes before run: the scanner waits for that. */
void services_make(struct inode *dir, char const *name, void (*between)(void))
{
	struct inode *const i = inode_new(INODE_DIR, 0755);
	struct service *const s = judge_service(i, name);

	s->temper = draw_temper();
	dir_add(dir, name, i);
	judge_moved(s, dir == tree(w.root, "/sv"));
	notify(dir, IN_CREATE | IN_ISDIR, name, NULL);
	if (chance(850))
		put_log(s, between);
	if (chance(100))
		put(i, "down", INODE_FILE, between);
	if (chance(400))
		put_scripts(s, between);
	if (chance(600))
		put_program(i, "finish", PROGRAM_FINISH, between);
	if (chance(300))
		put_program(i, "check", PROGRAM_CHECK, between);
	put_program(i, "run", PROGRAM_RUN, between);
}
