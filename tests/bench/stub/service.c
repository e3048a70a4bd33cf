/* A service: says when it was started and waits. Ended by the first signal. */
#define STAMP_SENDER
#include "stamp.h"

int main(void)
{
	stamp_send('s');
	for (;;)
		pause();
}
