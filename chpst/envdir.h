#ifndef CHPST_ENVDIR_H
#define CHPST_ENVDIR_H

#include "env.h"

/* Does what the files in dir say (envdir). strict: a directory in it is fatal, otherwise skipped,
 * which verbose warns about. Trouble is reported, and ends the process with 111. */
void envdir_read(struct env *e, char const *dir, bool strict, bool verbose);

#endif
