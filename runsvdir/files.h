#ifndef RUNSVDIR_FILES_H
#define RUNSVDIR_FILES_H

#include <stdbool.h>

/* Opens NAME/FILE ("/supervise/ok") of directory dir, without waiting for anybody and closed in
 * children; a link in FILE's place is not followed. The caller's descriptor, or -1 with errno. */
int files_open(int dir, char const *name, char const *file, int flags);

/* One or two descriptors for each service may be more than the limit that we were given: raises it
 * to the most that is allowed. False: that it is already. */
bool files_raise(void);

#endif
