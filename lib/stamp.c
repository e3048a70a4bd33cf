#include <limits.h>
#include <time.h>

#include "stamp.h"

void stamp_now(tain *t)
{
	struct timespec now;

	/* CLOCK_REALTIME cannot fail where the kernel runs at all. */
	clock_gettime(CLOCK_REALTIME, &now);
	t->sec.x = TAI_MAGIC + STAMP_OFFSET + (uint64_t)now.tv_sec;
	t->nano = (uint32_t)(now.tv_nsec / 1000 * 1000 + 500);
}

void stamp_monotonic(tain *t)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	t->sec.x = (uint64_t)now.tv_sec;
	t->nano = (uint32_t)now.tv_nsec;
}

void stamp_ahead(tain *t, uint64_t seconds)
{
	stamp_monotonic(t);
	tain_addsec(t, t, seconds < INT_MAX ? (int)seconds : INT_MAX);
}

bool stamp_past(tain const *t)
{
	tain now;

	stamp_monotonic(&now);
	return !tain_less(&now, t);
}

uint64_t stamp_ms(void)
{
	tain t;

	stamp_monotonic(&t);
	return t.sec.x * 1000 + t.nano / 1000000;
}

uint64_t stamp_unix(tain const *t)
{
	uint64_t const epoch = TAI_MAGIC + STAMP_OFFSET;

	return t->sec.x < epoch ? 0 : t->sec.x - epoch;
}
