#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "numbers.h"

/* As the kernel gives it. */
struct entry {
	uint64_t ino;
	int64_t off;
	uint16_t len;
	uint8_t type;
	char name[];
};

bool numbers_each(int dir, bool (*f)(void *, int, char const *), void *context)
{
	_Alignas(struct entry) char buf[2048];

	for (;;) {
		long const n = syscall(SYS_getdents64, dir, buf, sizeof buf);
		if (n <= 0)
			return false;
		for (long at = 0; at < n;) {
			struct entry const *const e = (struct entry const *)(void *)(buf + at);

			if (e->name[0] >= '0' && e->name[0] <= '9' && f(context, dir, e->name))
				return true;
			at += e->len;
		}
	}
}
