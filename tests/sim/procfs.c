#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"

bool procfs_is(char const *path)
{
	return !strncmp(path, "/proc", 5) && (!path[5] || path[5] == '/');
}

static char const *stat_text(struct process const *p)
{
	char text[512];
	int const state = p->state == PROCESS_ZOMBIE ? 'Z' : p->stopped ? 'T' : 'S';
	int n = snprintf(text, sizeof text, "%d (%s) %c %d", (int)p->pid, program_names[p->program],
			 state, p->parent ? (int)p->parent->pid : 0);

	for (int field = 5; field <= 52; field++)
		n += snprintf(text + n, sizeof text - (size_t)n, " %llu",
			      field == 22   ? (unsigned long long)p->start
			      : field == 52 ? (unsigned long long)p->wstat
					    : 0);
	return text_of("%s\n", text);
}

static void add_locks(struct inode const *dir, char *text, size_t size)
{
	for (size_t i = 0; i < dir->count; i++) {
		struct inode const *const x = dir->entries[i].inode;
		size_t const n = strlen(text);
		if (x->kind == INODE_DIR)
			add_locks(x, text, size);
		else if (x->flock && x->flock_by)
			snprintf(text + n, size - n,
				 "1: FLOCK  ADVISORY  WRITE %d 00:01:%llu 0 EOF\n",
				 (int)x->flock_by->pid, (unsigned long long)x->ino);
	}
}

static int open_text(char const *content, struct file **text)
{
	*text = file_new(FILE_TEXT, NULL, 0);
	(*text)->text = text_of("%s", content);
	return 0;
}

/* Of a process: what stands behind its number. */
static int open_of(struct process *p, char const *what, struct file **text, struct inode **link)
{
	if (!strcmp(what, "/stat"))
		return open_text(stat_text(p), text);
	if (!strcmp(what, "/comm"))
		return open_text(text_of("%s\n", program_names[p->program]), text);
	if (!strcmp(what, "/cwd") && process_lives(p)) {
		*link = p->cwd;
		return 0;
	}
	if (!strcmp(what, "/mountinfo"))
		return open_text("", text);
	if (!strcmp(what, "/ns/pid")) {
		*link = w.null;
		return 0;
	}
	return ENOENT;
}

int procfs_open(char const *path, struct file **text, struct inode **link)
{
	char *end;

	*text = NULL;
	*link = NULL;
	path += 5;
	if (!strcmp(path, "/sys/kernel/random/boot_id"))
		return open_text("01234567-89ab-cdef-0123-456789abcdef\n", text);
	if (!strcmp(path, "/locks")) {
		char locks[2048] = "";
		add_locks(w.root, locks, sizeof locks);
		char *const all = arena(sizeof locks);
		*text = file_new(FILE_TEXT, NULL, 0);
		(*text)->text = strcpy(all, locks);
		return 0;
	}
	if (!strncmp(path, "/self/", 6))
		return open_of(w.current, path + 5, text, link);
	long const pid = *path ? strtol(path + 1, &end, 10) : 0;
	struct process *const p = pid > 0 ? process_of((pid_t)pid) : NULL;
	return p ? open_of(p, end, text, link) : ENOENT;
}
