#ifndef TEND_EMIT_H
#define TEND_EMIT_H

#include <stddef.h>

#include "judge.h"
#include "program.h"

/* The files of a service directory, as texts. Pure, but for memory (text.h). */

struct file {
	char const *name; /* in the directory; what is before a slash is a directory, too */
	char const *text;
	unsigned int mode;
};

#define EMIT_FILES 16

/* Those of a program, without dependencies.d; how many. */
size_t emit_files(struct program const *p, struct settings const *all, struct options const *o,
		  struct file files[EMIT_FILES]);

#endif
