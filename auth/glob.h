/*
 * Patterns of grants: `*` stands for any run of characters, also none, `?`
 * for exactly one (of UTF-8, not a byte), everything else for itself. A
 * pattern matches a whole name or not at all. There is no escape: names
 * that hold a star are matched by `?`, too.
 */
#ifndef AUTH_GLOB_H
#define AUTH_GLOB_H

#include <stdbool.h>

#include "fcgi/text.h"

bool glob_match(struct text pattern, struct text name);

/* Does it match every name there can be? */
bool glob_matches_all(struct text pattern);

#endif
