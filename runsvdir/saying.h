#ifndef RUNSVDIR_SAYING_H
#define RUNSVDIR_SAYING_H

#include <skalibs/stralloc.h>

#include "scan.h"

/* What an ordered stop has to say. */

/* Names are added, then they are said behind some words, if there are any. */
struct line {
	stralloc text;
	size_t n;
};
#define LINE_ZERO                                                                                  \
	{                                                                                          \
		.text = STRALLOC_ZERO                                                              \
	}
void line_add(struct line *l, char const *name);
void line_say(struct line *l, char const *before);

/* Who is waited for; who is left when there is no time any more. */
void say_waits(struct scanner const *s);
void say_left(struct scanner const *s);

/* Who has ended the tree, and with which code. */
void say_end(struct scanner const *s);

#endif
