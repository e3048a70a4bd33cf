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

size_t rotate_part(char const *text, size_t n, uint64_t held, uint64_t limit, size_t max)
{
	size_t const room = rotate_room(held, limit);
	size_t const most = n < room ? n : room;

	if (!limit || limit < max)
		return most;
	/* the least after which the end of a line fills it */
	uint64_t const least = held + 1 < limit - max ? limit - max - held : 1;
	if (least > most)
		return most;
	char const *const newline = memchr(text + least - 1, '\n', most - (size_t)least + 1);
	return newline ? (size_t)(newline - text) + 1 : most;
}

char rotate_suffix(char const *name)
{
	if (*name != '@' || strlen(name) != ROTATE_NAME || name[ROTATE_NAME - 2] != '.')
		return 0;
	switch (name[ROTATE_NAME - 1]) {
	case ROTATE_DONE:
	case ROTATE_WAITS:
	case ROTATE_OUTPUT:
		return name[ROTATE_NAME - 1];
	default:
		return 0;
	}
}

static void keep_older(char oldest[ROTATE_NAME + 1], char const *name)
{
	if (!*oldest || strcmp(name, oldest) < 0)
		memcpy(oldest, name, ROTATE_NAME + 1);
}

void rotate_see(struct rotate_old *o, char const *name, uint64_t bytes)
{
	char const suffix = rotate_suffix(name);

	if (!suffix || suffix == ROTATE_OUTPUT)
		return;
	o->count++;
	o->finished += suffix == ROTATE_DONE;
	o->bytes += bytes;
	keep_older(o->oldest, name);
	if (strcmp(name, o->newest) > 0)
		memcpy(o->newest, name, ROTATE_NAME + 1);
	keep_older(suffix == ROTATE_DONE ? o->done : o->waits, name);
}

void rotate_collect(struct rotate_batch *b, char const *name, uint64_t bytes)
{
	char const suffix = rotate_suffix(name);
	unsigned int i = b->n;

	if (suffix != ROTATE_DONE && (suffix != ROTATE_WAITS || b->finished))
		return;
	while (i && strcmp(name, b->files[i - 1].name) < 0)
		i--;
	if (i == ROTATE_BATCH)
		return;
	b->n += b->n < ROTATE_BATCH;
	memmove(&b->files[i + 1], &b->files[i], (b->n - 1 - i) * sizeof b->files[0]);
	b->files[i].bytes = bytes;
	memcpy(b->files[i].name, name, ROTATE_NAME + 1);
}

void rotate_forget(struct rotate_old *o, struct rotate_file const *file)
{
	o->count--;
	o->finished -= rotate_suffix(file->name) == ROTATE_DONE;
	o->bytes -= file->bytes;
}

static void label(char name[ROTATE_NAME + 1], tain const *moment)
{
	timestamp_fmt(name, moment);
	name[ROTATE_NAME - 2] = '.';
	name[ROTATE_NAME] = 0;
}

void rotate_name(char name[ROTATE_NAME + 1], tain const *moment, char const *newest, char suffix)
{
	static tain const least = { .sec = TAI_ZERO, .nano = 1 };
	tain after;

	label(name, moment);
	if (strncmp(name, newest, ROTATE_NAME - 2) <= 0 && timestamp_scan(newest, &after)) {
		tain_add(&after, &after, &least);
		label(name, &after);
	}
	name[ROTATE_NAME - 1] = suffix;
}

char const *rotate_surplus(struct rotate_old const *o, struct config const *c)
{
	if (c->cap && o->count && o->bytes > c->cap - c->size)
		return o->oldest;
	return c->keep && o->finished > c->keep ? o->done : NULL;
}
