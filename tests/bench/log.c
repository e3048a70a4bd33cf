/* measure-log ROUNDS OURS INSTALLED MEMORY DISK: how fast loggers are, in turns.
 *
 * MEMORY and DISK are directories on file systems of these kinds. A sample is 32 MB of lines of 100
 * bytes, from the first write to the logger's exit, rotated at 1 MB; with stamps 13 to 26 bytes a
 * line more are written, which do not count. "limit" is here: read, write, rename. Prints row,
 * contender, figure: MB/s, CPU seconds of the logger for each GB, or us. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 100, BIG = 65536, ROTATE = 1000000, PATH_SIZE = 512, LATENCIES = 2000 };
#define AMOUNT ((size_t)32 * 1000 * 1000)

struct logger {
	char const *name, *program;
	char const *words[8], *stamped[8]; /* "%": the directory */
};

static struct logger const loggers[] = {
	{ "limit", NULL, { "" }, { "-tt" } },
	{ "tend", "svlogd", { "svlogd", "%" }, { "svlogd", "-tt", "%" } },
	{ "runit", "svlogd", { "svlogd", "%" }, { "svlogd", "-tt", "%" } },
	{ "s6",
	  "s6-log",
	  { "s6-log", "n10", "s1000000", "%" },
	  { "s6-log", "n10", "s1000000", "T", "%" } },
	{ "daemontools",
	  "multilog",
	  { "multilog", "n10", "s1000000", "%" },
	  { "multilog", "t", "n10", "s1000000", "%" } },
};

enum { LOGGERS = sizeof loggers / sizeof *loggers };

static char const *ours, *installed;
static char lines[BIG / LINE * LINE];

