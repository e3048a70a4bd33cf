#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <skalibs/iopause.h>
#include <skalibs/selfpipe.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "stamp.h"
#include "svlogd.h"

#define FATAL 111 /* usage errors as well: contract */
#define OPTIONS "R:r:l:b:tvV"
#define USAGE " [-ttv] [-r c] [-R abc] [-l len] [-b buflen] dir ...\n"
#define PAGE ((size_t)4096)
#define CAPACITY ((size_t)64 * 1024) /* what a pipe holds: a burst is one read and one write */

char const *PROG = "svlogd";

/* Usage errors name us as we were called; all other messages say svlogd. */
static _Noreturn void usage(char const *self)
{
	strerr_die(FATAL, "usage: ", self, USAGE);
}

/* skalibs' own text lacks the letter. */
static _Noreturn void bad_option(char const *self, char problem)
{
	char const letter[2] = { problem, 0 };
	char const *const slash = strrchr(self, '/');
	bool const missing = strchr(OPTIONS, problem) != NULL;

	strerr_warn(slash ? slash + 1 : self,
		    missing ? ": option requires an argument -- " : ": illegal option -- ", letter);
	usage(self);
}

/* Leading digits; none, or 0, is the default. */
static size_t number(char const *s, size_t otherwise)
{
	uint64_t n = 0;

	uint64_scan(s, &n);
	return n && n < SIZE_MAX / 4 ? n : otherwise;
}

/* Returns the number of words before the directories. */
static int options(struct svlogd *s, int argc, char const *const *argv)
{
	subgetopt o = SUBGETOPT_ZERO;
	char const *const self = argc ? argv[0] : PROG;
	size_t buffer = 1024;

	s->max = 1000;
	s->also = "";
	for (int c; (c = subgetopt_r(argc, argv, OPTIONS, &o)) != -1;)
		switch (c) {
		case 't':
			if (s->style < LINE_UTC_T)
				s->style++;
			break;
		case 'v':
			s->verbose = true;
			break;
		case 'l':
			s->max = number(o.arg, 1000);
			break;
		case 'b':
			buffer = number(o.arg, 1024);
			break;
		case 'r':
			if (!o.arg[0] || o.arg[1])
				usage(self);
			s->with = o.arg[0];
			break;
		case 'R':
			s->also = o.arg;
			if (!s->with)
				s->with = '_';
			break;
		case 'V':
			strerr_warn("svlogd (tend)");
			usage(self);
		default:
			bad_option(self, (char)o.problem);
		}
	if (buffer <= s->max || o.ind >= argc)
		usage(self);
	s->cap = buffer < CAPACITY ? CAPACITY : (buffer + PAGE - 1) / PAGE * PAGE;
	return o.ind;
}

/* One mapping: the directories, then in, both on the first page; out; and scratch for what is read
 * while out is full. Pages that are never touched cost nothing. */
