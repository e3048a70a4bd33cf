#ifndef TEND_LETTERS_H
#define TEND_LETTERS_H

/* What a letter written to supervise/control asks for. This table is the only place that knows a
 * letter: runsv obeys it, sv sends it, and the man pages are checked against it. */
enum letter_kind {
	LETTER_UP,   /* want up */
	LETTER_DOWN, /* want down: TERM, CONT */
	LETTER_ONCE, /* run once, then want down */
	LETTER_EXIT, /* stop, then runsv ends */
	LETTER_TERM,
	LETTER_KILL,
	LETTER_PAUSE,
	LETTER_CONT,
	LETTER_SIGNAL, /* a plain signal to run */
	LETTER_REEXEC, /* runsv executes itself anew */
	LETTER_LAST,   /* ^L: nothing is started any more; runsv ends when what runs has */
	LETTER_FORCE,  /* ^K: KILL, and no script is asked */
};

struct letter {
	char letter;
	char script; /* the letter C of control/C that may take it; 0: none */
	enum letter_kind kind;
	int signal;       /* 0: none */
	char const *name; /* sv's word for it; NULL: only runsvdir says it */
};

#define LETTERS 18
extern struct letter const letters[LETTERS];

/* The row of a letter; NULL for one that means nothing. */
struct letter const *letter_find(char letter);

#endif
