#ifndef TEND_ENV_H
#define TEND_ENV_H

#include <stdbool.h>
#include <stddef.h>

/* The environment of the program: ours, changed. Its strings live as long as we do. */
struct env {
	char **list; /* NULL last */
	size_t count, room;
};

/* A copy of ours. False: out of memory, as for the others. */
bool env_init(struct env *e);

/* Sets name to the n bytes of value, in the place of the first variable of that name. */
bool env_set(struct env *e, char const *name, char const *value, size_t n);

/* The value of the first variable of that name, valid until it is set; NULL: there is none. */
char const *env_get(struct env const *e, char const *name);

/* Removes all of them. */
void env_clear(struct env *e);

/* Removes the first variable of that name. */
void env_unset(struct env *e, char const *name);

#endif
