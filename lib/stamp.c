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
