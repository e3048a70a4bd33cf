/* A service that needs a millisecond to end. */
#define STAMP_SENDER
#include <signal.h>

#include "stamp.h"

static void wake(int sig)
{
	(void)sig;
}

int main(void)
{
	struct timespec const work = { .tv_nsec = 1000000 };

	stamp_send('s');
	signal(SIGTERM, wake);
	pause();
	nanosleep(&work, NULL);
	_exit(0);
}
