/*
 * The patterns of subscriptions: `*` stands for one segment of a stream's
 * name, `**` for any number of them, also none, everything else for itself; a
 * star that is meant is written %2A. They are matched in the database, as
 * regular expressions.
 */
#ifndef HANDLERS_STREAMS_SUBSCRIPTION_PATTERN_H
#define HANDLERS_STREAMS_SUBSCRIPTION_PATTERN_H

#include "fcgi/arena.h"

struct subscription_pattern {
	struct text text;	/* without slashes at its ends */
	struct text matcher;	/* the regular expression */
	struct text prefix;	/* what every name begins with */
	/* Names that fit it: the shortest, and one so long that who may read
	 * both may read all (auth/glob.h). */
	struct text shortest, longest;
};

/* NULL, or what is wrong with the pattern. */
const char *subscription_pattern_read(struct arena *arena, struct text text,
    struct subscription_pattern *pattern);

/* A stream's name without slashes at its ends. */
struct text without_slashes(struct text name);

#endif
