/*
 * The hints are a direct-mapped table: two topics in one slot lose theirs to
 * each other, which costs looks without hints and nothing else.
 */
#include "sql/claims.h"

#include <pthread.h>

#include "fcgi/clock.h"
#include "fcgi/topic_counts.h"
#include "sql/message_seq.h"
#include "sql/wake.h"

enum {
	/* A message may commit this much later than one made after it, and
	 * still be found by the next call; later ones by the full look. */
	LATE_COMMIT_MS = 100,
	DUE_LOOK_MS = 1000,
	DUE_SLACK_MS = 60000,
	FULL_LOOK_MS = 1000,
	/* Looks without hints may take one part in so many of the time, once
	 * they cost something. But a call that stood in a queue has not cost
	 * all its time. */
	CHEAP_LOOK_US = 3000,
	LOOK_SHARE = 50,
	LOOKS_PAUSE_MS_MAX = 10000,
	/* The database's clock may be behind ours: what is due for us may not
	 * be for it. Waiters do not ask all the time until it is. */
	EARLY_LOOK_MS = 10
};

/* The columns of message_dequeue that are read here. */
enum { SEQ = 0, TRIES = 1, METADATA = 11, PAYLOAD = 12 };
/* Those of its last row, which is no message. */
enum { DEAD = 1, LIMITED = 2, KNOWN = 4, NEXT_DUE = 5, GROUP_ID = 14 };

struct hint {
	int64_t owner;		/* 0: the slot is free */
	int64_t group_id;	/* what is known is of this one, or 0 */
	int64_t from;		/* lowest fresh seq to look at */
	int64_t due_from_us;	/* nothing was due before it */
	int64_t due_at_us;	/* the next that is known to be due */
	int64_t due_look_us;	/* look for it by then at the latest */
	int64_t full_look_us;	/* look at everything by then */
	int64_t looks_allowed_us; /* but neither before: they may cost */
	int64_t announced_us;	/* peers know of something due then */
	bool ran_short;		/* the last call got less than it wanted,
				 * for there was no more */
};

static struct {
	pthread_mutex_t lock;
	struct hint hint[CLAIM_HINTS];
} claims = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* Nothing is known; lock held. All times are the wall clock's. */
static void
forget(struct hint *hint, int64_t owner)
{
	*hint = (struct hint){ .owner = owner,
		.due_from_us = INT64_MIN, .due_at_us = INT64_MAX };
}

/* The hint of an owner; lock held. */
static struct hint *
hint_of(int64_t owner)
{
	uint64_t hash = (uint64_t)owner * 0x9e3779b97f4a7c15u;
	struct hint *hint = &claims.hint[(hash >> 32) % CLAIM_HINTS];

	if (hint->owner != owner)
		forget(hint, owner);
	return hint;
}

/* After such a look, the pause until the next. */
static int64_t
looks_pause_us(int64_t cost_us)
{
	int64_t pause_us = cost_us < CHEAP_LOOK_US ? 0 : cost_us * LOOK_SHARE;

	return pause_us < LOOKS_PAUSE_MS_MAX * 1000 ? pause_us :
	    LOOKS_PAUSE_MS_MAX * 1000;
}

static int64_t
monotonic_of(int64_t wall_us)
{
	return clock_monotonic_us() + (wall_us - clock_wall_us());
}

void
claim_init(struct claim *claim, const struct topic *topic, int32_t count,
    int64_t visible_ms)
{
	int32_t limit = topic->dlq ? 0 : topic->throughput_limit;
	struct channel_key channel = topic_channel(topic->id, topic->dlq);

	*claim = (struct claim){
		.item = { .kind = &claim_kind, .owner = channel.id,
			.weight = (size_t)count,
			/* The bucket is locked: one at a time, no rings. */
			.alone = limit > 0 },
		.channel = channel,
		.topic_id = topic->id,
		.dlq = topic->dlq,
		.count = count,
		.visible_ms = visible_ms,
		.dead_after = topic->dlq ? 0 : topic_dead_after(topic),
		.throughput_limit = limit,
	};
}

void
claim_for_group(struct claim *claim, struct text group)
{
	claim->group = group;
	claim->channel = group_dequeue_channel(claim->topic_id, group,
	    claim->dlq);
	claim->item.kind = &delivery_claim_kind;
	claim->item.owner = claim->channel.id;
}

static const struct claim *
claim_of(const struct turn_item *item)
{
	return (const struct claim *)item;
}

static bool
joins(const struct turn_item *first, const struct turn_item *item)
{
	const struct claim *a = claim_of(first), *b = claim_of(item);

	return a->visible_ms == b->visible_ms &&
	    a->dead_after == b->dead_after &&
	    a->throughput_limit == b->throughput_limit;
}

