#ifndef RUNSV_NUMBERS_H
#define RUNSV_NUMBERS_H

#include <stdbool.h>

/* Calls f(context, dir, NAME) for each entry of the open directory dir whose name begins with a
 * digit, until it is true, and tells whether it was. Nothing is allocated, which opendir would. */
bool numbers_each(int dir, bool (*f)(void *, int, char const *), void *context);

#endif
