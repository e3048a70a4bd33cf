#ifndef TEND_JSON_H
#define TEND_JSON_H

#include <stdbool.h>

#include "why.h"

/* JSON to standard output, by yajl. What is not UTF-8 in a name or a line is replaced by U+FFFD. */

/* One array of objects, an object a service: json_begin, json_service for each, json_end. With
 * verdict: an object {"services": [...], "ready": ready}. */
void json_begin(bool verdict);
void json_service(struct known const *f, enum why w, bool ready, char const *const *lines,
		  size_t count);
void json_end(bool ready);

/* One line of a log as an object of its own. */
void json_line(char const *service, char const *line, size_t len);

#endif
