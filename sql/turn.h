/*
 * Turns: writes that arrive while others are under way are combined.
 *
 * A handler that wants to write fills an item, hangs it on its request and
 * returns TURN. The item joins the lane of its kind and owner (the enqueues
 * of one topic, say). A thread then takes the items of a lane in one call,
 * several lanes pipelined before one sync, and calls every item's handler
 * again with the outcome. Nobody is delayed: a lone item goes at once.
 * Nobody is answered before the commit.
 *
 * A lane has one call under way at a time, so what waits behind it is
 * combined; a kind that overlaps has another when a whole call's worth waits.
 * When a turn fails in a way that surely undid it, its items are run again
 * each on its own, for some seconds: one caller's trouble is not its
 * neighbours'.
 */
#ifndef SQL_TURN_H
#define SQL_TURN_H

#include "fcgi/request.h"
#include "sql/db.h"

struct turn_kind;

struct turn_item {
	/* Filled by the handler. */
	const struct turn_kind *kind;
	int64_t owner;		/* topic or stream id */
	struct request *request;
	size_t bytes;		/* of payload, for TURN_BYTES_MAX */
	size_t weight;		/* elements it adds to the call's arrays */
	bool alone;		/* its call has no other beside it */

	/* Filled by the turn. */
	enum db_outcome outcome;
	struct turn_item *next;
};

/*
 * A statement that is one call for several lanes of a kind, where a call for
 * each would cost more than what it does.
 */
struct turn_gather {
	enum statement statement;
	/* May the items of this lane be in such a call? */
	bool (*fits)(const struct turn_item *items);
	/* As those of the kind, for the items of so many lanes. */
	void (*fill)(struct params *params, struct turn_item **lanes, int n);
	void (*take)(struct turn_item **lanes, int n,
	    const struct pg_result *rows, struct arena *arena);
};

/*
 * A kind of write. Items that share a call are a list linked by `next`, in
 * order of arrival, all with the same owner.
 */
struct turn_kind {
	enum statement statement;

	/* May two of its calls for one owner be under way at once? */
	bool overlaps;

	/*
	 * Its calls pass over what others hold. They come last in a turn, so
	 * that while they hold something nothing is waited for, and a turn of
	 * nothing else is over soon (docs/decisions/turns.md).
	 */
	bool waits_for_nobody;

	/* For turns with two lanes or more that fit; NULL: there is none. */
	const struct turn_gather *gather;

	/* May `item` share a call with `first`? NULL: always. */
	bool (*joins)(const struct turn_item *first,
	    const struct turn_item *item);

	/* The call's parameters; their arena is the turn's. */
	void (*fill)(struct params *params, struct turn_item *items);

	/* After the commit: hand the items their results. `rows` lives until
	 * each handler has been called once more. */
	void (*take)(struct turn_item *items, const struct pg_result *rows,
	    struct arena *arena);
};

/* At most this many threads of the process run turns at once. */
void turn_start(int runners_max);
void turn_stop(void);

/*
 * Run the item at once and alone, as a statement among others of the request:
 * for who has a transaction of his own. False after fail().
 */
bool turn_now(struct request *r, struct turn_item *item);

/* The engine's submit hook: r->turn is the item. */
void turn_submit(struct request *r, struct db *db);

#endif
