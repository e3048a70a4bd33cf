/* The words of sv: its commands and the names of services. */
#include <errno.h>
#include <limits.h>

#include "command.h"
#include "fuzz.h"
#include "letters.h"
#include "target.h"

/* Exact words first, then the first character, but for words that have to be spelled out. */
static struct command const *reference(char const *word, bool lsb)
{
	struct command const *by_letter = NULL;

	for (size_t i = 0; i < COMMANDS; i++) {
		bool const whole = strlen(commands[i].word) > 1;
		if (whole && !strcmp(commands[i].word, word))
			return &commands[i];
		if (!whole && commands[i].word[0] == word[0])
			by_letter = &commands[i];
	}
	return lsb && word[0] == 's' ? NULL : by_letter;
}

static void command(char const *word, bool lsb)
{
	struct command const *const c = command_find(word, lsb);

	must(c == reference(word, lsb), "the row is the word's");
	must(*word || !c, "an empty word is none");
	if (!c)
		return;
	must(c >= commands && c < commands + COMMANDS, "it is a row of the table");
	for (char const *l = c->letters; *l; l++)
		must(letter_find(*l) != NULL, "every letter that it sends is one");
	must(!c->kill || c->goal, "whom it would kill it waits for");
	must(!strchr("rf", *word) || !strcmp(c->word, word), "r and f are spelled out");
}

static void target(char const *name)
{
	size_t const n = strlen(name);
	char *const path = malloc(PATH_MAX);
	bool const from_here = !n || strchr("/.", name[0]) || name[n - 1] == '/';

	must(path != NULL, "there is memory");
	must(target_in_svdir(name) == !from_here, "a path is no name in SVDIR");
	errno = 0;
	bool const fits = target_path(path, name);
	must(fits == (n && n + 3 <= PATH_MAX), "it is refused if it is empty or too long");
	must(fits || errno == (n ? ENAMETOOLONG : ENOENT), "with the reason");
	must(!fits || (!strncmp(path, name, n) && !strcmp(path + n, "/.")),
	     "the path leads into the directory");
	free(path);
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
	struct feed f = { data, size };
	unsigned int const how = feed_byte(&f);
	size_t const repeat = how & 2 ? PATH_MAX - 8 : 0;
	char *const word = feed_string(&f, size);
	size_t const n = strlen(word);
	char *const name = malloc(repeat + n + 1);

	must(name != NULL, "there is memory");
	command(word, how & 1);
	/* long names are made here: a fuzzer does not get so far by itself */
	memset(name, 'n', repeat);
	memcpy(name + repeat, word, n + 1);
	target(name);
	free(name);
	free(word);
	return 0;
}