/* Two groups may have one owner: it is made of their names. */
static bool
group_joins(const struct turn_item *first, const struct turn_item *item)
{
	const struct claim *a = claim_of(first), *b = claim_of(item);

	return joins(first, item) && a->topic_id == b->topic_id &&
	    a->dlq == b->dlq && text_equal(a->group, b->group);
}

static void
fill(struct params *p, struct turn_item *items)
{
	struct claim *lead = (struct claim *)items;
	int64_t now = clock_wall_us(), from, due_from_us, group_id;
	int32_t count = 0;
	struct hint *hint;
	bool allowed;

	for (const struct turn_item *i = items; i; i = i->next)
		count += claim_of(i)->count;
	pthread_mutex_lock(&claims.lock);
	hint = hint_of(items->owner);
	lead->look.began_us = now;
	allowed = now >= hint->looks_allowed_us;
	lead->look.full = allowed &&
	    (hint->ran_short || now >= hint->full_look_us);
	lead->look.due = lead->dlq || now >= hint->due_at_us || (allowed &&
	    (hint->ran_short || now >= hint->due_look_us));
	from = lead->look.full ? 0 : hint->from;
	due_from_us = lead->look.full ? INT64_MIN : hint->due_from_us;
	group_id = hint->group_id;
	pthread_mutex_unlock(&claims.lock);

	param_bigint(p, lead->topic_id);
	param_bool(p, lead->dlq);
	param_integer(p, count);
	param_bigint(p, lead->visible_ms);
	param_integer(p, lead->dead_after);
	param_bigint(p, from);
	param_bool(p, lead->look.due);
	param_time_or_beginning(p, due_from_us);
	param_bigint(p, DEQUEUE_BYTES_MAX);
	if (lead->throughput_limit)
		param_integer(p, lead->throughput_limit);
	else
		param_null(p);
	if (lead->group.p) {
		param_text(p, lead->group);
		param_bigint(p, group_id);
	}
}

/* Did the call end early because of its messages' bytes? */
static bool
is_heavy(const struct pg_result *rows, int count)
{
	int64_t bytes = 0;

	for (int i = 0; i < count; i++)
		bytes += (int64_t)(row_text(rows, i, METADATA).n +
		    row_text(rows, i, PAYLOAD).n);
	return bytes >= DEQUEUE_BYTES_MAX;
}

/* Give the rows to the claims in the order in which they came. False when
 * there were not enough for all. */
static bool
share_out(struct turn_item *items, const struct pg_result *rows, int count)
{
	int row = 0;
	bool enough = true;

	for (; items; items = items->next) {
		struct claim *claim = (struct claim *)items;
		int left = count - row;

		claim->rows = rows;
		claim->first = row;
		claim->got = left < claim->count ? left : claim->count;
		row += claim->got;
		enough = enough && claim->got == claim->count;
	}
	return enough;
}

/* The lowest seq of a first delivery: below it, all fresh ones are gone. */
static int64_t
lowest_fresh(const struct pg_result *rows, int count)
{
	int64_t lowest = INT64_MAX;

	for (int i = 0; i < count; i++)
		if (row_integer(rows, i, TRIES) == 1 &&
		    row_bigint(rows, i, SEQ) < lowest)
			lowest = row_bigint(rows, i, SEQ);
	return lowest;
}

/* How many have been delivered before. */
static int
redelivered(const struct pg_result *rows, int count)
{
	int n = 0;

	for (int i = 0; i < count; i++)
		n += row_integer(rows, i, TRIES) > 1;
	return n;
}

/* A name that is registered again is another group, and what was known of the
 * earlier one does not hold: the call did without. Lock held. */
static void
learn_group(struct hint *hint, struct claim *lead,
    const struct pg_result *rows, int count)
{
	int64_t group_id = row_null(rows, count, GROUP_ID) ? 0 :
	    row_bigint(rows, count, GROUP_ID);

	if (group_id == hint->group_id)
		return;
	forget(hint, hint->owner);
	hint->group_id = group_id;
	lead->look.full = lead->look.due = true;
}

/* What a call has taught us; lock held. */
static void
learn(struct hint *hint, const struct claim *lead, const struct pg_result *rows,
    int count, bool ran_short)
{
	int64_t now = clock_wall_us(), cost = now - lead->look.began_us;
	int64_t lowest = lowest_fresh(rows, count);

	if (ran_short && lead->look.full && lowest == INT64_MAX)
		lowest = message_seq_at(lead->look.began_us);
	if (lowest != INT64_MAX)
		hint->from = lowest -
		    (int64_t)LATE_COMMIT_MS * 1000 * MESSAGE_SEQ_STEP;
	if (lead->look.full || lead->look.due)
		hint->looks_allowed_us = now + looks_pause_us(cost);
	if (lead->look.full)
		hint->full_look_us = now + FULL_LOOK_MS * 1000;
	if (lead->look.due) {
		hint->due_look_us = now + DUE_LOOK_MS * 1000;
		if (ran_short)
			hint->due_from_us = lead->look.began_us -
			    DUE_SLACK_MS * 1000;
	}
	if (ran_short && lead->look.due)
		hint->due_at_us = row_null(rows, count, NEXT_DUE) ?
		    INT64_MAX : row_time(rows, count, NEXT_DUE);
	hint->ran_short = ran_short;
}

