#ifndef MY_INIT_SAY_H
#define MY_INIT_SAY_H

#include <stdbool.h>

/* What is said in baseimage-docker's way, on standard error. */

/* "*** Running PATH..." unless quiet. */
void say_running(bool quiet, char const *path);

/* The same for CMD with its words. */
void say_running_command(bool quiet, char *const *words);

/* "*** Booting runit daemon..." and that it is this process. */
void say_runit(bool quiet);

/* "PROG: fatal|warning: PATH failed with exit code N", or that a signal has killed it. */
void say_failed(bool fatal, char const *path, int wstat);

#endif
