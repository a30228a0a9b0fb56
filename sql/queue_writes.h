/*
 * The queue's durable writes as turns: enqueue, ack, nack, extend. Those of
 * one topic that wait at a moment share one call with arrays.
 */
#ifndef SQL_QUEUE_WRITES_H
#define SQL_QUEUE_WRITES_H

#include "sql/topics.h"
#include "sql/turn.h"

struct new_message {
	struct text key, payload, metadata;	/* absent: none */
	int64_t delay_ms, ttl_ms;		/* 0: none */
	int64_t seq;				/* the answer */
};

/* All the messages of one request; all or none are enqueued. */
struct enqueue {
	struct turn_item item;	/* owner: the topic's id */
	struct new_message *message;
	int count;
	bool keyed;
	bool ordered;		/* the topic's keys; then they may repeat */
	int32_t max_retries;
	int32_t max_depth;	/* 0: do not count */
	bool full;		/* the answer: refused, nothing enqueued */
};

extern const struct turn_kind enqueue_kind;

void enqueue_init(struct enqueue *enqueue, const struct topic *topic,
    struct new_message *message, int count);

/* What ack, nack and extend do to one delivery. */
struct settlement {
	int64_t seq;
	struct text group;	/* whose delivery; absent: the topic's own */
	bool has_receipt;
	int32_t receipt;
	int64_t receipt_group;	/* the group that it was given to, or 0 */
	/* May the caller touch the message in its topic, and as a dead one? */
	bool may_base, may_dlq;
	struct text error;	/* nack */
	int64_t delay_ms;	/* nack; extend: hide for so long */
	/* The answer. */
	bool settled;
	int64_t visible_until_us;	/* extend */
};

/* All the settlements of one request that are of one topic, and either all
 * of groups or all of none. */
struct settle {
	struct turn_item item;	/* owner: the topic's id */
	struct settlement *settlement;
	int count;
	int32_t dead_after;	/* nack */
};

extern const struct turn_kind ack_kind, nack_kind, extend_kind;
/* The same for settlements of groups. */
extern const struct turn_kind delivery_ack_kind, delivery_nack_kind,
    delivery_extend_kind;

void settle_init(struct settle *settle, const struct turn_kind *kind,
    const struct topic *topic, struct settlement *settlement, int count);

#endif
