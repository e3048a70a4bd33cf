#ifndef TEND_SETTING_H
#define TEND_SETTING_H

#include <stdbool.h>
#include <stddef.h>

/* A setting: a small file in a directory (a service's, or .runsvdir/) that runit does not know. It
 * is one only if it is a regular file without x bits, of at most SETTING_SIZE bytes without a NUL,
 * of root or of the directory's owner, and writable by nobody else: an old helper script of that
 * name never is. What it contains is value.h's. Allocates nothing. */
#define SETTING_SIZE 4096

enum setting { SETTING_NONE, SETTING_THERE, SETTING_REFUSED };

/* Reads NAME in the directory dir into text, which has room for size bytes, at most SETTING_SIZE +
 * 1, and ends it with a NUL. REFUSED: there is something of that name that is no setting, or can't
 * be read; *why is the reason then, for a message. Links are followed, and what they lead to is
 * judged. */
enum setting setting_read(int dir, char const *name, char *text, size_t size, char const **why);

/* The warning for a REFUSED one ("ignoring WHERE/NAME: WHY"), and for one that can't be understood:
 * "ignoring WHERE/NAME: TEXT is not RIGHT", the first line of text, made printable. where: "" or
 * ends with a slash. */
void setting_warn_refused(char const *where, char const *name, char const *why);
void setting_warn_value(char const *where, char const *name, char const *text, char const *right);

#endif
