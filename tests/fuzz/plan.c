/* The words of chpst and its other names: options as the C library's getopt reads them, and what
 * each of them means. */
#include <limits.h>
#include <unistd.h>

#include "fuzz.h"
#include "plan.h"

enum { WORDS = 80, CHARS = 128 };

/* A number, then letters that take a word, or none. */
static struct form {
	char const *name, *options, *numbers;
	char takes; /* what the word before the program is */
} const forms[] = {
	{ "setuidgid", "", "", 'u' },
	{ "setuser", "", "", 'a' },
	{ "envuidgid", "", "", 'U' },
	{ "envdir", "", "", 'e' },
	{ "pgrphack", "", "", 0 },
	{ "setlock", "+:nNxX", "", 'l' },
	{ "softlimit", "+:a:c:d:f:l:m:o:p:r:s:t:", "acdflmoprst", 0 },
	{ "chpst", "+:u:U:a:b:e:m:d:o:p:f:c:r:t:/:C:n:l:L:k:K:R:W:NvVP012", "mdopfcrt", 0 },
};
#define CHPST (forms + sizeof forms / sizeof *forms - 1)

/* What getopt has found. */
struct words {
	char const *of[CHARS]; /* the last of each letter */
	int when[CHARS];       /* it came: 1 for the first of all */
	int first;             /* that is no option */
	struct plan_path path[PLAN_PATHS];
	unsigned int paths; /* of them */
};

static struct form const *form_of(char const *path)
{
	char const *const slash = path ? strrchr(path, '/') : NULL;
	char const *name = slash ? slash + 1 : path ? path : "chpst";
	struct form const *f = forms;

	name += *name == 'd';
	while (f < CHPST && strcmp(f->name, name) != 0)
		f++;
	return f;
}

static bool is_good(struct form const *f, struct words const *w, int c, char const *word)
{
	if (strchr(f->numbers, c))
		return !word[strspn(word, "0123456789")] || (f != CHPST && !strcmp(word, "="));
	if (f == CHPST && c == 'n')
		return word += *word == '-' || *word == '+', !word[strspn(word, "0123456789")];
	if (f == CHPST && strchr("lLkK", c)) /* one of two, once */
		return !w->of[c] && !w->of[c ^ ('l' ^ 'L')];
	return f != CHPST || (c != 'R' && c != 'W') || w->paths < PLAN_PATHS;
}

static enum plan_result read_words(struct words *w, struct form const *f, int argc, char **argv,
				   struct plan_error const *e)
{
	int n = 0;

	optind = opterr = 0;
	for (int c; *f->options && (c = getopt(argc, argv, f->options)) != -1;) {
		if (c == '?' || c == ':') {
			must(e->letter == (char)optopt, "the letter that is wrong is told");
			must(e->missing == (c == ':'), "and what is wrong with it");
			return PLAN_USAGE;
		}
		if (c == 'V')
			return PLAN_VERSION;
		if (!is_good(f, w, c, optarg))
			return PLAN_USAGE;
		w->of[c] = optarg ? optarg : "";
		w->when[c] = ++n;
		if (f == CHPST && (c == 'R' || c == 'W'))
			w->path[w->paths++] = (struct plan_path){ optarg, c == 'W' };
	}
	w->first = *f->options ? optind : 1;
	if (f->takes && w->first < argc)
		w->of[(int)f->takes] = argv[w->first++];
	bool const both = f == CHPST && w->of['a'] && w->of['u'];
	return w->first < argc && !both ? PLAN_OK : PLAN_USAGE;
}

static void limits(struct plan const *p, struct form const *f, struct words const *w)
{
	unsigned int wanted = 0;
	size_t n;

	for (char const *c = f->numbers; *c; c++)
		wanted += w->of[(int)*c] != NULL;
	must(p->nlimits == wanted && wanted <= PLAN_LIMITS, "each limit that was given, once");
	for (unsigned int i = 0; i < p->nlimits; i++) {
		struct plan_limit const *const l = &p->limits[i];
		char const *const word = w->of[(int)l->letter];

		must(word && strchr(f->numbers, l->letter), "a limit has a letter");
		must(l->hard ? !strcmp(word, "=")
			     : l->value == leading_number(word, strlen(word), &n),
		     "its value");
	}
}

/* Every field is the last word of its letter, the very one, or nothing. */
static void fields(struct plan const *p, struct form const *f, struct words const *w)
{
	bool const chpst = f == CHPST, lock = f->takes == 'l';
	char const *const nice = chpst && w->of['n'] ? w->of['n'] : "";
	bool const sign = *nice == '-' || *nice == '+';
	size_t len;
	uint64_t const n = leading_number(nice + sign, strlen(nice + sign), &len);
	int const level = n < INT_MAX ? (int)n : INT_MAX;

	must(p->account == w->of['u'] && p->env_account == w->of['U'], "accounts");
	must(p->login == (chpst || f->takes == 'a' ? w->of['a'] : NULL), "login");
	must(p->env_dir == w->of['e'] && p->env_strict == (f->takes == 'e'), "environment");
	must(p->root == w->of['/'] && p->dir == w->of['C'] && p->argv0 == w->of['b'], "words");
	must(p->nice == (*nice == '-' ? -level : level), "the level");
	must(p->account_only == (f->takes == 'u' || f->takes == 'U'), "of an account no groups");
	must(p->no_new_privs == (chpst && w->of['N']) && p->verbose == (w->of['v'] != NULL),
	     "N, v");
	must(p->session == (w->of['P'] || !strcmp(f->name, "pgrphack")), "session");
	for (char c = '0'; c < '3'; c++)
		must(p->close[c - '0'] == (w->of[(int)c] != NULL), "what is closed");
	must(!chpst || p->lock == (w->of['l'] ? w->of['l'] : w->of['L']), "the lock");
	must(chpst || p->lock == (lock ? w->of['l'] : NULL), "softlimit's l is none");
	must(p->lock_wait == (lock ? w->when['n'] > w->when['N'] : chpst && w->of['l']), "waits");
	must(p->caps == (w->of['k'] ? w->of['k'] : w->of['K']), "capabilities");
	must(p->caps_keep == (w->of['k'] != NULL) && p->npaths == w->paths, "kept; paths");
	for (unsigned int i = 0; i < w->paths; i++)
		must(p->paths[i].name == w->path[i].name && p->paths[i].write == w->path[i].write,
		     "every path");
	must(p->quiet == (lock && w->when['x'] > w->when['X']), "quiet");
	limits(p, f, w);
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
	struct feed f = { data, size };
	char *argv[WORDS + 1] = { NULL };
	int argc = 0;
	struct plan p;
	struct plan_error e;
	struct words w = { .first = 1 };

	while (f.left && argc < WORDS) {
		argv[argc++] = feed_string(&f, strnlen((char const *)f.at, f.left));
		feed_byte(&f);
	}
	struct form const *const form = form_of(argv[0]);
	enum plan_result const got = plan_make(&p, &e, argc, (char const *const *)argv);
	must(e.prog && e.usage, "there is something to say");
	must(got == read_words(&w, form, argc, argv, &e), "understood, or not, as getopt does");
	must(got != PLAN_OK || p.argv == (char const *const *)argv + w.first, "the program");
	if (got == PLAN_OK)
		fields(&p, form, &w);
	while (argc)
		free(argv[--argc]);
	return 0;
}
