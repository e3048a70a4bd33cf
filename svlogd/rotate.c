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

void rotate_see(struct rotate_old *o, char const *name)
{
	if (*name != '@' || strlen(name) != ROTATE_NAME || name[ROTATE_NAME - 2] != '.')
		return;
	if (name[ROTATE_NAME - 1] != 's' && name[ROTATE_NAME - 1] != 'u')
		return;
	if (!o->count++ || strcmp(name, o->oldest) < 0)
		memcpy(o->oldest, name, ROTATE_NAME + 1);
}
