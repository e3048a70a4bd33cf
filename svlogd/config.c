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
	char letter; /* 0: the last */
	uint64_t factor;
};

static uint64_t scaled(char const *at, char const *end, struct unit const *unit)
{
	uint64_t const n = number(&at, end);

	for (; at < end && unit->letter; unit++)
		if (*at == unit->letter)
			return n > UINT64_MAX / unit->factor ? UINT64_MAX : n * unit->factor;
	return n;
}

#define KI UINT64_C(1024)
static struct unit const sizes[] = { { 'k', KI }, { 'm', KI *KI }, { 0, 0 } };
/* the reference would take g for nothing, so s must, too */
static struct unit const caps[] = { { 'k', KI }, { 'm', KI *KI }, { 'g', KI *KI *KI }, { 0, 0 } };
static struct unit const times[] = { { 'm', 60 }, { 'h', 3600 }, { 0, 0 } };

void config_default(struct config *c)
{
	*c = (struct config){
		.size = 1000000, .keep = 10, .least = 10, .prefix = "", .processor = "", .label = ""
	};
}

/* Four numbers, modulo 256, with dots between them; what follows is nobody's, but for a port. */
static enum config_result address(struct config *c, char const *at, char const *end, bool only)
{
	struct config_udp udp = { .sends = true, .only = only || c->udp.only, .port = 514 };

	for (int i = 0; i < 4; i++) {
		char const *const from = at;
		udp.ip[i] = (uint8_t)number(&at, end);
		if (at == from || (i < 3 && (at == end || *at++ != '.')))
			return CONFIG_BAD_ADDRESS;
	}
	if (at < end && *at == ':') {
		at++;
		udp.port = (uint16_t)number(&at, end);
		if (!udp.port)
			return CONFIG_BAD_PORT;
	}
	c->udp = udp;
	return CONFIG_DONE;
}

static void text(char const **to, size_t *to_len, char const *from, char const *end)
{
	*to = from;
	*to_len = (size_t)(end - from);
}

enum config_result config_line(struct config *c, char const *line, size_t len)
{
	char const *const at = line + 1;
	char const *const end = line + len;
	char const *n = at;

	if (!len)
		return CONFIG_DONE;
	switch (*line) {
	case 's':
		c->size = scaled(at, end, sizes);
		return CONFIG_DONE;
	case 'S':
		c->cap = scaled(at, end, caps);
		return CONFIG_DONE;
	case 'n':
		c->keep = number(&n, end);
		return CONFIG_DONE;
	case 'N':
		/* the reference deletes only if N < n, which its own defaults are not */
		c->least = number(&n, end);
		c->frees = true;
		return CONFIG_DONE;
	case 't':
		c->age = scaled(at, end, times);
		return CONFIG_DONE;
	case 'p':
		text(&c->prefix, &c->prefix_len, at, end);
		return CONFIG_DONE;
	case '!':
		/* one without a command takes nothing back: reference */
		if (at < end)
			text(&c->processor, &c->processor_len, at, end);
		return CONFIG_DONE;
	case '1':
		c->copies = true;
		text(&c->label, &c->label_len, at, end);
		return CONFIG_DONE;
	case 'D':
		c->drops = true;
		return CONFIG_DONE;
	case 'u':
	case 'U':
		return address(c, at, end, *line == 'U');
	default:
		return memchr("+-eE", *line, 4) ? CONFIG_RULE : CONFIG_DONE;
	}
}

void config_end(struct config *c)
{
	if (c->cap && c->size > c->cap)
		c->size = c->cap;
}
