#ifndef RUNSVDIR_ENDING_H
#define RUNSVDIR_ENDING_H

#include "scan.h"
#include "stop.h"

/* The ordered stop: doing what stop.c says. */

/* Before anything runs: the hook start, if there is one. */
void ending_hook(struct scanner *s);

/* Somebody asks for it. */
void ending_ask(struct scanner *s, enum stop_cause cause, int code);

/* A child that is no runsv has ended. False: neither CMD nor the hook, which is for ending_orphans.
 */
bool ending_reaped(struct scanner *s, pid_t pid, int wstat);

/* Orphans have ended, however many. */
void ending_orphans(struct scanner *s);

/* CMD could not be started. */
void ending_command(struct scanner *s, int code);

/* The runsv of this entry says that there is something to look at. */
void ending_look(struct scanner *s, struct entry *e);

/* Does what is due; the exit code when it is over, until then -1. */
int ending_step(struct scanner *s);

#endif
