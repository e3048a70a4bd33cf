#include <signal.h>
#include <stddef.h>

#include "letters.h"

/* clang-format off */
struct letter const letters[LETTERS] = {
	{ 'u', 'u', LETTER_UP,     0,        "up" },
	{ 'd', 'd', LETTER_DOWN,   0,        "down" },
	{ 'o', 0,   LETTER_ONCE,   0,        "once" },
	{ 'x', 'x', LETTER_EXIT,   0,        "exit" },
	{ 't', 't', LETTER_TERM,   SIGTERM,  "term" },
	{ 'k', 'k', LETTER_KILL,   SIGKILL,  "kill" },
	{ 'p', 'p', LETTER_PAUSE,  SIGSTOP,  "pause" },
	{ 'c', 'c', LETTER_CONT,   SIGCONT,  "cont" },
	{ 'a', 'a', LETTER_SIGNAL, SIGALRM,  "alarm" },
	{ 'h', 'h', LETTER_SIGNAL, SIGHUP,   "hup" },
	{ 'i', 'i', LETTER_SIGNAL, SIGINT,   "interrupt" },
	{ 'q', 'q', LETTER_SIGNAL, SIGQUIT,  "quit" },
	{ '1', '1', LETTER_SIGNAL, SIGUSR1,  "1" },
	{ '2', '2', LETTER_SIGNAL, SIGUSR2,  "2" },
	/* runit ignores the letters below and looks for no script of theirs */
	{ 'w', 0,   LETTER_SIGNAL, SIGWINCH, "winch" },
	{ 'R', 0,   LETTER_REEXEC, 0,        "reexec" },
	/* no letters, so that none can be meant by mistake */
	{ '\f', 0,  LETTER_LAST,   0,        NULL },
	{ '\v', 0,  LETTER_FORCE,  0,        NULL },
};
/* clang-format on */

struct letter const *letter_find(char letter)
{
	for (size_t i = 0; i < LETTERS; i++)
		if (letters[i].letter == letter)
			return &letters[i];
	return NULL;
}
