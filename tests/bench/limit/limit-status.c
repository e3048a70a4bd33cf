/* The least status of services: asks whether somebody has ok open, reads the 20 bytes, says
 * something. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static char out[1 << 16];
	size_t n = 0;

	for (int i = 1; i < argc; i++) {
		char path[512], bytes[20];
		size_t const len = strlen(argv[i]);

		if (len + sizeof "/supervise/status" > sizeof path)
			return 100;
		memcpy(path, argv[i], len);
		memcpy(path + len, "/supervise/ok", sizeof "/supervise/ok");
		int const ok = open(path, O_WRONLY | O_NONBLOCK);
		memcpy(path + len, "/supervise/status", sizeof "/supervise/status");
		int const status = open(path, O_RDONLY);
		if (ok < 0 || status < 0 ||
		    read(status, bytes, sizeof bytes) != (ssize_t)sizeof bytes)
			return 100;
		close(ok);
		close(status);
		if (n + len + 1 > sizeof out) {
			if (write(1, out, n) < 0)
				return 100;
			n = 0;
		}
		memcpy(out + n, argv[i], len);
		n += len;
		out[n++] = '\n';
	}
	return write(1, out, n) < 0;
}
