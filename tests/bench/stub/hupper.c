/* A service that says when it has seen SIGHUP. */
#define STAMP_SENDER
#include <signal.h>

#include "stamp.h"

static void seen(int sig)
{
	(void)sig;
	stamp_send('h');
}

int main(void)
{
	signal(SIGHUP, seen);
	stamp_send('s');
	for (;;)
		pause();
}
