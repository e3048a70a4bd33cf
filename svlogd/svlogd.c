#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "events.h"
#include "stamp.h"
#include "svlogd.h"

#define FATAL 111 /* usage errors as well: contract */
#define OPTIONS "R:r:l:b:tvV"
#define USAGE " [-ttv] [-r c] [-R abc] [-l len] [-b buflen] dir ...\n"
#define STREAM_NS 50000 /* lines that follow each other within this time are a stream */
#define GATHER_NS 50000 /* a pipe of 64 KiB takes some times as long to fill up with lines */
#define FEW 16384       /* bytes: more is no line at a time */
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
	bool const missing = problem != ':' && strchr(OPTIONS, problem);

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
	s->buffer = buffer;
	return o.ind;
}

/* One mapping: the directories and their cursors, and out, which begins on the same page; and
 * scratch for what is read while out is full. Pages that are never touched cost nothing. */
static void allocate(struct svlogd *s)
{
	size_t const table = (s->ndirs * (sizeof *s->dirs + sizeof *s->cursors) + 63) / 64 * 64;
	size_t const size = table + 2 * CAPACITY;
	char *const all =
		mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	/* a line that waits for its end must be able to move */
	if (all == MAP_FAILED || !store_open(&s->store, 2 * s->max, s->buffer))
		strerr_diefusys(FATAL, "allocate buffers");
	s->dirs = (void *)all;
	s->cursors = (void *)(s->dirs + s->ndirs);
	s->out = all + table;
	s->out_cap = CAPACITY;
	s->scratch = s->out + CAPACITY;
}

static void open_all(struct svlogd *s, bool first)
{
	unsigned int working = 0;

	for (unsigned int i = 0; i < s->ndirs; i++)
		if (logdir_open(&s->dirs[i], s->out, s->out_cap))
			working++;
	if (!working)
		strerr_dief(FATAL, "no functional log directories.");
	/* later only what comes back with its directory, while no line waits */
	if (first || !s->input.end)
		recover(s);
	for (unsigned int i = 0; i < s->ndirs; i++)
		if (logdir_is_open(&s->dirs[i]))
			flush_settle(s, &s->dirs[i]);
	s->settled = false;
	if (s->input.end)
		input_settle(s);
}

static void finish_all(struct svlogd *s)
{
	for (unsigned int i = 0; i < s->ndirs; i++)
		if (logdir_is_open(&s->dirs[i]))
			logdir_finish(&s->dirs[i]);
}

static void close_all(struct svlogd *s)
{
	finish_all(s);
	for (unsigned int i = 0; i < s->ndirs; i++)
		if (logdir_is_open(&s->dirs[i]))
			logdir_close(&s->dirs[i]);
}

static void rotate_all(struct svlogd *s, bool every)
{
	for (unsigned int i = 0; i < s->ndirs; i++) {
		struct logdir *const d = &s->dirs[i];
		if (!logdir_is_open(d) || !d->cursor->size || !(every || logdir_is_old(d)))
			continue;
		flush_rotate(s, d);
		if (d->full) /* not again at once */
			stamp_ahead(&d->due, 3);
	}
}

/* Gives back what a burst has touched and a quiet process does not need. */
static void give_back(struct svlogd *s)
{
	char *const from = s->out + (PAGE - (uintptr_t)s->out % PAGE);

	input_quiet(s);
	madvise(from, (size_t)(s->scratch - from), MADV_DONTNEED);
	s->big = s->tight = false;
}

/* The next moment at which something is to be done without being asked. */
static tain deadline(struct svlogd const *s)
{
	tain due = queues_due(s), burst;

	if (s->big) {
		stamp_ahead(&burst, 1);
		if (tain_less(&burst, &due))
			due = burst;
	}
	for (unsigned int i = 0; i < s->ndirs; i++) {
		struct logdir const *const d = &s->dirs[i];
		if (logdir_is_open(d) && d->cursor->size && d->config.age &&
		    tain_less(&d->due, &due))
			due = d->due;
	}
	return due;
}

static void obey(struct svlogd *s)
{
	if (s->hup) {
		s->hup = false;
		/* what HUP is to mend may be that nobody reads */
		s->hurries = true;
		close_all(s);
		open_all(s, false);
		s->hurries = false;
	}
	bool const every = s->alrm;
	s->alrm = false;
	rotate_all(s, every);
}

static tain const at_once = TAIN_ZERO;

static bool readable(tain const *due)
{
	struct pollfd x = { .fd = 0, .events = POLLIN };

	return events_wait(&x, 1, due) > 0;
}

/* Reads what there is: a burst makes room for itself, so that it becomes one write. */
static bool read_input(struct svlogd *s)
{
	if (!s->settled || s->store.gave_way)
		input_settle(s);
	if (!input_read(s, SIZE_MAX))
		return false;
	if (!input_full(s) || s->tight || !store_grow(&s->store))
		return true;
	s->big = true;
	return !readable(&at_once) || input_read(s, SIZE_MAX);
}

