#include <string.h>

#include "pattern.h"

bool pattern_matches(char const *p, size_t plen, char const *s, size_t len)
{
	char const *const pend = p + plen;
	char const *const end = s + len;

	while (p < pend) {
		char const c = *p++;
		if (c == '*') {
			if (p == pend)
				return true;
			s = s < end ? memchr(s, *p, (size_t)(end - s)) : NULL;
			if (!s)
				return false;
		} else if (c == '+' && p < pend) {
			if (s == end || *s != *p)
				return false;
			while (s < end && *s == *p)
				s++;
			if (s == end)
				return true;
			p++;
		} else {
			if (s == end || *s != c)
				return false;
			s++;
		}
	}
	return s == end;
}
