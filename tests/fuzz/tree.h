#ifndef TEND_FUZZ_TREE_H
#define TEND_FUZZ_TREE_H

#include "fuzz.h"
#include "roster.h"

enum { NAMES = 5, INODES = 5 };

/* A scan directory and runsvs that are made up, and what scan.c and service.c do with them. */
struct tree {
	struct roster r;
	unsigned int dir[NAMES]; /* the inode that a name leads to; 0: there is no such name */
	pid_t runsv[INODES + 1]; /* of each inode, what lives */
	pid_t last;
	uint64_t now;
	unsigned int fails; /* so many of the next starts */
};

/* Whether a name leads to it; name: that one. */
bool tree_leads(struct tree const *t, char const *name, uint64_t ino);

/* An event about a name; hold: it may be incomplete. */
void tree_look(struct tree *t, size_t name, bool hold);

/* All of them, beginning with one. */
void tree_scan(struct tree *t, size_t first);

/* The end of a scan that has seen what it has. */
void tree_leave_gone(struct tree *t);

/* What is due; how: bits for what the system answers. */
void tree_due(struct tree *t, unsigned int how);

/* The runsv of an inode ends in one of four ways, 0 in order. */
void tree_ends(struct tree *t, size_t ino, unsigned int how);

/* What must always hold. */
void tree_check(struct tree const *t);

#endif
