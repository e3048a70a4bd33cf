#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <skalibs/alloc.h>
#include <skalibs/djbunix.h>
#include <skalibs/stralloc.h>

#include "watch.h"

enum {
	NAMES = IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE,
	SELF = IN_DELETE_SELF | IN_MOVE_SELF,
	FILLING = IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE | IN_ATTRIB | IN_DELETE,
	LINKS_MAX = 40 /* the kernel's */
};

/* A watched place on the way; name is the entry there that matters, NULL if only its own going
 * does. */
struct step {
	int wd;
	char *name;
};

void watch_init(struct watch *w)
{
	*w = (struct watch){ .dir = -1, .path = GENALLOC_ZERO };
	/* what is mounted over a directory, or unmounted from it, is no event for inotify */
	w->mounts = openat(AT_FDCWD, "/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
}

static bool add_step(struct watch *w, char const *dir, uint32_t mask, char const *name, size_t len)
{
	struct step s = { .wd = inotify_add_watch(w->fd, dir, mask | IN_MASK_ADD | IN_ONLYDIR) };

	if (s.wd < 0)
		return false;
	if (name) {
		s.name = alloc(len + 1);
		if (!s.name)
			return false;
		memcpy(s.name, name, len);
		s.name[len] = 0;
	}
	return genalloc_append(struct step, &w->path, &s);
}

static void forget_path(struct watch *w)
{
	struct step *const s = genalloc_s(struct step, &w->path);

	for (size_t i = 0; i < genalloc_len(struct step, &w->path); i++) {
		inotify_rm_watch(w->fd,
				 s[i].wd); /* EINVAL for one that two steps share: gone is gone */
		alloc_free(s[i].name);
	}
	genalloc_setlen(struct step, &w->path, 0);
	if (w->dir >= 0)
		inotify_rm_watch(w->fd, w->dir);
	w->dir = -1;
}

/* The link at->s, whose directory is its first base bytes: that is watched, and the target goes
 * before the rest of the way. A link that was switched before it was watched is looked at again. */
static int follow(struct watch *w, stralloc *at, stralloc *rest, size_t base, char const *name,
		  size_t len, int *links)
{
	stralloc target = STRALLOC_ZERO, again = STRALLOC_ZERO;
	int r = -1;

	if (++*links > LINKS_MAX)
		return errno = ELOOP, -1;
	if (sareadlink(&target, at->s) < 0)
		goto out;
	at->s[base] = 0;
	if (!add_step(w, base ? at->s : "/", NAMES | SELF, name, len))
		goto out;
	at->s[base] = '/';
	at->len = base;
	r = 1;
	if (sareadlink(&again, at->s) < 0 || again.len != target.len ||
	    memcmp(again.s, target.s, target.len) != 0)
		goto out;
	if (!stralloc_cats(&target, name + len) || !stralloc_0(&target)) {
		r = -1;
		goto out;
	}
	stralloc_free(rest);
	*rest = target;
	target = (stralloc)STRALLOC_ZERO;
	at->len = rest->s[0] == '/' ? 0 : base;
out:
	stralloc_free(&target);
	stralloc_free(&again);
	return r;
}

/* One component of the way, from the directory `at` (a path); the rest of a link's target goes
 * before the rest of the way. Returns 1 to go on, 0 at the end of the way or where it breaks, -1 on
 * errors. */
static int walk(struct watch *w, stralloc *at, stralloc *rest, int *links)
{
	struct stat st;
	size_t const skip = strspn(rest->s, "/");
	size_t const len = strcspn(rest->s + skip, "/");
	char const *const name = rest->s + skip;
	size_t const base = at->len;

	if (!len)
		return 0;
	if (!stralloc_cats(at, "/") || !stralloc_catb(at, name, len) || !stralloc_0(at))
		return -1;
	if (lstat(at->s, &st) < 0) {
		at->s[base] = 0;
		if (!add_step(w, base ? at->s : "/", NAMES | SELF, name, len))
			return -1;
		at->s[base] = '/';
		at->len = base;
		return lstat(at->s, &st) == 0; /* made before it was watched: look again */
	}
	if (!S_ISLNK(st.st_mode)) {
		at->len--;
		memmove(rest->s, name + len, strlen(name + len) + 1);
		return add_step(w, at->s, SELF, NULL, 0) ? 1 : -1;
	}
	return follow(w, at, rest, base, name, len, links);
}

bool watch_path(struct watch *w, char const *path)
{
	stralloc at = STRALLOC_ZERO, rest = STRALLOC_ZERO;
	int links = 0;
	int r = 1;

	if (w->fd < 0)
		return false;
	forget_path(w);
	if ((path[0] != '/' && !stralloc_cats(&at, ".")) || !stralloc_cats(&rest, path) ||
	    !stralloc_0(&rest))
		r = -1;
	while (r > 0)
		r = walk(w, &at, &rest, &links);
	w->dir = inotify_add_watch(w->fd, path, NAMES | SELF | IN_MASK_ADD | IN_ONLYDIR);
	int const e = errno;
	stralloc_free(&at);
	stralloc_free(&rest);
	errno = e;
	return r == 0 && (w->dir >= 0 || errno == ENOENT || errno == ENOTDIR);
}

void watch_end(struct watch *w)
{
	forget_path(w);
}

int watch_held(struct watch *w, char const *path)
{
	return w->fd < 0 ? -1
			 : inotify_add_watch(w->fd, path, FILLING | IN_ONLYDIR | IN_DONT_FOLLOW);
}

void watch_release(struct watch *w, int wd)
{
	if (wd >= 0)
		inotify_rm_watch(w->fd, wd);
}

static bool on_the_way(struct watch const *w, struct inotify_event const *e)
{
	struct step const *const s = genalloc_s(struct step, &w->path);

	for (size_t i = 0; i < genalloc_len(struct step, &w->path); i++) {
		if (s[i].wd != e->wd)
			continue;
		if (e->mask & SELF || (s[i].name && e->len && !strcmp(s[i].name, e->name)))
			return true;
	}
	return false;
}

size_t watch_read(struct watch *w, void (*tell)(void *, enum watch_hint, char const *, int),
		  void *context)
{
	_Alignas(struct inotify_event) char buf[1024]; /* three of the longest */
	size_t told = 0;
	ssize_t n;

	while ((n = read(w->fd, buf, sizeof buf)) > 0) {
		for (ssize_t at = 0; at < n;) {
			struct inotify_event const *const e =
				(struct inotify_event const *)(void *)(buf + at);

			at += (ssize_t)(sizeof *e + e->len);
			if (e->mask & IN_IGNORED)
				continue;
			told++;
			if (e->mask & (IN_Q_OVERFLOW | IN_UNMOUNT) || on_the_way(w, e) ||
			    (e->wd == w->dir && e->mask & SELF))
				tell(context, WATCH_PATH, "", -1);
			else if (e->wd != w->dir)
				tell(context, WATCH_HELD, "", e->wd);
			else if (e->len)
				tell(context, e->mask & IN_CREATE ? WATCH_CREATED : WATCH_NAME,
				     e->name, -1);
		}
	}
	return told;
}

bool watch_works(int dir)
{
	/* statfs(2): nfs, smb, cifs, smb2, 9p, fuse (and virtiofs), vboxsf, afs, ceph */
	static long const deaf[] = { 0x6969,     0x517b,     0xff534d42, 0xfe534d42, 0x01021997,
				     0x65735546, 0x786f4256, 0x5346414f, 0x00c36400 };
	struct statfs fs;

	if (fstatfs(dir, &fs) < 0)
		return true;
	for (size_t i = 0; i < sizeof deaf / sizeof *deaf; i++)
		if (((unsigned long)fs.f_type & 0xffffffffUL) == (unsigned long)deaf[i])
			return false;
	return true;
}
