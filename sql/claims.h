/*
 * Dequeues take turns too: all that want messages of one topic at a moment
 * are served by one call, in the order in which they came.
 *
 * Around it the process keeps hints, so that a call does not walk the dead
 * index entries of messages taken long ago (under an open snapshot they stay
 * for hours): the lowest fresh message there may be, and when something is
 * due next. They are only hints: looks without them follow, soon when there
 * is a reason and now and then when there is none.
 */
#ifndef SQL_CLAIMS_H
#define SQL_CLAIMS_H

#include "sql/topics.h"
#include "sql/turn.h"

/* One request's wish, and what it got. item.owner is the channel's id. */
struct claim {
	struct turn_item item;
	struct channel_key channel; /* where it waits */
	int64_t topic_id;
	bool dlq;
	struct text group;	/* absent: a plain consumer's */
	int32_t count;
	int64_t visible_ms;
	int32_t dead_after;
	int32_t throughput_limit; /* 0: none */

	/* How the call that it leads looks, from its fill to its take. */
	struct {
		bool full, due;
		int64_t began_us;
	} look;

	/* Rows first to first + got of `rows` are its messages; the columns
	 * are message_dequeue's. Valid in the call after the turn. */
	const struct pg_result *rows;
	int first, got;
	/* It got nothing, but the look was a hinted one: wish again. */
	bool again;
	/* It got nothing, for there is no such group. */
	bool unknown_group;
};

extern const struct turn_kind claim_kind, delivery_claim_kind;

void claim_init(struct claim *claim, const struct topic *topic, int32_t count,
    int64_t visible_ms);
/* Then: what is pending for that consumer group is wanted. */
void claim_for_group(struct claim *claim, struct text group);

/*
 * A message of the topic is due at that time (wall clock): one was delayed,
 * nacked or delivered. Waiters here and elsewhere look then.
 */
void claims_due(int64_t topic_id, bool dlq, int64_t wall_us);

/* The same for whatever a dequeue waits on. */
void claims_due_on(struct channel_key key, int64_t wall_us);

/* The same, heard from another process: sql/wake.h's hook. */
void claims_due_heard(struct channel_key key, int64_t wall_us);

#endif
