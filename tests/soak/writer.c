/* A service of the soak: writer STATE [END]. Writes lines "LIFE NUMBER", from 1 in each life, now
 * and then many at once, and ends by itself after END seconds or so.
 *
 * STATE/sent has a line of 16 bytes for each life: the last number that is known to be written. A
 * process that finds another one there says so in STATE/twice: there must be one at a time.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { RECORD = 16 };

static void die(char const *what)
{
	perror(what);
	_exit(111);
}

static void rest(unsigned int ms)
{
	struct timespec const t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
}

static void sent(int fd, unsigned long life, unsigned long number)
{
	char record[RECORD + 1];

	snprintf(record, sizeof record, "%15lu\n", number);
	if (pwrite(fd, record, RECORD, (off_t)(life - 1) * RECORD) != RECORD)
		die("sent");
}

static unsigned long begin(char const *state, int *fd)
{
	struct stat st;

	if (chdir(state) < 0)
		die(state);
	*fd = open("sent", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*fd < 0)
		die("sent");
	if (flock(*fd, LOCK_EX | LOCK_NB) < 0) {
		int const twice = open("twice", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
		dprintf(twice, "%d\n", (int)getpid());
		_exit(1);
	}
	if (fstat(*fd, &st) < 0)
		die("sent");
	/* killed in the middle of it, the one before has written nothing */
	unsigned long const life = (unsigned long)(st.st_size / RECORD) + 1;
	sent(*fd, life, 0);
	return life;
}

int main(int argc, char **argv)
{
	char line[64];
	int fd;
	unsigned long const life = begin(argv[1], &fd);
	unsigned long const end = argc > 2 ? strtoul(argv[2], NULL, 10) * 1000 : 0;
	unsigned long past = 0;

	srandom((unsigned int)getpid());
	for (unsigned long number = 1, burst = 1;;) {
		for (; burst; burst--, number++) {
			int const len = snprintf(line, sizeof line, "%lu %lu\n", life, number);
			if (write(STDOUT_FILENO, line, (size_t)len) != len)
				_exit(1);
			sent(fd, life, number);
		}
		unsigned int const pause = 50 + (unsigned int)random() % 400;
		rest(pause);
		past += pause;
		if (end && past > end)
			return random() % 2 ? 0 : 100;
		burst = random() % 200 ? 1 : 2000;
	}
}
