#ifndef TEND_PARSE_H
#define TEND_PARSE_H

#include <stdbool.h>

#include <skalibs/stralloc.h>

/* Values as supervisord understands them. Pure. Each is false, and leaves its result alone, for
 * what supervisord refuses. */

bool parse_bool(char const *s, bool *yes);
bool parse_int(char const *s, long *n);
/* Octal, as an umask. */
bool parse_octal(char const *s, unsigned int *n);
/* Bytes, with KB, MB or GB behind the number. */
bool parse_bytes(char const *s, unsigned long long *n);
/* A signal's name, which is added to *out in capitals and without SIG, or its number. */
bool parse_signal(char const *s, stralloc *out);
/* Exit codes with commas between, which are added to *out with blanks between. */
bool parse_codes(char const *s, stralloc *out);
/* A name with commas around it, or not: what is between *at and the next comma, without blanks;
 * NULL at the end. The caller's to free. */
char *parse_item(char const **at);

#endif
