#include <limits.h>
#include <stddef.h>
#include <string.h>

#include <skalibs/sgetopt.h>

#include "plan.h"

#define CHPST_OPTIONS "u:U:a:b:e:m:d:o:p:f:c:r:t:/:C:n:l:L:k:K:R:W:NvVP012"
#define CHPST_USAGE                                                                                \
	" [-NvVP012] [-u user[:group]] [-U user[:group]] [-a user] [-b argv0] [-e dir] [-/ root] " \
	"[-C dir]"                                                                                 \
	" [-n nice] [-l|-L lock] [-k|-K caps] [-R path] [-W path] [-m n] [-d n] [-o n] [-p n] "    \
	"[-f n] [-c n] [-r n] [-t n] prog"

static bool digits(char const *s, uint64_t *value)
{
	for (*value = 0; *s; s++) {
		if (*s < '0' || *s > '9')
			return false;
		uint64_t const digit = (uint64_t)(*s - '0');
		*value = *value > (UINT64_MAX - digit) / 10 ? UINT64_MAX : *value * 10 + digit;
	}
	return true;
}

static bool nice_level(struct plan *p, char const *s)
{
	bool const minus = *s == '-';
	uint64_t n;

	if (!digits(s + (minus || *s == '+'), &n))
		return false;
	int const level = n < INT_MAX ? (int)n : INT_MAX;
	p->nice = minus ? -level : level;
	return true;
}

/* A later limit of the same letter takes the place of the earlier one. */
static bool limit(struct plan *p, char letter, char const *s, bool equals)
{
	struct plan_limit l = { .letter = letter, .hard = equals && !strcmp(s, "=") };
	unsigned int i = 0;

	if (!l.hard && !digits(s, &l.value))
		return false;
	while (i < p->nlimits && p->limits[i].letter != letter)
		i++;
	p->limits[i] = l;
	if (i == p->nlimits)
		p->nlimits++;
	return true;
}

static bool lock(struct plan *p, char const *file, bool wait)
{
	if (p->lock)
		return false;
	p->lock = file;
	p->lock_wait = wait;
	return true;
}

/* Once: whether a second list adds to the first or replaces it, people see differently. */
static bool capabilities(struct plan *p, char const *list, bool keep)
{
	if (p->caps)
		return false;
	p->caps = list;
	p->caps_keep = keep;
	return true;
}

static bool path(struct plan *p, char const *name, bool write)
{
	if (p->npaths == PLAN_PATHS)
		return false;
	p->paths[p->npaths++] = (struct plan_path){ .name = name, .write = write };
	return true;
}

/* clang-format off */
/* Options that only keep their argument, or that they were there. */
static struct {
	char letter;
	bool flag;
	size_t at;
} const kept[] = {
	{ 'u', false, offsetof(struct plan, account) },
	{ 'U', false, offsetof(struct plan, env_account) },
	{ 'a', false, offsetof(struct plan, login) },
	{ 'b', false, offsetof(struct plan, argv0) },
	{ 'e', false, offsetof(struct plan, env_dir) },
	{ '/', false, offsetof(struct plan, root) },
	{ 'C', false, offsetof(struct plan, dir) },
	{ 'N', true,  offsetof(struct plan, no_new_privs) },
	{ 'v', true,  offsetof(struct plan, verbose) },
	{ 'P', true,  offsetof(struct plan, session) },
	{ '0', true,  offsetof(struct plan, close[0]) },
	{ '1', true,  offsetof(struct plan, close[1]) },
	{ '2', true,  offsetof(struct plan, close[2]) },
};
/* clang-format on */

static bool keep(struct plan *p, int c, char const *arg)
{
	size_t i = 0;

	while (i < sizeof kept / sizeof *kept && kept[i].letter != c)
		i++;
	if (i == sizeof kept / sizeof *kept)
		return false;
	void *const at = (char *)p + kept[i].at;
	if (kept[i].flag)
		*(bool *)at = true;
	else
		*(char const **)at = arg;
	return true;
}

static bool chpst_option(struct plan *p, int c, char const *arg)
{
	switch (c) {
	case 'n':
		return nice_level(p, arg);
	case 'l':
	case 'L':
		return lock(p, arg, c == 'l');
	case 'k':
	case 'K':
		return capabilities(p, arg, c == 'k');
	case 'R':
	case 'W':
		return path(p, arg, c == 'W');
	default:
		return keep(p, c, arg) || limit(p, (char)c, arg, false);
	}
}

