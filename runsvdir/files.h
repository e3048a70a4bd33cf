#ifndef RUNSVDIR_FILES_H
#define RUNSVDIR_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>

/* Where a service directory is: name in dir; entry is what it is called in the scan directory. */
struct place {
	int dir;
	char const *name, *entry;
};

/* Opens NAME/FILE ("/essential"), without waiting for anybody and closed in children; a link in
 * FILE's place is not followed. The caller's descriptor, or -1 with errno. */
int files_open(struct place p, char const *file, int flags);

/* The same of FILE ("/ok") in its supervise/, wherever that is (state.h). */
int files_state(struct place p, char const *file, int flags);

/* All of it, up to size - 1 bytes, with a NUL behind; what can't be read is empty. False: it can't
 * be opened. */
bool files_text(struct place p, char const *file, char *text, size_t size);

/* The .runsvdir/ of the scan directory (-1: there is none), for setting_read. The caller's, or -1.
 */
int files_settings(int scan);

/* Descriptors for each service may be more than the limit that we were given: raises it to the most
 * that is allowed. That it can't be is no error. */
void files_raise(struct rlimit const *given);

/* Are there some left beside this one? What is held for long must not take what the scanner needs
 * for the moment: to look, to find a runsv, to tell it to kill. */
bool files_spare(int fd);

/* The names in a directory, from where the descriptor is. 0 when f had them all, -1 with errno. */
int files_each(int dir, void (*f)(void *context, char const *name), void *context);

/* Of the descriptors that will be opened from now on, children are to have none: the first number
 * above those that are open, also those that we were started with. 0: it can't be known, or the
 * kernel can't part them (spawn.h). */
int files_above(void);

#endif
