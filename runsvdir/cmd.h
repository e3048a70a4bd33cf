#ifndef RUNSVDIR_CMD_H
#define RUNSVDIR_CMD_H

#include "scan.h"

/* CMD, which runs beside the services and whose end is the tree's, and the hooks in .runsvdir/.
 * They are killed when runsvdir is: a successor would start them a second time. */

/* Starts it; with the terminal, if standard input is one that is ours. False: it can't be, that was
 * said; *code is what the tree is to end with. */
bool command_start(struct scanner *s, int *code);

/* Ctrl-Z has stopped it, and there is no shell that could go on with it: it goes on. Another stop
 * is somebody's wish. */
void command_resume(struct scanner const *s);

/* A signal to it and CONT. */
void command_signal(struct scanner const *s, int sig);

/* Starts .runsvdir/NAME, with one argument unless it is NULL, or in its place what -H says, which
 * has no start. 0: there is none; -1: it could not be started, which was said. */
pid_t hook_start(struct scanner *s, char const *name, char const *argument);

/* The exit code of a wait status, as a shell tells it. */
int command_code(int wstat);

#endif
