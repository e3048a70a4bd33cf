/* A service that needs nothing else: answers whoever connects to port $PORT, or 8080. Called check,
 * it is the one who connects, and ends with 0 if it was answered: in an image without a shell a
 * check is a program, too. */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static char const request[] = "HEAD / HTTP/1.0\r\n\r\n";
static char const answer[] =
	"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nIt works, supervised.\n";

static int fail(char const *what)
{
	perror(what);
	return 1;
}

/* One at a time, and at most a second for each. */
static void serve(int client)
{
	struct timeval const patience = { .tv_sec = 1 };
	char text[4096];

	setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	/* what is left unread would make a reset of the close, and the answer be lost */
	if (recv(client, text, sizeof text, 0) > 0)
		send(client, answer, sizeof answer - 1, MSG_NOSIGNAL);
	close(client);
}

static int run(int fd, struct sockaddr_in const *a)
{
	int const on = 1;

	/* connections of the last life must not keep the port from this one */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, (struct sockaddr const *)a, sizeof *a) < 0 || listen(fd, 16) < 0)
		return fail("web: unable to listen");
	printf("web: listening on port %d\n", ntohs(a->sin_port));
	fflush(stdout);
	for (;;) {
		int const client = accept(fd, NULL, NULL);
		if (client < 0)
			return fail("web: unable to accept");
		serve(client);
	}
}

static int check(int fd, struct sockaddr_in const *a)
{
	char text[1];

	if (connect(fd, (struct sockaddr const *)a, sizeof *a) < 0 ||
	    send(fd, request, sizeof request - 1, MSG_NOSIGNAL) < 0 || recv(fd, text, 1, 0) != 1)
		return fail("web: no answer");
	return 0;
}

int main(int argc, char **argv)
{
	char const *const port = getenv("PORT"), *const slash = argc ? strrchr(argv[0], '/') : NULL;
	int const is_check = slash && !strcmp(slash, "/check");
	struct sockaddr_in a = { .sin_family = AF_INET };
	char *end;
	unsigned long const n = strtoul(port ? port : "8080", &end, 10);
	int const fd = socket(AF_INET, SOCK_STREAM, 0);

	if (*end || !n || n > 65535) {
		fprintf(stderr, "web: PORT is no port: %s\n", port);
		return 1;
	}
	if (fd < 0)
		return fail("web: unable to make a socket");
	a.sin_port = htons((unsigned short)n);
	a.sin_addr.s_addr = htonl(is_check ? INADDR_LOOPBACK : INADDR_ANY);
	return is_check ? check(fd, &a) : run(fd, &a);
}