/* Deliveries timed out once too often. */
static void
announce_dead(const struct claim *claim, uint32_t dead)
{
	topic_count(claim->topic_id, TOPIC_messages_dead, dead);
	wake(topic_channel(claim->topic_id, true), dead);
	if (claim->group.p)
		wake(group_dequeue_channel(claim->topic_id, claim->group,
		    true), dead);
}

static void
take(struct turn_item *items, const struct pg_result *rows, struct arena *arena)
{
	struct claim *lead = (struct claim *)items;
	struct channel_key key = lead->channel;
	bool unknown = lead->group.p && row_integer(rows, row_count(rows) - 1,
	    KNOWN) < 0;
	int count = row_count(rows) - 1; /* the last row is not a message */
	int32_t dead = row_integer(rows, count, DEAD);
	bool heavy = is_heavy(rows, count), again;
	bool limited = row_integer(rows, count, LIMITED) != 0;
	bool ran_short = !share_out(items, rows, count) && !heavy && !limited;
	int64_t look_at_us, now;
	struct hint *hint;
	bool hinted;

	(void)arena; /* the rows serve as they are */
	pthread_mutex_lock(&claims.lock);
	hint = hint_of(items->owner);
	learn_group(hint, lead, rows, count);
	if (!unknown)
		learn(hint, lead, rows, count, ran_short);
	hinted = !lead->look.full || !lead->look.due;
	now = clock_wall_us();
	again = !limited && (heavy || (ran_short && hinted &&
	    now >= hint->looks_allowed_us));
	look_at_us = hint->due_at_us;
	if (hinted && hint->looks_allowed_us < look_at_us)
		look_at_us = hint->looks_allowed_us;
	if (limited)
		look_at_us = row_time(rows, count, NEXT_DUE);
	if (look_at_us < now + EARLY_LOOK_MS * 1000)
		look_at_us = now + EARLY_LOOK_MS * 1000;
	pthread_mutex_unlock(&claims.lock);

	for (; items; items = items->next) {
		struct claim *claim = (struct claim *)items;

		claim->again = again && !claim->got && !unknown;
		claim->unknown_group = unknown;
	}
	if (count)
		claims_due_on(key, lead->look.began_us +
		    lead->visible_ms * 1000);
	if (dead)
		announce_dead(lead, (uint32_t)dead);
	topic_count(lead->topic_id, TOPIC_messages_dequeued, count);
	topic_count(lead->topic_id, TOPIC_messages_redelivered,
	    redelivered(rows, count));
	if (!ran_short && !limited)
		lot_wake(key, 1); /* there may be more */
	else if (look_at_us != INT64_MAX)
		lot_wake_at(key, monotonic_of(look_at_us));
}

const struct turn_kind claim_kind = {
	.statement = STATEMENT_message_dequeue,
	.joins = joins,
	.fill = fill,
	.take = take,
};

const struct turn_kind delivery_claim_kind = {
	.statement = STATEMENT_delivery_dequeue,
	.waits_for_nobody = true,
	.joins = group_joins,
	.fill = fill,
	.take = take,
};

/* True if peers must be told: nothing they know of is due as soon. */
static bool
note_due(int64_t owner, int64_t wall_us)
{
	int64_t now = clock_wall_us();
	struct hint *hint;
	bool tell;

	pthread_mutex_lock(&claims.lock);
	hint = hint_of(owner);
	if (wall_us < hint->due_at_us)
		hint->due_at_us = wall_us;
	tell = hint->announced_us <= now || wall_us < hint->announced_us;
	if (tell)
		hint->announced_us = wall_us;
	pthread_mutex_unlock(&claims.lock);
	return tell;
}

void
claims_due(int64_t topic_id, bool dlq, int64_t wall_us)
{
	claims_due_on(topic_channel(topic_id, dlq), wall_us);
}

void
claims_due_on(struct channel_key key, int64_t wall_us)
{
	lot_wake_at(key, monotonic_of(wall_us));
	if (note_due(key.id, wall_us))
		wake_due_elsewhere(key, wall_us);
}

void
claims_due_heard(struct channel_key key, int64_t wall_us)
{
	lot_wake_at(key, monotonic_of(wall_us));
	(void)note_due(key.id, wall_us); /* the peers know it already */
}
