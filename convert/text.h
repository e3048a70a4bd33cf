#ifndef TEND_TEXT_H
#define TEND_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <skalibs/stralloc.h>

/* Texts that grow. Where there is no memory the program ends, with 111: there is nothing that a
 * converter could do instead. What these return is the caller's, and is kept until the end. */

/* %(ENV_X)s of a variable that only the machine which runs the service knows is LATE, the
 * variable's name and LATE_END within a value, until quote_add makes "${X?}" of it. The name
 * LATE_HOST stands for the machine's. A configuration that holds these bytes itself is refused by
 * conf_read. */
#define LATE '\001'
#define LATE_END '\002'
#define LATE_HOST "%"

char *text_copy(char const *s, size_t len);
char *text_format(char const *format, ...) __attribute__((format(printf, 1, 2)));
char *text_vformat(char const *format, va_list args) __attribute__((format(printf, 1, 0)));

void text_add(stralloc *to, char const *s);
void text_add_bytes(stralloc *to, char const *s, size_t len);
/* Ends it, so that to->s is a string. */
char *text_end(stralloc *to);

/* Room for one more of n elements of that size; the array may move. */
void *text_room(void *array, size_t n, size_t size);

/* Whether nothing in it is known only later. */
bool text_is_known(char const *s);

/* The other case of a letter, or any other byte itself; as the C locale has it. */
char text_lower(char c);
char text_upper(char c);

/* A copy for a reader: ${X} for what is. */
char const *text_shown(char const *s);

#endif