static tain later(tain const *from, long ns)
{
	tain const while_ = { TAI_ZERO, (uint32_t)ns };
	tain t;

	tain_add(&t, from, &while_);
	return t;
}

/* Lines that come right after others are a stream, and whoever takes each of them at once is in the
 * way of who writes them: both need the pipe, and each is woken by the other. So a few are let come
 * first, for so short a time that no pipe is full by then. A line after a rest never waits. */
static void gather(struct svlogd *s)
{
	struct pollfd x = { .fd = s->signals, .events = POLLIN };
	tain now, due;

	stamp_monotonic(&now);
	if (!tain_less(&now, &s->stream))
		return;
	due = later(&now, GATHER_NS);
	if (events_wait(&x, 1, &due) > 0)
		signals_read(s);
}

static void note_stream(struct svlogd *s, size_t n)
{
	tain now;

	s->stream = (tain)TAIN_ZERO;
	if (n >= FEW)
		return;
	stamp_monotonic(&now);
	s->stream = later(&now, STREAM_NS);
}

/* Until the end of input (false) or TERM (true). */
static bool loop(struct svlogd *s)
{
	for (;;) {
		/* poll, then read, because O_NONBLOCK would reach everybody who shares our stdin */
		struct pollfd x[2] = { { .fd = s->signals, .events = POLLIN },
				       { .fd = 0, .events = POLLIN } };
		queues_serve(s);
		/* one that was heard while something could not be written is still to be obeyed */
		tain const due = s->term || s->hup || s->alrm ? at_once : deadline(s);
		int const n = events_wait(x, 2, &due);
		if (n < 0)
			strerr_diefusys(FATAL, "wait for input");
		if (!n && s->big)
			give_back(s);
		if (x[0].revents || s->unsaid)
			signals_read(s);
		if (s->term)
			return true;
		obey(s);
		if (!x[1].revents)
			continue;
		gather(s);
		uint32_t const before = s->input.end;
		if (!read_input(s))
			return false;
		size_t const came = s->input.end - before;
		deliver(s, false);
		note_stream(s, came);
	}
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
	tain due = at_once;

	if (all_given_up(s))
		return;
	if (readable(&due)) {
		if (!read_input(s))
			return;
		deliver(s, false);
	}
	stamp_ahead(&due, 2);
	while (input_in_line(s) && !all_given_up(s) && readable(&due) && input_read(s, 1))
		deliver(s, false);
}

static bool any_dropped(struct svlogd const *s)
{
	for (unsigned int i = 0; i < s->ndirs; i++)
		if (logdir_is_open(&s->dirs[i]) && s->cursors[i].dropped)
			return true;
	return false;
}

/* What could not be written because of TERM is kept for the next svlogd, where that can be, and so
 * is what the log could not be told of. */
static void leave(struct svlogd *s)
{
	bool const keeps = s->store.fd >= 0 && (input_held(s) > 0 || any_dropped(s));
	char bytes[UINT64_FMT];

	for (unsigned int i = 0; i < s->ndirs; i++)
		if (s->dirs[i].lost) {
			bytes[uint64_fmt(bytes, s->dirs[i].lost)] = 0;
			strerr_warnw(keeps ? "kept for the next start because of TERM: "
					   : "lost because of TERM: ",
				     s->dirs[i].name, ": ", bytes, " bytes");
		}
	for (unsigned int i = 0; i < s->ndirs; i++)
		if (logdir_is_open(&s->dirs[i]))
			flush_say_dropped(&s->dirs[i]);
	if (keeps)
		input_keep(s);
	else
		store_leave(&s->store);
}

/* None of our files may take the place of a closed one; reading it will say what is wrong. What can
 * only be read from is none to write to, and would be waited for. */
static void reserve(int fd)
{
	int const flags = fcntl(fd, F_GETFL);

	if (fd > 0 && flags >= 0 && (flags & O_ACCMODE) == O_RDONLY)
		close(fd);
	else if (flags >= 0)
		return;
	if (open("/dev/null", O_WRONLY) != fd)
		strerr_diefusys(FATAL, "open /dev/null");
}

int main(int argc, char const *const *argv)
{
	struct svlogd s = { .style = LINE_PLAIN, .udp = -1 };
	int const first = options(&s, argc, argv);

	for (int fd = 0; fd < 3; fd++)
		reserve(fd);
	s.ndirs = (unsigned int)(argc - first);
	allocate(&s);
	for (unsigned int i = 0; i < s.ndirs; i++) {
		s.dirs[i].name = argv[first + (int)i];
		s.dirs[i].verbose = s.verbose;
		s.dirs[i].cursor = &s.cursors[i];
	}
	signals_open(&s);
	open_all(&s, true);
	if (loop(&s))
		last_words(&s);
	deliver(&s, true);
	leave(&s);
	finish_all(&s);
	queues_end(&s);
	close_all(&s);
	return 0;
}
