#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "env.h"

bool env_init(struct env *e)
{
	for (e->count = 0; environ[e->count];)
		e->count++;
	e->room = e->count + 16;
	e->list = malloc((e->room + 1) * sizeof *e->list);
	if (!e->list)
		return false;
	memcpy(e->list, environ, (e->count + 1) * sizeof *e->list);
	return true;
}

char const *env_get(struct env const *e, char const *name)
{
	size_t const n = strlen(name);

	for (size_t i = 0; i < e->count; i++)
		if (!strncmp(e->list[i], name, n) && e->list[i][n] == '=')
			return e->list[i] + n + 1;
	return NULL;
}

void env_clear(struct env *e)
{
	e->count = 0;
	e->list[0] = NULL;
}

void env_unset(struct env *e, char const *name)
{
	size_t const n = strlen(name);

	for (size_t i = 0; i < e->count; i++)
		if (!strncmp(e->list[i], name, n) && e->list[i][n] == '=') {
			memmove(e->list + i, e->list + i + 1, (e->count - i) * sizeof *e->list);
			e->count--;
			return;
		}
}

bool env_set(struct env *e, char const *name, char const *value, size_t n)
{
	size_t const len = strlen(name);
	char *const entry = malloc(len + n + 2);

	if (!entry)
		return false;
	memcpy(entry, name, len);
	entry[len] = '=';
	memcpy(entry + len + 1, value, n);
	entry[len + 1 + n] = 0;
	env_unset(e, name);
	if (e->count == e->room) {
		char **const list = realloc(e->list, (2 * e->room + 1) * sizeof *list);
		if (!list) {
			free(entry);
			return false;
		}
		e->list = list;
		e->room *= 2;
	}
	e->list[e->count++] = entry;
	e->list[e->count] = NULL;
	return true;
}