static _Noreturn void die(char const *what)
{
	perror(what);
	exit(111);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void program(char path[PATH_SIZE], struct logger const *l)
{
	if (l->program)
		snprintf(path, PATH_SIZE, "%s/%s", l->name[0] == 't' ? ours : installed,
			 l->program);
}

static bool is_here(struct logger const *l)
{
	char path[PATH_SIZE];

	program(path, l);
	return !l->program || !access(path, X_OK);
}

static int fresh(void)
{
	char name[64];
	static unsigned int n;

	snprintf(name, sizeof name, "@%024x.s", n++);
	rename("current", name);
	snprintf(name, sizeof name, "@%024x.s", n - 11);
	unlink(name);
	int const fd = open("current", O_WRONLY | O_CREAT | O_APPEND, 0644);
	if (fd < 0)
		die("current");
	return fd;
}

static void write_all(int fd, char const *s, size_t n)
{
	for (ssize_t w; n; s += w, n -= (size_t)w)
		if ((w = write(fd, s, n)) < 0)
			die("write");
}

/* As little as a logger can do: whole reads, lines that are not looked at unless they get a stamp.
 */
static _Noreturn void limit(char const *dir, bool stamps)
{
	static char in[BIG], out[BIG * 2];
	static char const stamp[] = "2026-11-26_14:57:03.12345 ";
	size_t const size = sizeof stamp - 1;

	if (chdir(dir) < 0)
		die(dir);
	size_t held = 0;
	int fd = fresh();
	for (ssize_t n; (n = read(0, in, sizeof in)) > 0;) {
		char const *from = in;
		size_t len = (size_t)n;
		if (stamps) {
			char *to = out;
			for (char const *end = in + n, *next; from < end; from = next) {
				char const *const nl = memchr(from, '\n', (size_t)(end - from));
				next = nl ? nl + 1 : end;
				memcpy(to, stamp, size);
				memcpy(to + size, from, (size_t)(next - from));
				to += size + (size_t)(next - from);
			}
			from = out;
			len = (size_t)(to - out);
		}
		write_all(fd, from, len);
		held += len;
		if (held >= ROTATE - 1000) {
			close(fd);
			fd = fresh();
			held = 0;
		}
	}
	_exit(0);
}

static pid_t start(struct logger const *l, char const *dir, bool stamps, int const in[2])
{
	char path[PATH_SIZE];
	char const *argv[8];
	pid_t const pid = fork();

	if (pid)
		return pid;
	dup2(in[0], 0);
	close(in[1]); /* the limit executes nothing */
	if (!l->program)
		limit(dir, stamps);
	char const *const *const words = stamps ? l->stamped : l->words;
	for (int i = 0; i < 8; i++)
		argv[i] = words[i] && !strcmp(words[i], "%") ? dir : words[i];
	program(path, l);
	execv(path, (char *const *)argv);
	_exit(111);
}

static void empty(char const *dir)
{
	char command[3 * PATH_SIZE + 64];

	snprintf(command, sizeof command, "rm -rf '%s' && mkdir '%s' && sync -f '%s'", dir, dir,
		 dir);
	if (system(command))
		die(dir);
}

static void speed(char const *row, struct logger const *l, char const *parent, bool stamps,
		  size_t size)
{
	char dir[PATH_SIZE];
	int p[2], status;
	struct rusage use;

	snprintf(dir, sizeof dir, "%s/log", parent);
	empty(dir);
	if (pipe2(p, O_CLOEXEC) < 0)
		die("pipe");
	pid_t const pid = start(l, dir, stamps, p);
	close(p[0]);
	double const began = now();
	for (size_t sent = 0; sent < AMOUNT; sent += size)
		write_all(p[1], lines, size);
	close(p[1]);
	if (wait4(pid, &status, 0, &use) != pid || status)
		die(l->name);
	double const took = now() - began;
	double const cpu = (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
			   (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
	printf("log-%s\t%s\t%g\n", row, l->name, (double)AMOUNT / 1e6 / took);
	printf("logcpu-%s\t%s\t%g\n", row, l->name, cpu * 1e9 / (double)AMOUNT);
	fflush(stdout);
}

/* One line, and the moment at which it is in the file: the median of many. */
static int by_size(void const *a, void const *b)
{
	double const x = *(double const *)a, y = *(double const *)b;

	return (x > y) - (x < y);
}

static void latency(struct logger const *l, char const *parent)
{
	char dir[PATH_SIZE], current[PATH_SIZE + 16];
	static double took[LATENCIES];
	struct stat st;
	int p[2], status, fd;

	snprintf(dir, sizeof dir, "%s/log", parent);
	snprintf(current, sizeof current, "%s/current", dir);
	empty(dir);
	if (pipe2(p, O_CLOEXEC) < 0)
		die("pipe");
	pid_t const pid = start(l, dir, false, p);
	close(p[0]);
	while ((fd = open(current, O_RDONLY | O_CLOEXEC)) < 0)
		;
	for (int i = 0; i < LATENCIES; i++) {
		double const began = now();
		write_all(p[1], lines, LINE);
		do
			fstat(fd, &st);
		while (st.st_size < (off_t)LINE * (i + 1));
		took[i] = (now() - began) * 1e6;
		nanosleep(&(struct timespec){ .tv_nsec = 100000 }, NULL); /* it is to wait again */
	}
	close(fd);
	close(p[1]);
	if (waitpid(pid, &status, 0) != pid || status)
		die(l->name);
	qsort(took, LATENCIES, sizeof *took, by_size);
	printf("loglatency\t%s\t%g\n", l->name, took[LATENCIES / 2]);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	static struct {
		char const *row;
		bool big, stamps, disk;
	} const rows[] = {
		{ "line", false, false, false },     { "line-tt", false, true, false },
		{ "big", true, false, false },       { "big-tt", true, true, false },
		{ "line-disk", false, false, true }, { "line-tt-disk", false, true, true },
		{ "big-disk", true, false, true },   { "big-tt-disk", true, true, true },
	};

	if (argc != 6)
		return 100;
	ours = argv[2];
	installed = argv[3];
	for (size_t i = 0; i < sizeof lines; i++)
		lines[i] = i % LINE == LINE - 1 ? '\n' : (char)('a' + i % 26);
	for (int round = 5 * atoi(argv[1]); round; round--) {
		for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
			for (int i = 0; i < LOGGERS; i++)
				if (is_here(&loggers[i]))
					speed(rows[r].row, &loggers[i],
					      rows[r].disk ? argv[5] : argv[4], rows[r].stamps,
					      rows[r].big ? sizeof lines : LINE);
		for (int i = 0; i < LOGGERS; i++)
			if (is_here(&loggers[i]))
				latency(&loggers[i], argv[4]);
	}
	return 0;
}
