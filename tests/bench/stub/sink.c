/* The least logger: reads until nobody writes any more. */
#include <unistd.h>

int main(void)
{
	char buf[512];

	while (read(0, buf, sizeof buf) > 0)
		;
	_exit(0);
}
