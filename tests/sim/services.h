#ifndef SIM_SERVICES_H
#define SIM_SERVICES_H

#include "kernel.h"

/* A service directory with what may be in one. between is called between its parts; NULL: it is
 * there at once. */
void services_make(struct inode *dir, char const *name, void (*between)(void));

#endif
