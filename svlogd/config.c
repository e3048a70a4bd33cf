#include <string.h>

#include "config.h"

/* Leading digits; what follows them is looked at by the caller or by nobody. Too large: the most.
 */
static uint64_t number(char const **at, char const *end)
{
	uint64_t n = 0;

	for (; *at < end && **at >= '0' && **at <= '9'; ++*at) {
		uint64_t const digit = (uint64_t)(**at - '0');
		n = n > (UINT64_MAX - digit) / 10 ? UINT64_MAX : n * 10 + digit;
	}
	return n;
}

struct unit {
	char letter;
	uint64_t factor;
};

static uint64_t scaled(char const *at, char const *end, struct unit const units[2])
{
	uint64_t const n = number(&at, end);

	for (size_t i = 0; i < 2; i++)
		if (at < end && *at == units[i].letter)
			return n > UINT64_MAX / units[i].factor ? UINT64_MAX : n * units[i].factor;
	return n;
}

void config_default(struct config *c)
{
	*c = (struct config){
		.size = 1000000, .keep = 10, .least = 10, .prefix = "", .processor = ""
	};
}

char config_line(struct config *c, char const *line, size_t len)
{
	static struct unit const sizes[2] = { { 'k', 1024 }, { 'm', UINT64_C(1024) * 1024 } };
	static struct unit const times[2] = { { 'm', 60 }, { 'h', 3600 } };
	char const *at = line + 1;
	char const *const end = line + len;

	if (!len)
		return 0;
	switch (*line) {
	case 's':
		c->size = scaled(at, end, sizes);
		return 0;
	case 'n':
		c->keep = number(&at, end);
		return 0;
	case 'N':
		/* the reference deletes only if N < n, which its own defaults are not */
		c->least = number(&at, end);
		c->frees = true;
		return 0;
	case 't':
		c->age = scaled(at, end, times);
		return 0;
	case 'p':
		c->prefix = at;
		c->prefix_len = len - 1;
		return 0;
	case '!':
		/* one without a command takes nothing back: reference */
		if (len > 1) {
			c->processor = at;
			c->processor_len = len - 1;
		}
		return 0;
	default:
		if (memchr("uU+-eE", *line, 6))
			return *line;
		return 0;
	}
}
