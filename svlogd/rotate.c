#include <string.h>

#include "rotate.h"

size_t rotate_room(uint64_t held, uint64_t limit)
{
	if (!limit)
		return SIZE_MAX;
	return held < limit ? (size_t)(limit - held) : 0;
}

bool rotate_after_line(uint64_t held, uint64_t limit, size_t max)
{
	return limit >= max && limit && held >= limit - max;
}

char rotate_suffix(char const *name)
{
	char const suffix =
		*name == '@' && strlen(name) == ROTATE_NAME && name[ROTATE_NAME - 2] == '.'
			? name[ROTATE_NAME - 1]
			: 0;

	return suffix == ROTATE_DONE || suffix == ROTATE_WAITS || suffix == ROTATE_OUTPUT ? suffix
											  : 0;
}

static void keep_older(char oldest[ROTATE_NAME + 1], char const *name)
{
	if (!*oldest || strcmp(name, oldest) < 0)
		memcpy(oldest, name, ROTATE_NAME + 1);
}

void rotate_see(struct rotate_old *o, char const *name)
{
	char const suffix = rotate_suffix(name);

	if (!suffix || suffix == ROTATE_OUTPUT)
		return;
	o->count++;
	keep_older(o->oldest, name);
	keep_older(suffix == ROTATE_DONE ? o->done : o->waits, name);
}

char const *rotate_surplus(struct rotate_old const *o, uint64_t keep, bool processed)
{
	char const *const first = processed ? o->done : o->oldest;

	return keep && o->count > keep && *first ? first : NULL;
}
