#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contender.h"
#include "world.h"

enum { WORDS = 2100, PATH_SIZE = 512 };

static char const *helper_dir;

struct contender contenders[CONTENDERS] = {
	[LIMIT] = { .name = "limit",
		    .tag = 'l',
		    .stop_signal = SIGHUP,
		    .most = 5000,
		    .scan = { "limit-scan", "%" },
		    .supervise = { "limit-supervise", "%" },
		    .restart = { "limit-sv", "r", "%" },
		    .hup = { "limit-sv", "h", "%" },
		    .status = { "limit-status", "%" },
		    .logger = { "sink" } },
	[OURS] = { .name = "tend",
		   .tag = 't',
		   .stop_signal = SIGHUP,
		   .most = 5000,
		   .scan = { "runsvdir", "%" },
		   .supervise = { "runsv", "%" },
		   .restart = { "sv", "restart", "%" },
		   .hup = { "sv", "hup", "%" },
		   .status = { "sv", "status", "%" },
		   .logger = { "svlogd", "./main" } },
	[RUNIT] = { .name = "runit",
		    .tag = 'r',
		    .polls = true,
		    .stop_signal = SIGHUP,
		    .most = 990,
		    .scan = { "runsvdir", "%" },
		    .supervise = { "runsv", "%" },
		    .restart = { "sv", "restart", "%" },
		    .hup = { "sv", "hup", "%" },
		    .status = { "sv", "status", "%" },
		    .logger = { "svlogd", "./main" } },
	[S6] = { .name = "s6",
		 .tag = 's',
		 .one_a_command = true,
		 .stop_signal = SIGTERM,
		 .most = 5000,
		 .scan = { "s6-svscan", "-c", "12000", "%" },
		 .supervise = { "s6-supervise", "%" },
		 .tell = { "s6-svscanctl", "-a", "%" },
		 .restart = { "s6-svc", "-wr", "-r", "%" },
		 .hup = { "s6-svc", "-h", "%" },
		 .status = { "s6-svstat", "%" },
		 .logger = { "s6-log", "n10", "./main" } },
	[DAEMONTOOLS] = { .name = "daemontools",
			  .tag = 'd',
			  .polls = true,
			  .stops_each = true,
			  .stop_signal = SIGTERM,
			  .most = 990,
			  .scan = { "svscan", "%" },
			  .supervise = { "supervise", "%" },
			  .hup = { "svc", "-h", "%" },
			  .status = { "svstat", "%" },
			  .stop = { "svc", "-dx", "%" },
			  .logger = { "multilog", "./main" } },
};

void contenders_find(char const *ours, char const *helpers, char const *installed)
{
	helper_dir = helpers;
	for (size_t i = 0; i < CONTENDERS; i++) {
		struct contender *const c = &contenders[i];
		char path[PATH_SIZE];

		c->bin = i == LIMIT ? helpers : i == OURS ? ours : installed;
		snprintf(path, sizeof path, "%s/%s", c->bin, c->scan[0]);
		if (access(path, X_OK) < 0)
			c->bin = NULL;
	}
}

bool here(struct contender const *c)
{
	return c->bin != NULL;
}

/* The environment of a contender: its programs first in PATH, and what the helpers need. */
static char *const *environment(struct contender const *c)
{
	static char path[PATH_SIZE], tag[16], logger[PATH_SIZE + 64];
	static char *env[5];
	int n;

	snprintf(path, sizeof path, "PATH=%s:/usr/bin:/bin", c->bin);
	snprintf(tag, sizeof tag, "BENCH_TAG=%c", c->tag);
	n = snprintf(logger, sizeof logger, "BENCH_LOGGER=%s/%s", c->bin, c->logger[0]);
	for (size_t i = 1; c->logger[i]; i++)
		n += snprintf(logger + n, sizeof logger - (size_t)n, " %s", c->logger[i]);
	char *const fifo = getenv("BENCH_FIFO");
	env[0] = path;
	env[1] = tag;
	env[2] = logger;
	env[3] = fifo ? fifo - strlen("BENCH_FIFO=")
		      : NULL; /* as it stands in our own environment */
	return env;
}

