/* A directory of variables: what a file with any name and any content makes of an environment. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "envdir.h"
#include "fuzz.h"

char const *PROG = "envdir";

enum { INHERITED = 5, NAME = 40 };

static char *inherited[] = { "A=1", "BB=2", "A=3", "odd", "=x", NULL };
static char dir[64];

static void remove_dir(void)
{
	rmdir(dir);
}

static void make_dir(void)
{
	if (*dir)
		return;
	strcpy(dir, access("/dev/shm", W_OK) ? "/tmp/fuzz-XXXXXX" : "/dev/shm/fuzz-XXXXXX");
	must(mkdtemp(dir) != NULL, "there is a directory to work in");
	atexit(remove_dir);
}

/* A name that a file can have. */
static char *feed_name(struct feed *f)
{
	char *name = feed_string(f, feed_byte(f) % NAME);

	for (char *c = name; *c; c++)
		*c = *c == '/' ? '_' : *c;
	if (strcmp(name, "") != 0 && strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
		return name;
	free(name);
	must((name = strdup(".hidden")) != NULL, "there is memory");
	return name;
}

/* The contract: the first line, trailing blanks and tabs cut, then NULs are newlines. */
static size_t value_of(char *to, char const *content, size_t len)
{
	char const *const newline = memchr(content, '\n', len);
	size_t n = newline ? (size_t)(newline - content) : len;

	while (n && (content[n - 1] == ' ' || content[n - 1] == '\t'))
		n--;
	for (size_t i = 0; i < n; i++)
		to[i] = content[i] ? content[i] : '\n';
	to[n] = 0;
	return n;
}

/* The first variable of the name goes; what stays keeps its order; a new one comes last. */
static void compare(struct env const *e, char const *name, char const *content, size_t len,
		    bool changes)
{
	char *const value = malloc(len + 1);
	size_t const n = strlen(name);
	size_t at = 0;

	must(value != NULL, "there is memory");
	for (size_t i = 0; i < INHERITED; i++) {
		if (changes && !strncmp(inherited[i], name, n) && inherited[i][n] == '=') {
			for (size_t k = i + 1; k < INHERITED; k++)
				must(e->list[at++] == inherited[k], "the others stay");
			break;
		}
		must(e->list[at++] == inherited[i], "others stay");
	}
	if (changes && len) {
		size_t const length = value_of(value, content, len);
		char const *const got = e->list[at++];
		must(!strncmp(got, name, n) && got[n] == '=' && !strcmp(got + n + 1, value) &&
			     strlen(got) == n + 1 + length,
		     "the variable has the value");
	}
	must(e->count == at && !e->list[at] && at <= e->room, "and no others are there");
	free(value);
}

/* The third descriptor that is free: who leaves one of two open moves it. */
static int third(void)
{
	int const fd[3] = { dup(0), dup(0), dup(0) };

	for (size_t i = 0; i < 3; i++)
		close(fd[i]);
	return fd[2];
}

static void read_dir(char const *name, char const *content, size_t len, bool changes)
{
	struct env e;
	int const before = third();

	environ = inherited;
	must(env_init(&e), "there is memory");
	envdir_read(&e, dir, false, false);
	must(before == third(), "no descriptor is left open");
	compare(&e, name, content, len, changes);
	for (size_t i = 0; i < e.count; i++) {
		bool ours = false;
		for (size_t k = 0; k < INHERITED; k++)
			ours = ours || e.list[i] == inherited[k];
		if (!ours)
			free(e.list[i]);
	}
	free(e.list);
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
	struct feed f = { data, size };
	char **const was = environ;
	unsigned int const how = feed_byte(&f);
	/* around the size of a read */
	size_t const pad = how & 4 ? 4096 * (how >> 7) + 4096 - (how >> 3 & 15) : 0;
	char *const name = feed_name(&f);
	size_t const len = pad + f.left;
	char *const content = malloc(len);
	char path[sizeof dir + NAME + 1];

	make_dir();
	must(content != NULL, "there is memory");
	memset(content, 'v', pad);
	memcpy(content + pad, f.at, f.left);
	snprintf(path, sizeof path, "%s/%s", dir, name);
	/* a directory and a link to nowhere mean nothing */
	bool const file = (how & 3) < 2;
	if (file) {
		int const fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
		must(fd >= 0 && write(fd, content, len) == (ssize_t)len, "the file is written");
		close(fd);
	} else {
		must(!(how & 1 ? symlink("nowhere", path) : mkdir(path, 0700)), "it is made");
	}
	read_dir(name, content, len, file && *name != '.');
	must(!(file || how & 1 ? unlink(path) : rmdir(path)), "it is removed");
	free(content);
	free(name);
	environ = was;
	return 0;
}
