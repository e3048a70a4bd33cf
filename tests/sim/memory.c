#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "calls.h"
#include "kernel.h"

/* What a program allocates is given back with the world. */
enum { HEAD = 16 };

void *sim_malloc(size_t n);
void *sim_calloc(size_t n, size_t size);
void *sim_realloc(void *old, size_t n);
void sim_free(void *p);
void sim_fence(void);
void *sim_ledger_memcpy(void *to, void const *from, size_t n);

void *sim_malloc(size_t n)
{
	size_t *const p = arena(n + HEAD);

	*p = n;
	return (char *)p + HEAD;
}

void *sim_calloc(size_t n, size_t size)
{
	return sim_malloc(n * size);
}

void *sim_realloc(void *old, size_t n)
{
	size_t const had = old ? *(size_t *)(void *)((char *)old - HEAD) : 0;
	void *const p = n > had ? sim_malloc(n) : old;

	if (old && p != old)
		memcpy(p, old, had);
	return p;
}

void sim_free(void *p)
{
	(void)p;
}

/* A shared mapping is the bytes of the file themselves, so they outlive who writes there. */
void *sim_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
	struct file *const f = flags & MAP_ANONYMOUS ? NULL : fd_file(fd);

	(void)at, (void)protection, (void)offset;
	step();
	if (!f)
		return arena(size);
	inode_grow(f->inode, size);
	if (w.mutant != MUTANT_MEMORY)
		return f->inode->data;
	return memcpy(arena(size), f->inode->data, size);
}

int sim_munmap(void *at, size_t size)
{
	(void)at, (void)size;
	step();
	return 0;
}

/* MREMAP_FIXED, over a mapping of a file: the file gets other bytes, and keeps what it had. */
static void part_from(struct inode *dir, char const *data)
{
	for (size_t k = 0; k < dir->count; k++) {
		struct inode *const i = dir->entries[k].inode;
		if (i->kind == INODE_DIR)
			part_from(i, data);
		if (i->kind == INODE_FILE && i->data == data) {
			char *const own = arena(i->capacity);
			i->data = memcpy(own, i->data, i->capacity);
		}
	}
}

void *sim_mremap(void *at, size_t size, size_t to_size, int flags, ...)
{
	va_list args;

	(void)to_size;
	step();
	va_start(args, flags);
	void *const to = va_arg(args, void *);
	va_end(args);
	part_from(w.root, to);
	return memcpy(to, at, size);
}

int sim_madvise(void *at, size_t size, int advice)
{
	(void)advice;
	memset(at, 0, size);
	return 0;
}

/* Between two stores of the ledger a process may be killed as well. */
static struct {
	void *to;
	void const *from;
	size_t n;
	struct process const *whose;
} late;

void sim_fence(void)
{
	if (w.current)
		step();
}

void *sim_ledger_memcpy(void *to, void const *from, size_t n)
{
	if (late.n && late.whose == w.current)
		memcpy(late.to, late.from, late.n);
	late.n = 0;
	if (w.mutant != MUTANT_COMMIT || n <= 8)
		return memcpy(to, from, n);
	late.to = to;
	late.from = from;
	late.n = n;
	late.whose = w.current;
	return to;
}
