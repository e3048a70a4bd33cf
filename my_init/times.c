#include <stddef.h>
#include <string.h>

#include <skalibs/uint64.h>

#include "times.h"

enum { SECONDS_MAX = 100000000, BLANKS = 6 };

bool times_seconds(char const *text, uint64_t *ms)
{
	static char const blanks[BLANKS + 1] = " \t\n\v\f\r";
	uint64_t seconds;

	if (!text)
		return true;
	text += strspn(text, blanks);
	size_t const n = uint64_scan(text, &seconds);
	if (!n || text[n + strspn(text + n, blanks)] || seconds > SECONDS_MAX)
		return false;
	*ms = seconds * 1000;
	return true;
}

void times_add(struct times *t, bool command)
{
	t->total = t->process + t->orphans;
	if (command && t->total < 2 * t->process)
		t->total = 2 * t->process;
}
