#ifndef RUNSVDIR_LEVELS_H
#define RUNSVDIR_LEVELS_H

#include "stop.h"

/* What each entry of the roster is to be told in a stop. Pure. A new level is not told yet; each
 * function that gives some tells whether it has. */

bool levels_raise(struct roster *r, enum stop_level level);

/* All that may be told to end are; a circle, in which each waits for the next, is broken if it may
 * be. */
bool levels_term(struct roster *r, struct order *o, bool may_break);

/* KILL to those that keep others from being told. */
bool levels_kill_holders(struct roster *r, struct order *o);

/* Somebody does not know what it should: its runsv has been replaced. */
bool levels_untold(struct roster const *r);

bool levels_all_down(struct roster const *r);

#endif