static void allocate(struct svlogd *s)
{
	size_t const table = (s->ndirs * sizeof *s->dirs + 63) / 64 * 64;
	size_t const first = (table + s->cap + PAGE - 1) / PAGE * PAGE;
	char *const all = mmap(NULL, first + 2 * s->cap, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (all == MAP_FAILED)
		strerr_diefusys(FATAL, "allocate buffers");
	s->dirs = (void *)all;
	s->in = all + table;
	s->out = all + first;
	s->scratch = s->out + s->cap;
}

/* The wall clock is asked once a read: lines that came together carry one stamp. */
bool input_read(struct svlogd *s, size_t n)
{
	size_t const room = s->cap - s->held;
	tain now;

	ssize_t const got = read(0, s->in + s->held, n < room ? n : room);
	if (got > 0) {
		stamp_now(&now);
		s->stamp_len = line_stamp(s->stamp[1], s->style, &now);
		s->held += (size_t)got;
		return true;
	}
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (got < 0)
		strerr_warnwusys("read standard input");
	return false;
}

bool input_in_line(struct svlogd const *s)
{
	return s->middle || s->held;
}

bool signals_read(struct svlogd *s)
{
	bool urgent = false;
	char const *name;

	for (int sig; (sig = selfpipe_read()) > 0;) {
		if (sig == SIGTERM) {
			s->term = urgent = true;
			name = "sigterm";
		} else if (sig == SIGHUP) {
			s->hup = urgent = true;
			name = "sighangup";
		} else {
			s->alrm = true;
			name = "sigalarm";
		}
		if (s->verbose)
			strerr_warni(name, " received.");
	}
	return urgent;
}

static void listen(struct svlogd *s)
{
	static int const heard[] = { SIGTERM, SIGHUP, SIGALRM };

	s->signals = selfpipe_init();
	if (s->signals < 0)
		strerr_diefusys(FATAL, "set up signals");
	for (size_t i = 0; i < sizeof heard / sizeof *heard; i++)
		if (!selfpipe_trap(heard[i]))
			strerr_diefusys(FATAL, "set up signals");
}

static void open_all(struct svlogd *s)
{
	unsigned int working = 0;

	for (unsigned int i = 0; i < s->ndirs; i++)
		if (logdir_open(&s->dirs[i], s->out, s->cap)) {
			working++;
			deliver_settle(s, &s->dirs[i]);
		}
	if (!working)
		strerr_dief(FATAL, "no functional log directories.");
}

static void close_all(struct svlogd *s)
{
	for (unsigned int i = 0; i < s->ndirs; i++)
		if (logdir_is_open(&s->dirs[i]))
			logdir_close(&s->dirs[i]);
}

static void rotate_all(struct svlogd *s, bool every)
{
	for (unsigned int i = 0; i < s->ndirs; i++) {
		struct logdir *const d = &s->dirs[i];
		if (logdir_is_open(d) && d->size && (every || logdir_is_old(d)))
			deliver_rotate(s, d);
	}
}

/* Gives back what a burst has touched and a quiet process does not need. */
static void give_back(struct svlogd *s)
{
	char *const used = s->in + s->held;
	char *const end = s->out;
	char *const from = used + (PAGE - (uintptr_t)used % PAGE) % PAGE;

	madvise(from, (size_t)(end - from), MADV_DONTNEED);
	madvise(s->out + PAGE, s->cap - PAGE, MADV_DONTNEED);
}

/* The next moment at which something is to be done without being asked. */
static tain deadline(struct svlogd const *s, bool big)
{
	tain due = tain_infinite;

	if (big)
		tain_addsec_g(&due, 1);
	for (unsigned int i = 0; i < s->ndirs; i++) {
		struct logdir const *const d = &s->dirs[i];
		if (logdir_is_open(d) && d->size && d->config.age && tain_less(&d->due, &due))
			due = d->due;
	}
	return due;
}

static void obey(struct svlogd *s)
{
	if (s->hup) {
		s->hup = false;
		close_all(s);
		open_all(s);
	}
	rotate_all(s, s->alrm);
	s->alrm = false;
}

/* Until the end of input (false) or TERM (true). */
static bool loop(struct svlogd *s)
{
	bool big = false;

	for (;;) {
		/* poll, then read, because O_NONBLOCK would reach everybody who shares our stdin */
		iopause_fd x[2] = { { .fd = s->signals, .events = IOPAUSE_READ },
				    { .fd = 0, .events = IOPAUSE_READ } };
		tain const due = deadline(s, big);
		int const n = iopause_g(x, 2, &due);
		if (n < 0)
			strerr_diefusys(FATAL, "wait for input");
		if (!n && big) {
			give_back(s);
			big = false;
		}
		if (x[0].revents)
			signals_read(s);
		if (s->term)
			return true;
		obey(s);
		if (!x[1].revents)
			continue;
		if (!input_read(s, s->cap))
			return false;
		big = big || s->held > PAGE / 2;
		deliver(s, false);
	}
}

static bool readable(tain const *due)
{
	iopause_fd x = { .fd = 0, .events = IOPAUSE_READ };

	return iopause_g(&x, 1, due) > 0;
}

static bool all_given_up(struct svlogd const *s)
{
	for (unsigned int i = 0; i < s->ndirs; i++)
		if (logdir_is_open(&s->dirs[i]) && !s->dirs[i].given_up)
			return false;
	return true;
}

/* After TERM: what is in the pipe at this moment, then the rest of the line that it may have cut,
 * byte by byte, so that the next line is left to whoever reads next. A writer that does not end its
 * line is waited for, but not for ever. */
static void last_words(struct svlogd *s)
{
	tain due = STAMP;

	if (all_given_up(s))
		return;
	if (readable(&due)) {
		if (!input_read(s, s->cap))
			return;
		deliver(s, false);
	}
	tain_addsec_g(&due, 2);
	while (input_in_line(s) && !all_given_up(s) && readable(&due) && input_read(s, 1))
		if (s->held && (s->middle || s->in[s->held - 1] == '\n'))
			deliver(s, false);
}

static void account(struct svlogd const *s)
{
	char bytes[UINT64_FMT];

	for (unsigned int i = 0; i < s->ndirs; i++)
		if (s->dirs[i].lost) {
			bytes[uint64_fmt(bytes, s->dirs[i].lost)] = 0;
			strerr_warnw("lost because of TERM: ", s->dirs[i].name, ": ", bytes,
				     " bytes");
		}
}

int main(int argc, char const *const *argv)
{
	struct svlogd s = { .style = LINE_PLAIN };
	int const first = options(&s, argc, argv);

	/* a closed stdin must not become one of our files; reading it will say what is wrong */
	if (fcntl(0, F_GETFD) < 0 && open("/dev/null", O_WRONLY | O_CLOEXEC) < 0)
		strerr_diefusys(FATAL, "open /dev/null");
	s.ndirs = (unsigned int)(argc - first);
	allocate(&s);
	for (unsigned int i = 0; i < s.ndirs; i++) {
		s.dirs[i].name = argv[first + (int)i];
		s.dirs[i].verbose = s.verbose;
	}
	tain_now_set_stopwatch_g();
	listen(&s);
	open_all(&s);
	if (loop(&s))
		last_words(&s);
	deliver(&s, true);
	close_all(&s);
	account(&s);
	return 0;
}
