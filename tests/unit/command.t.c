#include <stdlib.h>

#include "command.h"
#include "letters.h"
#include "tap.h"

static struct {
	char const *word;
	char const *row; /* NULL: none */
	char const *lsb;
} const words[] = {
	{ "status", "status", "status" },
	{ "start", "start", "start" },
	{ "stop", "stop", "stop" },
	{ "shutdown", "shutdown", "shutdown" },
	{ "stat", "s", NULL },
	{ "s", "s", NULL },
	{ "startx", "s", NULL },
	{ "restart", "restart", "restart" },
	{ "reload", "reload", "reload" },
	{ "reexec", "reexec", "reexec" },
	{ "r", NULL, NULL },
	{ "restarts", NULL, NULL },
	{ "reexe", NULL, NULL },
	{ "try-restart", "try-restart", "try-restart" },
	{ "try", "t", "t" },
	{ "term", "t", "t" },
	{ "tail", "t", "t" },
	{ "check", "check", "check" },
	{ "checks", "c", "c" },
	{ "cont", "c", "c" },
	{ "force-stop", "force-stop", "force-stop" },
	{ "force-reload", "force-reload", "force-reload" },
	{ "force-restart", "force-restart", "force-restart" },
	{ "force-shutdown", "force-shutdown", "force-shutdown" },
	{ "force", NULL, NULL },
	{ "winch", "winch", "winch" },
	{ "w", NULL, NULL },
	{ "wait", NULL, NULL },
	{ "up", "u", "u" },
	{ "down", "d", "d" },
	{ "once", "o", "o" },
	{ "pause", "p", "p" },
	{ "hup", "h", "h" },
	{ "alarm", "a", "a" },
	{ "interrupt", "i", "i" },
	{ "quit", "q", "q" },
	{ "1", "1", "1" },
	{ "2", "2", "2" },
	{ "kill", "k", "k" },
	{ "exit", "e", "e" },
	{ "x", "x", "x" },
	{ "XX", "X", "X" },
	{ "Exit", "E", "E" },
	{ "D", "D", "D" },
	{ "T", "T", "T" },
	{ "", NULL, NULL },
	{ "list", NULL, NULL },
	{ "3", NULL, NULL },
	{ "-", NULL, NULL },
};

static void finds(void)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct command const *const c = command_find(words[i].word, false);
		struct command const *const l = command_find(words[i].word, true);
		is_text(c ? c->word : "none", words[i].row ? words[i].row : "none", words[i].word);
		is_text(l ? l->word : "none", words[i].lsb ? words[i].lsb : "none",
			"the same as LSB");
	}
}

/* Every row as the contract has it: letters, whether it waits, whether it kills. */
static struct {
	char const *word, *letters;
	unsigned int goal;
	enum command_wait wait;
	bool kill;
} const verbs[] = {
	{ "status", "", 0, WAIT_NEVER, false },
	{ "start", "u", GOAL_UP, WAIT_ALWAYS, false },
	{ "stop", "d", GOAL_DOWN, WAIT_ALWAYS, false },
	{ "shutdown", "x", GOAL_GONE, WAIT_ALWAYS, false },
	{ "restart", "tcu", GOAL_FRESH | GOAL_CONT | GOAL_UP, WAIT_ALWAYS, false },
	{ "reload", "h", 0, WAIT_ALWAYS, false },
	{ "try-restart", "tc", GOAL_FRESH | GOAL_CONT, WAIT_ALWAYS, false },
	{ "check", "", GOAL_CHECKED, WAIT_ALWAYS, false },
	{ "force-stop", "d", GOAL_DOWN, WAIT_ALWAYS, true },
	{ "force-reload", "tc", GOAL_FRESH | GOAL_CONT, WAIT_ALWAYS, true },
	{ "force-restart", "tcu", GOAL_FRESH | GOAL_CONT | GOAL_UP, WAIT_ALWAYS, true },
	{ "force-shutdown", "x", GOAL_GONE, WAIT_ALWAYS, true },
	{ "reexec", "R", 0, WAIT_ALWAYS, false },
	{ "winch", "w", 0, WAIT_VERBOSE, false },
	{ "s", "", 0, WAIT_NEVER, false },
	{ "u", "u", GOAL_UP, WAIT_VERBOSE, false },
	{ "d", "d", GOAL_DOWN, WAIT_VERBOSE, false },
	{ "o", "o", GOAL_ONCE, WAIT_VERBOSE, false },
	{ "t", "t", GOAL_FRESH, WAIT_VERBOSE, false },
	{ "k", "k", GOAL_FRESH, WAIT_VERBOSE, false },
	{ "p", "p", GOAL_PAUSED, WAIT_VERBOSE, false },
	{ "c", "c", GOAL_CONT, WAIT_VERBOSE, false },
	{ "x", "x", GOAL_GONE, WAIT_VERBOSE, false },
	{ "e", "x", GOAL_GONE, WAIT_VERBOSE, false },
	{ "h", "h", 0, WAIT_VERBOSE, false },
	{ "a", "a", 0, WAIT_VERBOSE, false },
	{ "i", "i", 0, WAIT_VERBOSE, false },
	{ "q", "q", 0, WAIT_VERBOSE, false },
	{ "1", "1", 0, WAIT_VERBOSE, false },
	{ "2", "2", 0, WAIT_VERBOSE, false },
	{ "X", "x", GOAL_GONE, WAIT_ALWAYS, true },
	{ "E", "x", GOAL_GONE, WAIT_ALWAYS, true },
	{ "D", "d", GOAL_DOWN, WAIT_ALWAYS, true },
	{ "T", "tc", GOAL_FRESH | GOAL_CONT, WAIT_ALWAYS, true },
};

static void rows(void)
{
	is_int(COMMANDS, sizeof verbs / sizeof *verbs, "every row is tested");
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		struct command const *const c = &commands[i];
		is_text(c->word, verbs[i].word, "word");
		is_text(c->letters, verbs[i].letters, verbs[i].word);
		ok(c->goal == verbs[i].goal && c->wait == verbs[i].wait && c->kill == verbs[i].kill,
		   verbs[i].word);
		ok(c->status == (c->word[0] == 's' && !c->letters[0]), "only s… tells the status");
		for (char const *l = c->letters; *l; l++)
			ok(letter_find(*l) != NULL, "runsv knows the letter");
	}
}

/* Every letter that runsv knows has a word that sends it. */
static void reaches_all(void)
{
	for (size_t i = 0; i < LETTERS; i++) {
		if (!letters[i].name)
			continue;
		struct command const *const c = command_find(letters[i].name, false);
		char const alone[] = { letters[i].letter, 0 };
		is_text(c ? c->letters : "none", alone, letters[i].name);
	}
}

int main(void)
{
	finds();
	rows();
	reaches_all();
	return done();
}
