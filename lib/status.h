#ifndef TEND_STATUS_H
#define TEND_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <skalibs/tai.h>

/* The visible part of a service's state: what the 20 bytes of supervise/status hold. */
#define STATUS_SIZE 20

enum status_state { STATUS_DOWN = 0, STATUS_RUN = 1, STATUS_FINISH = 2 };

struct status {
	tain since;    /* runit label of the last change (lib/stamp.h) */
	uint32_t pid;  /* of run or finish; 0: none */
	char want;     /* 'u' or 'd'; an exit that is wanted also shows as 'd' */
	bool paused;   /* STOP was sent and CONT was not */
	bool term;     /* TERM was sent and the process has not ended */
	uint8_t state; /* enum status_state; a file may hold anything */
};

/* struct -> the 20 bytes; runit's order: time big-endian, pid little-endian. */
void status_pack(char bytes[STATUS_SIZE], struct status const *s);

/* The 20 bytes -> struct. Nothing is checked: any value of want and state can come out. */
void status_unpack(struct status *s, char const bytes[STATUS_SIZE]);

/* The line of supervise/stat with its newline, into text; returns its length.
 * exiting tells ", want exit" from ", want down". */
#define STATUS_TEXT_MAX 48
size_t status_text(char text[STATUS_TEXT_MAX], struct status const *s, bool exiting);

/* The content of supervise/pid: digits and a newline, or nothing for 0. Returns its length. */
#define STATUS_PID_MAX 12
size_t status_pid(char text[STATUS_PID_MAX], uint32_t pid);

#endif
