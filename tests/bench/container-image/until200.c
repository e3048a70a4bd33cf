/* Asks 127.0.0.1:80 each millisecond until it answers with 200, and says in /out when that was. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "stamp.h"

static int answers(void)
{
	static char const request[] = "GET / HTTP/1.0\r\n\r\n";
	struct sockaddr_in const at = { .sin_family = AF_INET,
					.sin_port = htons(80),
					.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	char answer[13] = "";
	int const fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int const good = fd >= 0 && connect(fd, (struct sockaddr const *)&at, sizeof at) == 0 &&
			 write(fd, request, sizeof request - 1) > 0 &&
			 recv(fd, answer, 12, MSG_WAITALL) == 12 && !strcmp(answer + 8, " 200");

	if (fd >= 0)
		close(fd);
	return good;
}

int main(void)
{
	struct timespec const pause = { .tv_nsec = 1000000 };

	while (!answers())
		nanosleep(&pause, NULL);
	stamp("apache", "200", now_ns());
	_exit(0);
}
