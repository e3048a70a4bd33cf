#ifndef TEND_STD_H
#define TEND_STD_H

/* Descriptors 0, 1 and 2 that were closed when we started become /dev/null, so that no file of ours
 * takes their place; close-on-exec, so that they are closed in the children too. */
void std_reserve(void);

#endif