static bool softlimit_option(struct plan *p, int c, char const *arg)
{
	return limit(p, (char)c, arg, true);
}

/* The reverse of daemontools' setlock: contract */
static bool setlock_option(struct plan *p, int c, char const *arg)
{
	(void)arg;
	if (c == 'n' || c == 'N')
		p->lock_wait = c == 'n';
	else
		p->quiet = c == 'x';
	return true;
}

static void take_account(struct plan *p, char const *word)
{
	p->account = word;
	p->account_only = true;
}

static void take_login(struct plan *p, char const *word)
{
	p->login = word;
}

static void take_env_account(struct plan *p, char const *word)
{
	p->env_account = word;
	p->account_only = true;
}

static void take_env_dir(struct plan *p, char const *word)
{
	p->env_dir = word;
	p->env_strict = true;
}

static void take_lock(struct plan *p, char const *word)
{
	p->lock = word;
}

struct form {
	char const *name;
	char const *options; /* NULL: none, a word is never taken for one */
	char const *usage;
	bool (*option)(struct plan *, int, char const *);
	void (*take)(struct plan *, char const *); /* of the word before the program */
};

/* clang-format off */
static struct form const forms[] = {
	{ "setuidgid",  NULL,   " account child", NULL, take_account },
	{ "setuser",    NULL,   " user child",    NULL, take_login },
	{ "envuidgid",  NULL,   " account child", NULL, take_env_account },
	{ "envdir",     NULL,   " dir child",     NULL, take_env_dir },
	{ "pgrphack",   NULL,   " child",         NULL, NULL },
	{ "setlock",    "nNxX", " [ -nNxX ] file program [ arg ... ]", setlock_option, take_lock },
	{ "softlimit",  "a:c:d:f:l:m:o:p:r:s:t:",
	  " [-a allbytes] [-c corebytes] [-d databytes] [-f filebytes] [-l lockbytes]"
	  " [-m membytes] [-o openfiles] [-p processes] [-r residentbytes] [-s stackbytes]"
	  " [-t cpusecs] child", softlimit_option, NULL },
	/* last: every other name */
	{ "chpst",      CHPST_OPTIONS, CHPST_USAGE, chpst_option, NULL },
};
/* clang-format on */

#define CHPST (sizeof forms / sizeof *forms - 1)

static struct form const *find_form(char const *name)
{
	size_t i = 0;

	if (*name == 'd')
		name++;
	while (i < CHPST && strcmp(name, forms[i].name) != 0)
		i++;
	return &forms[i];
}

static char const *base_name(char const *path)
{
	char const *const slash = path ? strrchr(path, '/') : NULL;

	return slash ? slash + 1 : path ? path : "chpst";
}

/* Returns the index of the first word that is no option; 0 after a usage error, -1 for -V. */
static int options(struct plan *p, struct plan_error *e, struct form const *f, int argc,
		   char const *const *argv)
{
	subgetopt o = SUBGETOPT_ZERO;

	if (!f->options)
		return 1;
	for (int c; (c = subgetopt_r(argc, argv, f->options, &o)) != -1;) {
		if (c == '?' || c == ':') {
			e->letter = (char)o.problem;
			e->missing = o.problem != ':' && strchr(f->options, o.problem);
			return 0;
		}
		if (c == 'V')
			return -1;
		if (!f->option(p, c, o.arg)) {
			/* softlimit prints chpst's, as the reference does */
			e->usage = forms[CHPST].usage;
			return 0;
		}
	}
	return o.ind;
}

enum plan_result plan_make(struct plan *p, struct plan_error *e, int argc, char const *const *argv)
{
	char const *const name = base_name(argc ? argv[0] : NULL);
	struct form const *const f = find_form(name);

	*p = (struct plan){ .session = !strcmp(f->name, "pgrphack") };
	*e = (struct plan_error){ .name = name, .prog = name + (*name == 'd'), .usage = f->usage };
	int at = options(p, e, f, argc, argv);
	if (at <= 0)
		return at ? PLAN_VERSION : PLAN_USAGE;
	if (f->take && at < argc)
		f->take(p, argv[at++]);
	if (at >= argc || (p->login && p->account))
		return PLAN_USAGE;
	p->argv = argv + at;
	return PLAN_OK;
}
