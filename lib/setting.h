#ifndef TEND_SETTING_H
#define TEND_SETTING_H

#include <stdbool.h>
#include <stddef.h>

/* A setting: a small file in a directory (a service's, or .runsvdir/) that runit does not know. It
 * is one only if it is a regular file without x bits, of at most SETTING_SIZE bytes without a NUL,
 * of root or of the directory's owner, and writable by nobody else: an old helper script of that
 * name never is. What it contains is value.h's. Allocates nothing. */
#define SETTING_SIZE 4096

/* Reads NAME in the directory dir into text, which has room for size bytes, at most SETTING_SIZE +
 * 1, and ends it with a NUL. False: there is none; something of that name that is no setting, or
 * can't be read, is warned about ("ignoring WHERE/NAME: WHY"; where: "" or ends with a slash).
 * Links are followed, and what they lead to is judged. */
bool setting_read(int dir, char const *where, char const *name, char *text, size_t size);

/* The warning for one that can't be understood: "ignoring WHERE/NAME: TEXT is not RIGHT", the first
 * line of text, made printable. */
void setting_warn_value(char const *where, char const *name, char const *text, char const *right);

#endif
