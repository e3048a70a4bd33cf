#ifndef RUNSVDIR_ESSENTIAL_H
#define RUNSVDIR_ESSENTIAL_H

#include "scan.h"

/* Services whose end is the tree's, as init only. What their runsvs have found out stands in
 * supervise/record. */

/* Notes whether it is one, before its runsv is started, or when that has said something. */
void essential_note(struct scanner const *s, struct entry *e);

/* An essential one that is over; *code is its. NULL: none is. */
struct entry *essential_over(struct scanner const *s, int *code);

#endif
