#include "../../chpst/plan.h"
#include "tap.h"

#define WORDS 12

static int count(char const *const *words)
{
	int n = 0;

	while (words[n])
		n++;
	return n;
}

/* Each element of a plan as text, so that a table can say what it wants. */
static char const *text(struct plan const *p)
{
	static char out[512];
	int n = 0;

#define SAY(cond, ...)                                                                             \
	if (cond)                                                                                  \
	n += snprintf(out + n, sizeof out - (size_t)n, __VA_ARGS__)
	*out = 0;
	SAY(p->session, "session ");
	SAY(p->verbose, "verbose ");
	SAY(p->env_dir, "env %s%s ", p->env_dir, p->env_strict ? " strict" : "");
	SAY(p->root, "root %s ", p->root);
	SAY(p->dir, "dir %s ", p->dir);
	SAY(p->nice, "nice %d ", p->nice);
	SAY(p->env_account, "ids %s ", p->env_account);
	SAY(p->account, "become %s ", p->account);
	SAY(p->login, "log in %s ", p->login);
	SAY(p->no_new_privs, "gain nothing%s ", "");
	SAY(p->caps, "%s \"%s\" ", p->caps_keep ? "keep" : "drop", p->caps);
	for (unsigned int i = 0; i < p->npaths; i++)
		SAY(true, "%s %s ", p->paths[i].write ? "write" : "read", p->paths[i].name);
	SAY(p->account_only, "only ");
	SAY(p->lock, "%s %s ", p->lock_wait ? "wait" : "try", p->lock);
	SAY(p->quiet, "quiet ");
	for (int i = 0; i < 3; i++)
		SAY(p->close[i], "close %d ", i);
	for (unsigned int i = 0; i < p->nlimits; i++) {
		SAY(p->limits[i].hard, "%c = ", p->limits[i].letter);
		SAY(!p->limits[i].hard, "%c %ju ", p->limits[i].letter,
		    (uintmax_t)p->limits[i].value);
	}
	SAY(p->argv0, "as %s ", p->argv0);
	SAY(true, "run %s", p->argv[0]);
#undef SAY
	return out;
}

static struct {
	char const *const argv[WORDS];
	char const *want;
} const commands[] = {
	{ { "chpst", "true" }, "run true" },
	{ { "/usr/bin/chpst", "-P", "true", "-v" }, "session run true" },
	{ { "chpst", "-Pv0", "-12", "--", "-x" },
	  "session verbose close 0 close 1 close 2 run -x" },
	{ { "chpst", "-" }, "run -" },
	{ { "chpst", "-uweb:log", "-U", "a", "true" }, "ids a become web:log run true" },
	{ { "chpst", "-u", "a", "-u", "b", "true" }, "become b run true" },
	{ { "chpst", "-e", "E", "-/", "R", "-C", "D", "true" }, "env E root R dir D run true" },
	{ { "chpst", "-b", "name", "true" }, "as name run true" },
	{ { "chpst", "-n", "-5", "true" }, "nice -5 run true" },
	{ { "chpst", "-n", "+5", "true" }, "nice 5 run true" },
	{ { "chpst", "-n", "", "true" }, "run true" },
	{ { "chpst", "-n", "99999999999", "true" }, "nice 2147483647 run true" },
	{ { "chpst", "-l", "f", "true" }, "wait f run true" },
	{ { "chpst", "-L", "f", "true" }, "try f run true" },
	{ { "chpst", "-o5", "-m", "7", "-d", "", "true" }, "o 5 m 7 d 0 run true" },
	{ { "chpst", "-o5", "-c1", "-o6", "true" }, "o 6 c 1 run true" },
	{ { "chpst", "-f", "99999999999999999999", "true" }, "f 18446744073709551615 run true" },
	{ { "chpst", "-p1", "-r2", "-t3", "true" }, "p 1 r 2 t 3 run true" },
	{ { "anything", "-P", "true" }, "session run true" },
	{ { "chpst", "-N", "-a", "web", "true" }, "log in web gain nothing run true" },
	{ { "chpst", "-k", "chown,kill", "true" }, "keep \"chown,kill\" run true" },
	{ { "chpst", "-k", "", "-u", "a", "true" }, "become a keep \"\" run true" },
	{ { "chpst", "-NK", "sys_admin", "true" }, "gain nothing drop \"sys_admin\" run true" },
	{ { "chpst", "-R", "/usr", "-W/tmp", "-R", "", "-W", "/usr", "true" },
	  "read /usr write /tmp read  write /usr run true" },
	{ { "setuser", "web", "true" }, "log in web run true" },
	{ { "setuidgid", "a:b", "true" }, "become a:b only run true" },
	{ { "dsetuidgid", "-x", "true" }, "become -x only run true" },
	{ { "envuidgid", "a", "true" }, "ids a only run true" },
	{ { "envdir", "E", "true" }, "env E strict run true" },
	{ { "pgrphack", "-x" }, "session run -x" },
	{ { "setlock", "f", "true" }, "try f run true" },
	{ { "setlock", "-Nn", "f", "true" }, "wait f run true" },
	{ { "setlock", "-nNX", "-x", "f", "true" }, "try f quiet run true" },
	{ { "softlimit", "-a", "=", "-s1", "-l2", "true" }, "a = s 1 l 2 run true" },
};

