#ifndef MY_INIT_FILES_H
#define MY_INIT_FILES_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <skalibs/stralloc.h>

/* What my_init does with files. Failures are the caller's to tell, by errno. */

/* The names in a directory in the order of their bytes, without . and .. , in *list: the caller
 * frees it with files_forget. Their number, or -1 with errno. */
int files_list(char const *dir, struct dirent ***list);
void files_forget(struct dirent **list, int n);

/* A regular file, maybe by links, that we may execute. */
bool files_is_program(char const *path);

/* The whole content of a regular file, maybe by links, of the directory dir, in place of what *text
 * has. 1; 0: it is no regular file; -1 with errno. */
int files_read(int dir, char const *name, stralloc *text);

/* Replaces NAME in the directory dir by these bytes, whole or not at all: FRESH is written and
 * renamed. A regular file that is there gives mode and owner, otherwise the new one has the mode,
 * and the group unless it is -1. 0, or -1 with errno. */
int files_replace(int dir, char const *name, char const *fresh, stralloc const *data, mode_t mode,
		  gid_t group);

#endif
