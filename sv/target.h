#ifndef TEND_TARGET_H
#define TEND_TARGET_H

#include <limits.h>
#include <stdbool.h>

/* Whether a service's name is looked up in $SVDIR; else it is a path from here. An empty name is
 * one (which leads nowhere). Pure. */
bool target_in_svdir(char const *name);

/* The path that leads into the directory: NAME with "/." behind it, so that opening it fails where
 * chdir would, also for want of the right to enter. False with errno: the name is empty or too
 * long. Pure. */
bool target_path(char path[PATH_MAX], char const *name);

#endif
