#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "world.h"

enum { MOST = 65536, PATIENCE_MS = 60000 };

static int stamps = -1;
static volatile sig_atomic_t enough;

int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void had_enough(int sig)
{
	(void)sig;
	enough = 1;
}

static void leave_if_enough(void)
{
	if (!enough)
		return;
	enough = 0; /* clearing up waits, too */
	world_clear();
	group_remove(NULL);
	_exit(130);
}

void world_die(char const *why, char const *what)
{
	fprintf(stderr, "measure: fatal: %s %s: %s\n", why, what, strerror(errno));
	world_clear();
	group_remove(NULL);
	_exit(111);
}

void world_begin(char const *fifo)
{
	static int const ends[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction const a = { .sa_handler = had_enough };
	struct rlimit files;

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		sigaction(ends[i], &a, NULL);
	/* what a scanner leaves behind becomes our child, and is found by world_clear() */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	/* svscan holds two descriptors for each service with a logger */
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	mkfifo(fifo, 0600);
	stamps = open(fifo, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (stamps < 0)
		world_die("open", fifo);
	fcntl(stamps, F_SETPIPE_SZ, 1 << 20); /* nobody is to wait for us */
}

void nap_ms(int ms)
{
	poll(NULL, 0, ms);
	leave_if_enough();
}

bool stamp_wait(char tag, char kind, int ms, struct stamp *s)
{
	int64_t const end = now_ns() + ms * 1000000LL;

	for (;;) {
		struct pollfd x = { .fd = stamps, .events = POLLIN };
		while (read(stamps, s, sizeof *s) == (ssize_t)sizeof *s)
			if (s->tag == tag && s->kind == kind)
				return true;
		int64_t const left = (end - now_ns()) / 1000000;
		if (left <= 0)
			return false;
		poll(&x, 1, (int)left);
		leave_if_enough();
	}
}

void stamp_drain(void)
{
	struct stamp s;

	while (read(stamps, &s, sizeof s) > 0)
		;
}

/* A small file of /proc as a string; false: gone. */
static bool slurp(pid_t pid, char const *name, char *buf, size_t size)
{
	char path[64];

	if (pid)
		snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
	else
		snprintf(path, sizeof path, "/proc/%s", name);
	int const fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ssize_t const n = read(fd, buf, size - 1);
	close(fd);
	if (n <= 0)
		return false;
	buf[n] = 0;
	return true;
}

/* The number behind a key at the beginning of a line. */
static int64_t field(char const *text, char const *key)
{
	char const *const at = strstr(text, key);

	return at ? strtoll(at + strlen(key), NULL, 10) : 0;
}

struct proc {
	pid_t pid, parent;
	char comm[16];
	bool ours;
};

static bool proc_read(pid_t pid, struct proc *p)
{
	char buf[512];

	if (!slurp(pid, "stat", buf, sizeof buf))
		return false;
	char const *const open = strchr(buf, '(');
	char *const close = strrchr(buf, ')');
	if (!open || !close || close[1] != ' ' || close[2] == 'Z')
		return false;
	*close = 0;
	p->pid = pid;
	snprintf(p->comm, sizeof p->comm, "%s", open + 1);
	p->parent = (pid_t)strtol(close + 4, NULL, 10);
	p->ours = p->parent == getpid();
	return true;
}

static int by_pid(void const *a, void const *b)
{
	struct proc const *const x = a, *const y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

size_t processes(char const *comm, pid_t *pids, size_t max)
{
	static struct proc all[MOST];
	size_t n = 0, found = 0;
	DIR *const d = opendir("/proc");

	for (struct dirent *e; d && n < MOST && (e = readdir(d));)
		if (isdigit((unsigned char)e->d_name[0]) &&
		    proc_read((pid_t)strtol(e->d_name, NULL, 10), &all[n]))
			n++;
	if (d)
		closedir(d);
	qsort(all, n, sizeof *all, by_pid);
	/* a generation each time; trees are four deep */
	for (bool more = true; more;) {
		more = false;
		for (size_t i = 0; i < n; i++) {
			struct proc const key = { .pid = all[i].parent };
			struct proc const *const up =
				all[i].ours ? NULL : bsearch(&key, all, n, sizeof *all, by_pid);
			if (up && up->ours)
				more = all[i].ours = true;
		}
	}
	for (size_t i = 0; i < n; i++)
		if (all[i].ours && (!comm || !strncmp(all[i].comm, comm, sizeof all[i].comm - 1))) {
			if (found < max)
				pids[found] = all[i].pid;
			found++;
		}
	return found < max ? found : max;
}

bool processes_wait(char const *comm, size_t n, int ms)
{
	static pid_t pids[MOST];
	int64_t const end = now_ns() + ms * 1000000LL;

	while (processes(comm, pids, MOST) < n) {
		if (now_ns() > end)
			return false;
		nap_ms(50);
	}
	return true;
}

void world_clear(void)
{
	static pid_t pids[MOST];

	/* until none is left: who is killed may have forked a moment before */
	for (size_t n; (n = processes(NULL, pids, MOST)) > 0;) {
		for (size_t i = 0; i < n; i++)
			kill(pids[i], SIGKILL);
		poll(NULL, 0, 5);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static int64_t cpu_of_all(void)
{
	static pid_t pids[MOST];
	size_t const n = processes(NULL, pids, MOST);
	int64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += cpu_ns(pids[i]);
	return sum;
}

void settle(void)
{
	enum { CALM_NS = 4000000, LOOK_MS = 250 };
	int64_t const end = now_ns() + PATIENCE_MS * 1000000LL;

	for (int64_t was = cpu_of_all(), is; now_ns() < end; was = is) {
		nap_ms(LOOK_MS);
		is = cpu_of_all();
		if (is - was < CALM_NS && is >= was)
			break;
	}
}

int64_t cpu_ns(pid_t pid)
{
	char buf[128];

	return slurp(pid, "schedstat", buf, sizeof buf) ? strtoll(buf, NULL, 10) : 0;
}

int64_t switches(pid_t pid)
{
	char buf[4096];

	return slurp(pid, "status", buf, sizeof buf) ? field(buf, "\nvoluntary_ctxt_switches:") : 0;
}

int64_t pss_kib(pid_t pid)
{
	char buf[2048];

	return slurp(pid, "smaps_rollup", buf, sizeof buf) ? field(buf, "\nPss:") : 0;
}

int64_t used_kib(void)
{
	char buf[8192];

	if (!slurp(0, "meminfo", buf, sizeof buf))
		world_die("read", "/proc/meminfo");
	return field(buf, "MemTotal:") - field(buf, "\nMemFree:") - field(buf, "\nBuffers:") -
	       field(buf, "\nCached:") - field(buf, "\nSReclaimable:");
}

/* Version 1 has a hierarchy for each controller, version 2 one for all: then both are the same
 * group. */
static char const *const hierarchies[GROUPS][2] = {
	[GROUP_CPU] = { "/sys/fs/cgroup/cpuacct", "cpuacct.usage" },
	[GROUP_MEMORY] = { "/sys/fs/cgroup/memory", "memory.usage_in_bytes" },
};
static char groups[GROUPS][96];

/* The text of a file of a group; empty if it cannot be had. */
static char const *group_file(int which, char const *name)
{
	static char buf[4096];
	char path[256];

	buf[0] = 0;
	snprintf(path, sizeof path, "%s/%s", groups[which], name);
	int const fd = groups[which][0] ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	ssize_t const n = fd < 0 ? 0 : read(fd, buf, sizeof buf - 1);
	if (fd >= 0)
		close(fd);
	buf[n > 0 ? n : 0] = 0;
	return buf;
}

static bool is_v1(int which)
{
	return access(hierarchies[which][0], F_OK) == 0;
}

void group_make(int join[GROUPS])
{
	for (int i = 0; i < GROUPS; i++) {
		char path[256];
		char const *const root = is_v1(i) ? hierarchies[i][0] : "/sys/fs/cgroup";

		join[i] = -1;
		snprintf(path, sizeof path, "%s/cgroup.procs", root);
		if (access(path, W_OK) < 0)
			continue;
		snprintf(groups[i], sizeof groups[i], "%s/tend-bench.%d", root, (int)getpid());
		if (mkdir(groups[i], 0755) < 0 && errno != EEXIST) {
			groups[i][0] = 0;
			continue;
		}
		snprintf(path, sizeof path, "%s/cgroup.procs", groups[i]);
		join[i] = open(path, O_WRONLY | O_CLOEXEC);
	}
}

int64_t group_cpu_ns(void)
{
	if (is_v1(GROUP_CPU))
		return strtoll(group_file(GROUP_CPU, hierarchies[GROUP_CPU][1]), NULL, 10);
	return field(group_file(GROUP_CPU, "cpu.stat"), "usage_usec ") * 1000;
}

int64_t group_kib(void)
{
	char const *const usage =
		is_v1(GROUP_MEMORY) ? hierarchies[GROUP_MEMORY][1] : "memory.current";
	int64_t const all = strtoll(group_file(GROUP_MEMORY, usage), NULL, 10);
	int64_t const files = field(group_file(GROUP_MEMORY, "memory.stat"),
				    is_v1(GROUP_MEMORY) ? "cache " : "\nfile ");

	return all ? (all - files) / 1024 : -1;
}

void group_remove(int join[GROUPS])
{
	for (int i = 0; i < GROUPS; i++) {
		/* it stays busy for a moment after the last process has been reaped */
		for (int n = 0; groups[i][0] && rmdir(groups[i]) < 0 && errno == EBUSY && n < 100;
		     n++)
			poll(NULL, 0, 10);
		groups[i][0] = 0;
		if (join && join[i] >= 0)
			close(join[i]);
	}
}
