#include <signal.h>
#include <string.h>

#include "value.h"

#define BLANKS " \t\n\r"
#define TEN_YEARS (UINT64_C(3652) * 24 * 3600 * 1000)

/* The value between the blanks; false: there is none, or more than one where one is wanted. */
struct word {
	char const *s;
	size_t len;
};

static bool next_word(char const **text, struct word *w)
{
	w->s = *text + strspn(*text, BLANKS);
	w->len = strcspn(w->s, BLANKS);
	*text = w->s + w->len;
	return w->len > 0;
}

static bool only_word(char const *text, struct word *w)
{
	return next_word(&text, w) && !text[strspn(text, BLANKS)];
}

static bool is(struct word const *w, char const *name)
{
	return strlen(name) == w->len && !memcmp(w->s, name, w->len);
}

/* Leading digits, which are taken away. */
static bool digits(struct word *w, uint64_t max, uint64_t *n)
{
	uint64_t got = 0;
	size_t i = 0;

	for (; i < w->len && w->s[i] >= '0' && w->s[i] <= '9'; i++) {
		uint64_t const digit = (uint64_t)(w->s[i] - '0');
		if (digit > max || got > (max - digit) / 10)
			return false;
		got = got * 10 + digit;
	}
	if (!i)
		return false;
	w->s += i;
	w->len -= i;
	*n = got;
	return true;
}

static bool word_number(struct word w, uint64_t max, uint64_t *n)
{
	uint64_t got;

	if (!digits(&w, max, &got) || w.len)
		return false;
	*n = got;
	return true;
}

static bool word_time(struct word w, uint64_t *ms)
{
	static struct {
		char const *name;
		uint64_t ms;
	} const units[] = {
		{ "", 1 }, { "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 }
	};
	uint64_t n;

	if (!digits(&w, TEN_YEARS, &n))
		return false;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (is(&w, units[i].name) && n <= TEN_YEARS / units[i].ms) {
			*ms = n * units[i].ms;
			return true;
		}
	return false;
}

bool value_number(char const *text, uint64_t max, uint64_t *n)
{
	struct word w;

	return only_word(text, &w) && word_number(w, max, n);
}

bool value_time(char const *text, uint64_t *ms)
{
	struct word w;

	return only_word(text, &w) && word_time(w, ms);
}

/* Beyond the first word of the kernel's list: RTMIN is what glibc and musl's programs see of it. */
enum { REAL_TIME_MIN = 34, REAL_TIME_MAX = 64 };

static bool real_time(struct word w, unsigned int *sig)
{
	bool const up = w.len >= 5 && !memcmp(w.s, "RTMIN", 5);
	uint64_t n = 0;

	if (!up && (w.len < 5 || memcmp(w.s, "RTMAX", 5) != 0))
		return false;
	w.s += 5;
	w.len -= 5;
	if (w.len && *w.s == (up ? '+' : '-')) {
		w.s++;
		w.len--;
		if (!word_number(w, REAL_TIME_MAX - REAL_TIME_MIN, &n))
			return false;
	} else if (w.len) {
		return false;
	}
	*sig = (unsigned int)(up ? REAL_TIME_MIN + n : REAL_TIME_MAX - n);
	return true;
}

static bool named_signal(struct word w, unsigned int *sig)
{
	static struct {
		char const *name;
		int number;
	} const names[] = {
		{ "HUP", SIGHUP },   { "INT", SIGINT },       { "QUIT", SIGQUIT },
		{ "ILL", SIGILL },   { "TRAP", SIGTRAP },     { "ABRT", SIGABRT },
		{ "IOT", SIGABRT },  { "BUS", SIGBUS },       { "FPE", SIGFPE },
		{ "KILL", SIGKILL }, { "USR1", SIGUSR1 },     { "SEGV", SIGSEGV },
		{ "USR2", SIGUSR2 }, { "PIPE", SIGPIPE },     { "ALRM", SIGALRM },
		{ "TERM", SIGTERM }, { "STKFLT", SIGSTKFLT }, { "CHLD", SIGCHLD },
		{ "CONT", SIGCONT }, { "STOP", SIGSTOP },     { "TSTP", SIGTSTP },
		{ "TTIN", SIGTTIN }, { "TTOU", SIGTTOU },     { "URG", SIGURG },
		{ "XCPU", SIGXCPU }, { "XFSZ", SIGXFSZ },     { "VTALRM", SIGVTALRM },
		{ "PROF", SIGPROF }, { "WINCH", SIGWINCH },   { "IO", SIGIO },
		{ "POLL", SIGIO },   { "PWR", SIGPWR },       { "SYS", SIGSYS },
	};

	if (w.len > 3 && !memcmp(w.s, "SIG", 3)) {
		w.s += 3;
		w.len -= 3;
	}
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (is(&w, names[i].name)) {
			*sig = (unsigned int)names[i].number;
			return true;
		}
	return real_time(w, sig);
}

bool value_signal(char const *text, unsigned int *sig)
{
	struct word w;
	uint64_t n;

	if (!only_word(text, &w))
		return false;
	if (word_number(w, REAL_TIME_MAX, &n)) {
		if (n)
			*sig = (unsigned int)n;
		return n > 0;
	}
	return named_signal(w, sig);
}

bool value_empty(char const *text)
{
	struct word w;

	return !next_word(&text, &w);
}

bool value_word(char const *text, char const *const *words, unsigned int count, unsigned int *i)
{
	struct word w;

	if (!only_word(text, &w))
		return false;
	for (unsigned int k = 0; k < count; k++)
		if (is(&w, words[k])) {
			*i = k;
			return true;
		}
	return false;
}

bool value_rate(char const *text, uint64_t max, uint64_t *n, uint64_t *ms)
{
	struct word w;
	uint64_t count, time;

	if (!next_word(&text, &w) || !word_number(w, max, &count) || !next_word(&text, &w) ||
	    !is(&w, "in") || !only_word(text, &w) || !word_time(w, &time))
		return false;
	*n = count;
	*ms = time;
	return true;
}

bool value_codes(char const *text, struct value_codes *c)
{
	struct value_codes got = { { 0 }, 0 };
	struct word w;
	bool any = false;

	for (; next_word(&text, &w); any = true) {
		unsigned int sig;
		uint64_t n;
		if (word_number(w, 255, &n))
			got.codes[n / 64] |= UINT64_C(1) << n % 64;
		else if (named_signal(w, &sig))
			got.signals |= UINT64_C(1) << (sig - 1);
		else
			return false;
	}
	if (any)
		*c = got;
	return any;
}

bool value_codes_has(struct value_codes const *c, unsigned int code)
{
	return code < 256 && c->codes[code / 64] >> code % 64 & 1;
}

bool value_codes_has_signal(struct value_codes const *c, unsigned int sig)
{
	return sig >= 1 && sig <= 64 && c->signals >> (sig - 1) & 1;
}
