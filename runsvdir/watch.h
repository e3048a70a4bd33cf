#ifndef RUNSVDIR_WATCH_H
#define RUNSVDIR_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <skalibs/genalloc.h>

/* inotify as "look again". What an event claims is never believed: the caller looks itself. */

enum watch_hint {
	WATCH_NAME,    /* look at this name in the scan directory */
	WATCH_CREATED, /* the same, and it was made in place: it may still be being filled */
	WATCH_PATH,    /* the path to it may lead elsewhere now, or events were lost: look at
			  everything */
	WATCH_HELD,    /* something has changed in the held directory wd */
};

struct watch {
	int fd;        /* inotify; -1: events can't be had */
	int dir;       /* watch descriptor of the scan directory; -1: none */
	genalloc path; /* struct step: what leads there */
	int mounts; /* of our mount namespace: polls POLLPRI once for each change; -1: no /proc */
};

/* Starts; without inotify fd is -1, with errno. */
void watch_init(struct watch *w);

/* Watches the directory that path leads to, each directory that holds a link on the way, and each
 * that path goes through; what was watched before no more (but for held ones). If the way is
 * broken, the place where it breaks is watched. False, with errno, if something could not be: an
 * event may not come. */
bool watch_path(struct watch *w, char const *path);

/* No more events. To close it while something is watched, also by exiting, lasts until the kernel
 * has let go of the watches: up to 20 ms. Now that happens beside what else there is to do. */
void watch_end(struct watch *w);

/* Watches what happens in a directory that is being filled; its watch descriptor or -1. */
int watch_held(struct watch *w, char const *path);
void watch_release(struct watch *w, int wd);

/* Reads what has come and tells each hint once; name is valid during the call only. Returns how
 * many. */
size_t watch_read(struct watch *w,
		  void (*tell)(void *context, enum watch_hint, char const *name, int wd),
		  void *context);

/* Does this file system tell of changes that others make? (statfs; contract: NFS, 9p, CIFS, FUSE,
 * …) */
bool watch_works(int dir);

#endif
