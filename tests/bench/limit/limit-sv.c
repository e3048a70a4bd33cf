/* The least command: limit-sv h|r DIR. A restart is waited for. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char byte;

	if (argc != 3 || chdir(argv[2]) < 0)
		return 100;
	char const letter = argv[1][0];
	int answer = -1;
	if (letter == 'r') {
		mkfifo("answer", 0600);
		answer = open("answer", O_RDWR);
	}
	int const control = open("control", O_WRONLY | O_NONBLOCK);
	if (control < 0 || write(control, &letter, 1) != 1)
		return 100;
	return answer >= 0 && read(answer, &byte, 1) != 1;
}
