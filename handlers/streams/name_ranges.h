/*
 * Where in the order of names those lie that match some patterns: ranges for
 * an index to walk, and patterns of LIKE for what is in them. Names are in
 * the order of their bytes.
 */
#ifndef HANDLERS_STREAMS_NAME_RANGES_H
#define HANDLERS_STREAMS_NAME_RANGES_H

#include <stdbool.h>

#include "fcgi/arena.h"
#include "fcgi/text.h"

struct name_ranges {
	/* From low, but below high; in order, and none overlaps another. */
	int n;
	struct text *low, *high;
	/* A name in a range matches one of them; absent: all do. */
	int likes;
	struct text *like;
};

/*
 * Of the names that begin with `prefix`, those that match one of the n
 * patterns (auth/glob.h); n < 0: all of them.
 */
struct name_ranges name_ranges(struct arena *arena, struct text prefix,
    const struct text *patterns, int n);

#endif
