/*
 * Reading a plate's stream between two ids, a page at a time, and writing the
 * entries as JSON.
 */
#ifndef HANDLERS_PLATES_RANGE_H
#define HANDLERS_PLATES_RANGE_H

#include "handlers/plates/entry_id.h"
#include "sql/db.h"
#include "sql/entries.h"

struct range {
	int64_t stream;		/* stream_id */
	int32_t incarnation;	/* or ANY_INCARNATION: the present one */
	struct entry_id low, high; /* both included */
	bool reverse;		/* the last ones first */
	int64_t count;		/* as many are wanted; 0: all */

	int64_t entries;	/* so many were written, and of the reply */
	int64_t bytes;		/* as a whole so many bytes */
};

/* Ask for the next page, in a batch. */
void range_want(struct db_batch *item, struct arena *arena,
    const struct range *range);

/* Write it; false when it was the last. */
bool range_take(struct range *range, const struct pg_result *rows,
    struct json_writer *w);

/* How it went with all the pages behind the first. */
enum range_end {
	RANGE_FAILED,	/* after fail() */
	RANGE_DONE,
	RANGE_LONG	/* it came to COMMAND_REPLY_BYTES_MAX, with some left */
};
enum range_end range_rest(struct request *r, struct range *range,
    struct json_writer *w);

#endif
