#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the distribution's archives call because they were built for glibc with _FORTIFY_SOURCE, and
 * musl does not have: the plain function, after the check of the size that the compiler knew. Only
 * for programs that link such an archive; glibc has its own. Each aborts where glibc's does. */

/* These are the names that are called; and the analyzer does not see va_start if it has read
 * another file before.
 * NOLINTBEGIN(bugprone-reserved-identifier,clang-analyzer-valist.Uninitialized) */
void *__memcpy_chk(void *to, void const *from, size_t len, size_t room);
int __snprintf_chk(char *to, size_t size, int flag, size_t room, char const *format, ...)
	__attribute__((format(printf, 5, 6)));
int __sprintf_chk(char *to, int flag, size_t room, char const *format, ...)
	__attribute__((format(printf, 4, 5)));

void *__memcpy_chk(void *to, void const *from, size_t len, size_t room)
{
	if (len > room)
		abort();
	return memcpy(to, from, len);
}

int __snprintf_chk(char *to, size_t size, int flag, size_t room, char const *format, ...)
{
	va_list args;

	(void)flag;
	if (size > room)
		abort();
	va_start(args, format);
	int const len = vsnprintf(to, size, format, args);
	va_end(args);
	return len;
}

int __sprintf_chk(char *to, int flag, size_t room, char const *format, ...)
{
	va_list args;

	(void)flag;
	va_start(args, format);
	int const len = vsnprintf(to, room, format, args);
	va_end(args);
	if (len >= 0 && (size_t)len >= room)
		abort();
	return len;
}
/* NOLINTEND(bugprone-reserved-identifier,clang-analyzer-valist.Uninitialized) */
