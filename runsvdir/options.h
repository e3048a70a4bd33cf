#ifndef RUNSVDIR_OPTIONS_H
#define RUNSVDIR_OPTIONS_H

#include "scan.h"

/* Reads main's words into s. Wrong usage ends the process with 1. Returns the words of which the
 * second is DIR, and the third a LOG; a CMD has been taken from them. s keeps what it points to. */
char **options_read(struct scanner *s, char **argv);

#endif
