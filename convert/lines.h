#ifndef TEND_LINES_H
#define TEND_LINES_H

#include <stdbool.h>
#include <stddef.h>

/* The lines of a configuration as Python's RawConfigParser sees them when supervisord uses it:
 * which part is a comment, and whether a line goes on with the value before it, which is a question
 * of indentation. Pure. */

enum line_kind {
	LINE_END,
	LINE_COMMENT, /* nothing but a comment */
	LINE_BLANK,   /* part of a value, if more of it follows */
	LINE_MORE,    /* goes on with a value */
	LINE_SECTION, /* s is the name */
	LINE_KEY,     /* or none of these */
};

struct lines {
	char const *at;
	unsigned int number; /* of the line that was last read, from 1 */
	size_t indent;       /* of the last section or key */
	bool in_section, in_key;
};

struct line {
	enum line_kind kind;
	char const *s; /* without blanks and comment; of the text that is read */
	size_t len;
};

/* The text is the caller's, and ends with its NUL. */
void lines_init(struct lines *l, char const *text);
struct line lines_next(struct lines *l);

#endif
