#ifndef TEND_COMMAND_H
#define TEND_COMMAND_H

#include <stdbool.h>

/* What has to be seen before a command has had its effect; a command may need several at once. */
enum {
	GOAL_UP = 1,      /* run is there, wanted up, not told to end; the check succeeds */
	GOAL_DOWN = 2,    /* no process, and none is wanted */
	GOAL_FRESH = 4,   /* a process started since, or none and none wanted; the check succeeds */
	GOAL_ONCE = 8,    /* a process that will not be restarted, or one that ended since */
	GOAL_PAUSED = 16, /* nothing that is not paused */
	GOAL_CONT = 32,   /* nothing that is paused */
	GOAL_GONE = 64,   /* runsv has ended */
	GOAL_CHECKED = 128 /* if there is a process, the check succeeds */
};

enum command_wait { WAIT_NEVER, WAIT_VERBOSE, WAIT_ALWAYS };

struct command {
	char const *word;    /* the exact word; for a row of one character, any word it begins */
	char const *letters; /* written to supervise/control at once; may be empty */
	unsigned int goal;   /* GOAL_*; 0: nothing to see, reports at once */
	enum command_wait wait;
	bool kill;   /* on time-out, k is sent */
	bool status; /* tells the status instead */
};

#define COMMANDS 34
extern struct command const commands[COMMANDS];

/* The row of a word typed by a user; NULL: there is none, or the word is empty. In the LSB form
 * (init script) a word beginning with s must be spelled out. */
struct command const *command_find(char const *word, bool lsb);

#endif
