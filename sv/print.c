#include <string.h>

#include <skalibs/uint32.h>
#include <skalibs/uint64.h>

#include "print.h"

static size_t append(char *text, size_t len, char const *word)
{
	size_t const n = strlen(word);

	memcpy(text + len, word, n);
	return len + n;
}

size_t print_state(char *text, char const *name, struct status const *s, tain const *now,
		   bool normally_down)
{
	/* a state that runit does not know gets no word, and its pid is shown: as the reference */
	static char const *const words[] = { "down: ", "run: ", "finish: " };
	uint64_t const age = now->sec.x < s->since.sec.x ? 0 : now->sec.x - s->since.sec.x;
	size_t len = 0;

	if (s->state <= STATUS_FINISH)
		len = append(text, len, words[s->state]);
	len = append(text, len, name);
	len = append(text, len, ": ");
	if (s->state != STATUS_DOWN) {
		len = append(text, len, "(pid ");
		len += uint32_fmt(text + len, s->pid);
		len = append(text, len, ") ");
	}
	len += uint64_fmt(text + len, age);
	len = append(text, len, "s");
	if (s->pid && normally_down)
		len = append(text, len, ", normally down");
	if (!s->pid && !normally_down)
		len = append(text, len, ", normally up");
	if (s->pid && s->paused)
		len = append(text, len, ", paused");
	if (!s->pid && s->want == 'u')
		len = append(text, len, ", want up");
	if (s->pid && s->want == 'd')
		len = append(text, len, ", want down");
	if (s->pid && s->term)
		len = append(text, len, ", got TERM");
	return len;
}
