#ifndef RUNSVDIR_BUDGET_H
#define RUNSVDIR_BUDGET_H

#include "scan.h"

/* .runsvdir/restart-budget, "N in TIME": more ends than that, of all services and loggers together,
 * that nobody has asked for and a new start follows. supervise/deaths has them. */

/* The entry of the last one, if the budget is spent; NULL: it is not, or there is none. */
struct entry *budget_spent(struct scanner const *s);

#endif
