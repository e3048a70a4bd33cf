#ifndef TEND_SETTINGS_H
#define TEND_SETTINGS_H

#include <stddef.h>

#include "logdir.h"

/* Reads config of the open directory d into d; what is wrong with it is warned about. scratch has
 * room for size bytes of its text. */
void settings_read(struct logdir *d, char *scratch, size_t size);

#endif