static void plans(void)
{
	struct plan p;
	struct plan_error e;

	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (ok(plan_make(&p, &e, count(commands[i].argv), commands[i].argv) == PLAN_OK,
		       commands[i].want))
			is_text(text(&p), commands[i].want, commands[i].argv[0]);
}

static void errors(void)
{
	static struct {
		char const *const argv[WORDS];
		char letter;
		bool missing;
	} const t[] = {
		{ { "chpst" }, 0, false },
		{ { "chpst", "-P" }, 0, false },
		{ { "chpst", "-x", "true" }, 'x', false },
		{ { "chpst", "-:", "true" }, ':', false },
		{ { "chpst", "-u" }, 'u', true },
		{ { "chpst", "-m", "1k", "true" }, 0, false },
		{ { "chpst", "-o", "=", "true" }, 0, false },
		{ { "chpst", "-o", "unlimited", "true" }, 0, false },
		{ { "chpst", "-o", "-1", "true" }, 0, false },
		{ { "chpst", "-n", "5x", "true" }, 0, false },
		{ { "chpst", "-n", "--5", "true" }, 0, false },
		{ { "chpst", "-l", "a", "-L", "b", "true" }, 0, false },
		{ { "chpst", "-l", "a", "-l", "a", "true" }, 0, false },
		{ { "chpst", "-s", "1", "true" }, 's', false },
		{ { "chpst", "-a", "a", "-u", "b", "true" }, 0, false },
		{ { "chpst", "-k", "chown", "-k", "kill", "true" }, 0, false },
		{ { "chpst", "-K", "chown", "-K", "kill", "true" }, 0, false },
		{ { "chpst", "-k", "chown", "-K", "kill", "true" }, 0, false },
		{ { "chpst", "-K", "", "-k", "", "true" }, 0, false },
		{ { "chpst", "-k" }, 'k', true },
		{ { "chpst", "-W" }, 'W', true },
		{ { "softlimit", "-R", "/", "true" }, 'R', false },
		{ { "setuidgid", "a" }, 0, false },
		{ { "setlock", "f" }, 0, false },
		{ { "setlock", "-q", "f", "true" }, 'q', false },
		{ { "softlimit", "-m" }, 'm', true },
		{ { "softlimit", "-m", "1" }, 0, false },
	};
	struct plan p;
	struct plan_error e;

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		ok(plan_make(&p, &e, count(t[i].argv), t[i].argv) == PLAN_USAGE, "a usage error");
		ok(e.letter == t[i].letter && e.missing == t[i].missing, "and which");
	}
	ok(plan_make(&p, &e, 0, NULL) == PLAN_USAGE && !strcmp(e.prog, "chpst"), "no argv at all");
	ok(plan_make(&p, &e, 3, (char const *const[]){ "x/dchpst", "-V", "true", NULL }) ==
		   PLAN_VERSION,
	   "-V");
	is_text(e.prog, "chpst", "the usage has the name we were called by, without its d");
	is_text(e.name, "dchpst", "an illegal option is of the name itself");
}

/* A path too many is an error, and not left out. */
static void most_paths(void)
{
	char const *argv[1 + PLAN_PATHS + 2 + 1] = { "chpst" };
	struct plan p;
	struct plan_error e;

	for (int i = 1; i <= PLAN_PATHS + 1; i++)
		argv[i] = i % 2 ? "-Ra" : "-Wb";
	argv[PLAN_PATHS + 1] = "true";
	ok(plan_make(&p, &e, PLAN_PATHS + 2, argv) == PLAN_OK && p.npaths == PLAN_PATHS,
	   "as many paths as there is room for");
	ok(!p.paths[0].write && p.paths[PLAN_PATHS - 1].write, "the first and the last");
	argv[PLAN_PATHS + 1] = "-Ra";
	argv[PLAN_PATHS + 2] = "true";
	ok(plan_make(&p, &e, PLAN_PATHS + 3, argv) == PLAN_USAGE, "one more");
}

int main(void)
{
	plans();
	most_paths();
	errors();
	return done();
}
