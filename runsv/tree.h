#ifndef RUNSV_TREE_H
#define RUNSV_TREE_H

#include "runsv.h"

/* What a service with kill-mode tree has started, and that may have left its process group: our
 * descendants by way of no logger and no script, for which runsv is the subreaper, and whoever is
 * in the session of its run, by which the next runsv knows them. Without /proc there are none. */

/* Makes runsv the subreaper, or no more; at a start. */
void tree_adopt(bool on);

/* The descriptor (pidfd) of one of them that lives; -1: there is none. */
int tree_member(struct runsv const *v);

/* A signal to each of them. */
void tree_signal(struct runsv const *v, int sig);

#endif
