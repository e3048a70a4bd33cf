#include <stddef.h>
#include <string.h>

#include "command.h"

/* clang-format off */
struct command const commands[COMMANDS] = {
	/* word             letters goal                             wait          kill   status */
	{ "status",         "",     0,                               WAIT_NEVER,   false, true },
	{ "start",          "u",    GOAL_UP,                         WAIT_ALWAYS,  false, false },
	{ "stop",           "d",    GOAL_DOWN,                       WAIT_ALWAYS,  false, false },
	{ "shutdown",       "x",    GOAL_GONE,                       WAIT_ALWAYS,  false, false },
	{ "restart",        "tcu",  GOAL_FRESH | GOAL_CONT | GOAL_UP, WAIT_ALWAYS, false, false },
	{ "reload",         "h",    0,                               WAIT_ALWAYS,  false, false },
	{ "try-restart",    "tc",   GOAL_FRESH | GOAL_CONT,          WAIT_ALWAYS,  false, false },
	{ "check",          "",     GOAL_CHECKED,                    WAIT_ALWAYS,  false, false },
	{ "force-stop",     "d",    GOAL_DOWN,                       WAIT_ALWAYS,  true,  false },
	{ "force-reload",   "tc",   GOAL_FRESH | GOAL_CONT,          WAIT_ALWAYS,  true,  false },
	{ "force-restart",  "tcu",  GOAL_FRESH | GOAL_CONT | GOAL_UP, WAIT_ALWAYS, true,  false },
	{ "force-shutdown", "x",    GOAL_GONE,                       WAIT_ALWAYS,  true,  false },
	/* runit refuses these two words, so they take nothing from it */
	{ "reexec",         "R",    0,                               WAIT_ALWAYS,  false, false },
	{ "winch",          "w",    0,                               WAIT_VERBOSE, false, false },
	/* from here on the first character decides */
	{ "s",              "",     0,                               WAIT_NEVER,   false, true },
	{ "u",              "u",    GOAL_UP,                         WAIT_VERBOSE, false, false },
	{ "d",              "d",    GOAL_DOWN,                       WAIT_VERBOSE, false, false },
	{ "o",              "o",    GOAL_ONCE,                       WAIT_VERBOSE, false, false },
	{ "t",              "t",    GOAL_FRESH,                      WAIT_VERBOSE, false, false },
	{ "k",              "k",    GOAL_FRESH,                      WAIT_VERBOSE, false, false },
	{ "p",              "p",    GOAL_PAUSED,                     WAIT_VERBOSE, false, false },
	{ "c",              "c",    GOAL_CONT,                       WAIT_VERBOSE, false, false },
	{ "x",              "x",    GOAL_GONE,                       WAIT_VERBOSE, false, false },
	{ "e",              "x",    GOAL_GONE,                       WAIT_VERBOSE, false, false },
	{ "h",              "h",    0,                               WAIT_VERBOSE, false, false },
	{ "a",              "a",    0,                               WAIT_VERBOSE, false, false },
	{ "i",              "i",    0,                               WAIT_VERBOSE, false, false },
	{ "q",              "q",    0,                               WAIT_VERBOSE, false, false },
	{ "1",              "1",    0,                               WAIT_VERBOSE, false, false },
	{ "2",              "2",    0,                               WAIT_VERBOSE, false, false },
	{ "X",              "x",    GOAL_GONE,                       WAIT_ALWAYS,  true,  false },
	{ "E",              "x",    GOAL_GONE,                       WAIT_ALWAYS,  true,  false },
	{ "D",              "d",    GOAL_DOWN,                       WAIT_ALWAYS,  true,  false },
	{ "T",              "tc",   GOAL_FRESH | GOAL_CONT,          WAIT_ALWAYS,  true,  false },
};
/* clang-format on */

struct command const *command_find(char const *word, bool lsb)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		struct command const *const c = &commands[i];
		bool const letter = !c->word[1];
		if (!strcmp(c->word, word) || (letter && c->word[0] == word[0]))
			return lsb && letter && c->status ? NULL : c;
	}
	return NULL;
}