/* The words of a command with the directories in the place of "%"; the program by its path. */
static char *const *expand(struct contender const *c, char const *const *words,
			   char const *const *dirs, size_t n)
{
	static char program[PATH_SIZE], supervisor[PATH_SIZE];
	static char *argv[WORDS];
	size_t k = 0;

	snprintf(program, sizeof program, "%s/%s", c->bin, words[0]);
	argv[k++] = program;
	for (size_t i = 1; words[i]; i++) {
		if (strcmp(words[i], "%") != 0) {
			argv[k++] = (char *)words[i];
			continue;
		}
		for (size_t j = 0; j < n && k < WORDS - 2; j++)
			argv[k++] = (char *)dirs[j];
	}
	if (words == contenders[LIMIT].scan && !c->direct) {
		snprintf(supervisor, sizeof supervisor, "%s/limit-supervise", c->bin);
		argv[k++] = supervisor;
	}
	argv[k] = NULL;
	return argv;
}

/* A daemon writes its warnings to the user's screen: a benchmark that goes wrong is to be seen. */
static void child(char *const *argv, char *const *env, int const *join, int64_t *began)
{
	int const null = open("/dev/null", O_RDWR);

	setsid();
	dup2(null, 0);
	dup2(null, 1);
	for (int i = 0; join && i < GROUPS; i++)
		if (join[i] >= 0 && write(join[i], "0", 1) != 1)
			_exit(111);
	*began = now_ns();
	execve(argv[0], argv, env);
	_exit(111);
}

pid_t launch(struct contender const *c, char const *const *words, char const *dir, int const *join,
	     int64_t *began)
{
	static int64_t *shared;
	char const *const dirs[] = { dir };
	char *const *const argv = expand(c, words, dirs, 1);
	char *const *const env = environment(c);

	if (!shared)
		shared =
			mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		world_die("map", "memory");
	*shared = 0;
	pid_t const pid = fork();
	if (pid < 0)
		world_die("start", argv[0]);
	if (!pid)
		child(argv, env, join, shared);
	for (int i = 0; began && !*(int64_t volatile *)shared && i < 1000; i++)
		nap_ms(1);
	if (began)
		*began = *shared;
	return pid;
}

void command(struct contender const *c, char const *const *words, char const *const *dirs, size_t n)
{
	char *const *const argv = expand(c, words, dirs, n);
	posix_spawn_file_actions_t quiet;
	int status;
	pid_t pid;

	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	errno = posix_spawn(&pid, argv[0], &quiet, NULL, argv, environment(c));
	posix_spawn_file_actions_destroy(&quiet);
	if (errno)
		world_die("start", argv[0]);
	while (waitpid(pid, &status, 0) < 0)
		nap_ms(0); /* a signal: this ends us */
	if (status)
		fprintf(stderr, "measure: warning: %s: wait status %d\n", argv[0], status);
}

static void link_helper(char const *dir, char const *name, char const *helper)
{
	char from[PATH_SIZE], to[PATH_SIZE];

	snprintf(from, sizeof from, "%s/%s", helper_dir, helper);
	snprintf(to, sizeof to, "%s/%s", dir, name);
	if (symlink(from, to) < 0)
		world_die("make", to);
}

static void directory(char const *path)
{
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		world_die("make", path);
}

void service_make(char const *dir, struct shape const *s)
{
	char path[PATH_SIZE];

	directory(dir);
	link_helper(dir, "run", s->run);
	if (s->down) {
		snprintf(path, sizeof path, "%s/down", dir);
		close(open(path, O_WRONLY | O_CREAT, 0644));
	}
	if (!s->log)
		return;
	snprintf(path, sizeof path, "%s/log", dir);
	directory(path);
	link_helper(path, "run", s->log);
	snprintf(path, sizeof path, "%s/log/main", dir);
	directory(path);
}

void services_make(char const *scan, size_t n, struct shape const *s)
{
	char path[PATH_SIZE];

	directory(scan);
	for (size_t i = 0; i < n; i++) {
		snprintf(path, sizeof path, "%s/s%zu", scan, i);
		service_make(path, s);
	}
	/* runit waits a second if its directory has changed in the current one */
	struct timespec const old[2] = { { .tv_sec = now_ns() / 1000000000 },
					 { .tv_sec = 1000000000 } };
	utimensat(AT_FDCWD, scan, old, 0);
}

static int remove_one(char const *path, struct stat const *st, int type, struct FTW *where)
{
	(void)st, (void)type, (void)where;
	return remove(path);
}

void tree_remove(char const *dir)
{
	nftw(dir, remove_one, 32, FTW_DEPTH | FTW_PHYS);
}
