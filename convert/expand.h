#ifndef TEND_EXPAND_H
#define TEND_EXPAND_H

#include <stdbool.h>
#include <stddef.h>

#include <skalibs/stralloc.h>

/* %(name)s in a value, as Python's % operator replaces it with a dictionary. Pure, but for the
 * lists, which are allocated (text.h). */

struct expand_var {
	char const *name;  /* as it stands between the parentheses: here, ENV_PATH */
	char const *value; /* may hold what is LATE (text.h) */
	bool number;       /* %d can be used for it, too */
};

struct expand_vars {
	struct expand_var *at;
	size_t count;
};

/* A copy of the list that can be added to, or a new one for NULL. Name and value stay the caller's,
 * and must live as long as the list; the last one of a name counts. */
struct expand_vars expand_copy(struct expand_vars const *v);
void expand_set(struct expand_vars *v, char const *name, char const *value, bool number);

/* Adds text to *out, with its variables replaced. An ENV_ name that is not in the list becomes what
 * is LATE. false: supervisord would refuse the text, and *why, an allocated text, says what of it.
 */
bool expand(stralloc *out, char const *text, struct expand_vars const *v, char **why);

#endif
