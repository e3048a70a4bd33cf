#include <errno.h>
#include <string.h>

#include "kernel.h"

struct inode *inode_new(enum inode_kind kind, mode_t mode)
{
	struct inode *const i = arena(sizeof *i);

	i->kind = kind;
	i->ino = ++w.next_ino;
	i->mode = mode;
	i->changed = w.now + w.wall;
	return i;
}

void inode_grow(struct inode *i, size_t capacity)
{
	if (capacity <= i->capacity)
		return;
	if (capacity < 2 * i->capacity)
		capacity = 2 * i->capacity;
	char *const data = arena(capacity);
	if (i->size)
		memcpy(data, i->data, i->size);
	i->data = data;
	i->capacity = capacity;
}

void inode_resize(struct inode *i, size_t size)
{
	inode_grow(i, size);
	if (size > i->size)
		memset(i->data + i->size, 0, size - i->size);
	else if (i->capacity > size)
		memset(i->data + size, 0, i->size - size);
	i->size = size;
}

void inode_append(struct inode *i, char const *bytes, size_t n)
{
	inode_grow(i, i->size + n);
	memcpy(i->data + i->size, bytes, n);
	i->size += n;
}

struct entry *dir_find(struct inode const *dir, char const *name)
{
	for (size_t i = 0; i < dir->count; i++)
		if (!strcmp(dir->entries[i].name, name))
			return &dir->entries[i];
	return NULL;
}

void dir_add(struct inode *dir, char const *name, struct inode *i)
{
	if (dir->count == dir->room) {
		dir->room = dir->room ? dir->room * 2 : 8;
		struct entry *const more = arena(dir->room * sizeof *more);
		if (dir->count)
			memcpy(more, dir->entries, dir->count * sizeof *more);
		dir->entries = more;
	}
	struct entry *const e = &dir->entries[dir->count++];
	strncpy(e->name, name, sizeof e->name - 1);
	e->name[sizeof e->name - 1] = 0;
	e->inode = i;
	i->links++;
	i->parent = dir;
	if (i->kind != INODE_DIR || !i->service)
		i->service = i->service ? i->service : dir->service;
	dir->changed = w.now + w.wall;
}

void dir_remove(struct inode *dir, char const *name)
{
	struct entry *const e = dir_find(dir, name);

	e->inode->links--;
	*e = dir->entries[--dir->count];
	dir->changed = w.now + w.wall;
}

static int next_part(char const **path, char part[NAME])
{
	size_t n = 0;

	while (**path == '/')
		++*path;
	for (; **path && **path != '/'; ++*path)
		if (n < NAME - 1)
			part[n++] = **path;
	part[n] = 0;
	return n > 0;
}

static struct inode *child(struct inode *dir, char const *name)
{
	if (!strcmp(name, "."))
		return dir;
	if (!strcmp(name, ".."))
		return dir->parent ? dir->parent : dir;
	struct entry const *const e = dir_find(dir, name);
	return e ? e->inode : NULL;
}

int walk(struct place *at, struct inode *from, char const *path, bool follow)
{
	char part[NAME];
	struct inode *i = *path == '/' ? w.root : from;
	bool more = true;

	*at = (struct place){ .dir = i, .inode = i, .name = "." };
	if (!*path)
		return ENOENT;
	for (int links = 0; next_part(&path, part);) {
		if (!i || i->kind != INODE_DIR)
			return i ? ENOTDIR : ENOENT;
		more = *path != 0;
		at->dir = i;
		memcpy(at->name, part, NAME);
		i = child(i, part);
		if (i && i->kind == INODE_LINK && (follow || more)) {
			if (++links > 8)
				return ELOOP;
			path = text_of("%s%s", i->data, path);
			i = *path == '/' ? w.root : at->dir;
			at->dir = i;
			memcpy(at->name, ".", 2);
		}
	}
	at->inode = i;
	return i ? 0 : ENOENT;
}

struct inode *tree(struct inode *from, char const *path)
{
	struct place at;

	return walk(&at, from, path, true) ? NULL : at.inode;
}

struct inode *make_dir(struct inode *dir, char const *name)
{
	struct inode *const i = inode_new(INODE_DIR, 0755);

	if (dir)
		dir_add(dir, name, i);
	return i;
}

struct inode *make_program(struct inode *dir, char const *name, enum program program)
{
	struct inode *const i = inode_new(INODE_FILE, 0755);

	i->program = program;
	dir_add(dir, name, i);
	return i;
}
