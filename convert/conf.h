#ifndef TEND_CONF_H
#define TEND_CONF_H

#include <stdbool.h>
#include <stddef.h>

/* The files of a configuration, read as supervisord reads them, with the place of each key. What is
 * allocated is kept until the end of the program. */

struct place {
	char const *file; /* as it was given, or found for an include */
	unsigned int line;
};

struct key {
	char const *name; /* in small letters */
	char const *value;
	struct place place;
	struct place again; /* where it is given once more, which counts; line 0: nowhere */
};

struct section {
	char const *name;
	struct place place;
	struct key *keys;
	size_t count;
};

struct conf {
	struct section *sections;
	size_t count;
	size_t included; /* files */
};

/* Adds a file. One that can't be read or understood ends the program, with 100. */
void conf_read(struct conf *c, char const *file);

/* Adds the files that the pattern names, sorted, relative to that of the [include]; how many. */
size_t conf_include(struct conf *c, char const *pattern, char const *from);

/* NULL: there is none. A key of the section [DEFAULT] is one of every section. */
struct section const *conf_section(struct conf const *c, char const *name);
struct key const *conf_key(struct conf const *c, struct section const *s, char const *name);

#endif
