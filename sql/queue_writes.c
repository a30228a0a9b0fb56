/*
 * Filling arrays from the items that share a call, and handing the results
 * back. The arrays run side by side; see the statements' heads.
 */
#include "sql/queue_writes.h"

#include "fcgi/clock.h"
#include "fcgi/topic_counts.h"
#include "fcgi/must.h"
#include "sql/claims.h"
#include "sql/message_seq.h"
#include "sql/wake.h"

/* nack's status for "pending again"; see migrations/ on messages.status. */
enum { STATUS_PENDING_AGAIN = 2, STATUS_FAILED = 3 };

void
enqueue_init(struct enqueue *enqueue, const struct topic *topic,
    struct new_message *message, int count)
{
	*enqueue = (struct enqueue){
		.item = { .kind = &enqueue_kind, .owner = topic->id,
			.weight = (size_t)count },
		.message = message,
		.count = count,
		.max_retries = topic_max_retries(topic),
	};
	for (int i = 0; i < count; i++) {
		enqueue->item.bytes += message[i].payload.n +
		    message[i].metadata.n + message[i].key.n;
		enqueue->keyed |= message[i].key.p != NULL;
	}
}

static bool
share_a_key(const struct enqueue *a, const struct enqueue *b)
{
	for (int i = 0; i < a->count; i++)
		for (int k = 0; k < b->count; k++)
			if (a->message[i].key.p && b->message[k].key.p &&
			    text_equal(a->message[i].key, b->message[k].key))
				return true;
	return false;
}

/*
 * A key may be in a call once only, and a topic near its depth decides on
 * each request alone.
 */
static bool
enqueue_joins(const struct turn_item *first, const struct turn_item *item)
{
	const struct enqueue *new = (const struct enqueue *)item;

	if (((const struct enqueue *)first)->max_depth || new->max_depth)
		return false;
	for (; new->keyed && first != item; first = first->next) {
		const struct enqueue *old = (const struct enqueue *)first;

		if (old->keyed && share_a_key(old, new))
			return false;
	}
	return true;
}

static int
enqueue_total(const struct turn_item *items)
{
	int n = 0;

	for (; items; items = items->next)
		n += ((const struct enqueue *)items)->count;
	return n;
}

#define ARRAY(arena, type, n) \
	((type *)arena_alloc(arena, (size_t)(n) * sizeof(type)))

/* What the messages of a call bring along, as arrays side by side. */
struct columns {
	int n;
	int64_t *seq, *delay, *ttl;
	int32_t *retries;
	struct text *key, *metadata, *payload;
	/* Does any message have one; do they differ? If not, it costs less. */
	bool keyed, described, delayed, ttls_differ, retries_differ;
};

static void
add_message(struct columns *c, const struct new_message *m, int32_t retries)
{
	int k = c->n++;

	c->key[k] = m->key;
	c->payload[k] = m->payload;
	c->metadata[k] = m->metadata;
	c->delay[k] = m->delay_ms;
	c->ttl[k] = m->ttl_ms;
	c->retries[k] = retries;
	c->keyed |= m->key.p != NULL;
	c->described |= m->metadata.p != NULL;
	c->delayed |= m->delay_ms != 0;
	c->ttls_differ |= m->ttl_ms != c->ttl[0];
	c->retries_differ |= retries != c->retries[0];
}

static void
enqueue_columns(struct columns *c, struct arena *arena,
    const struct turn_item *items)
{
	int n = enqueue_total(items);
	int64_t next = message_seq_take(n);

	*c = (struct columns){
		.seq = ARRAY(arena, int64_t, n),
		.delay = ARRAY(arena, int64_t, n),
		.ttl = ARRAY(arena, int64_t, n),
		.retries = ARRAY(arena, int32_t, n),
		.key = ARRAY(arena, struct text, n),
		.metadata = ARRAY(arena, struct text, n),
		.payload = ARRAY(arena, struct text, n),
	};
	for (int i = 0; i < n; i++, next += MESSAGE_SEQ_STEP)
		c->seq[i] = next;
	for (; items; items = items->next) {
		const struct enqueue *e = (const struct enqueue *)items;

		for (int i = 0; i < e->count; i++)
			add_message(c, &e->message[i], e->max_retries);
	}
}

static void
enqueue_fill(struct params *p, struct turn_item *items)
{
	const struct enqueue *lead = (const struct enqueue *)items;
	struct columns c;

	enqueue_columns(&c, p->arena, items);
	param_bigint(p, lead->item.owner);
	param_bigints(p, c.seq, NULL, c.n);
	if (c.keyed)
		param_texts(p, c.key, c.n);
	else
		param_null(p);
	param_byteas(p, c.payload, c.n);
	if (c.described)
		param_byteas(p, c.metadata, c.n);
	else
		param_null(p);
	if (c.delayed)
		param_bigints(p, c.delay, NULL, c.n);
	else
		param_null(p);
	param_bigints(p, c.ttl, NULL, c.ttls_differ ? c.n : 1);
	param_integers(p, c.retries, NULL, c.retries_differ ? c.n : 1);
	if (lead->max_depth)
		param_integer(p, lead->max_depth);
	else
		param_null(p);
}

/* Wake who waits on a channel, now or when the soonest delay ends. */
static void
announce_on(struct channel_key key, uint32_t fresh, int64_t soonest_ms)
{
	if (fresh)
		wake(key, fresh);
	if (soonest_ms != INT64_MAX)
		claims_due_on(key, clock_wall_us() + soonest_ms * 1000);
}

/* Tell plain consumers, and those of the groups on these channels. */
static void
announce_messages(const struct turn_item *items, const int64_t *channel,
    int channels)
{
	int64_t soonest_ms = INT64_MAX, topic_id = items->owner;
	uint32_t fresh = 0;

	for (; items; items = items->next) {
		const struct enqueue *e = (const struct enqueue *)items;

		for (int i = 0; i < e->count; i++)
			if (!e->message[i].delay_ms)
				fresh++;
			else if (e->message[i].delay_ms < soonest_ms)
				soonest_ms = e->message[i].delay_ms;
	}
	announce_on(topic_channel(topic_id, false), fresh, soonest_ms);
	for (int i = 0; i < channels; i++)
		announce_on(delivery_channel(channel[i]), fresh, soonest_ms);
}

static void
enqueue_take(struct turn_item *items, const struct pg_result *rows,
    struct arena *arena)
{
	struct turn_item *all = items;
	int64_t *seq, *channel;
	int channels = row_bigints(rows, 0, 1, arena, &channel);
	int n = row_bigints(rows, 0, 0, arena, &seq), k = 0;

	if (row_null(rows, 0, 0)) {
		((struct enqueue *)items)->full = true;
		return;
	}
	for (; items; items = items->next) {
		struct enqueue *e = (struct enqueue *)items;

		for (int i = 0; i < e->count; i++)
			e->message[i].seq = seq[k++];
	}
	must(k == n);
	topic_count(all->owner, TOPIC_messages_enqueued, n);
	announce_messages(all, channel, channels);
}

/* Calls may overlap as those of two processes may: keys have their locks, and
 * whoever waits for an answer before the next enqueue is in order. */
const struct turn_kind enqueue_kind = {
	.statement = STATEMENT_message_enqueue,
	.overlaps = true,
	.joins = enqueue_joins,
	.fill = enqueue_fill,
	.take = enqueue_take,
};

void
settle_init(struct settle *settle, const struct turn_kind *kind,
    const struct topic *topic, struct settlement *settlement, int count)
{
	*settle = (struct settle){
		.item = { .kind = kind, .owner = topic->id,
			.weight = (size_t)count },
		.settlement = settlement,
		.count = count,
		.dead_after = topic_dead_after(topic),
	};
	for (int i = 0; i < count; i++)
		settle->item.bytes += settlement[i].error.n;
}

/* The settlements of all items, in the order of the arrays. */
static struct settlement **
settlements(struct arena *arena, const struct turn_item *items, int *n)
{
	struct settlement **all;
	const struct turn_item *item;
	int k = 0;

	*n = 0;
	for (item = items; item; item = item->next)
		*n += ((const struct settle *)item)->count;
	all = arena_alloc(arena, (size_t)*n * sizeof(struct settlement *));
	for (item = items; item; item = item->next) {
		const struct settle *s = (const struct settle *)item;

		for (int i = 0; i < s->count; i++)
			all[k++] = &s->settlement[i];
	}
	return all;
}

/* What ack, nack and extend have in common. */
static void
fill_deliveries(struct params *p, const struct turn_item *items,
    struct settlement **all, int n)
{
	int64_t *seq = ARRAY(p->arena, int64_t, n);
	int32_t *tries = ARRAY(p->arena, int32_t, n);
	bool *has = ARRAY(p->arena, bool, n);
	bool *base = ARRAY(p->arena, bool, n), *dlq = ARRAY(p->arena, bool, n);

	for (int i = 0; i < n; i++) {
		seq[i] = all[i]->seq;
		tries[i] = all[i]->receipt;
		has[i] = all[i]->has_receipt;
		base[i] = all[i]->may_base;
		dlq[i] = all[i]->may_dlq;
	}
	param_bigint(p, items->owner);
	param_bigints(p, seq, NULL, n);
	param_integers(p, tries, has, n);
	param_bools(p, base, n);
	param_bools(p, dlq, n);
}

static void
fill_delays(struct params *p, struct settlement **all, int n)
{
	int64_t *delay = ARRAY(p->arena, int64_t, n);

	for (int i = 0; i < n; i++)
		delay[i] = all[i]->delay_ms;
	param_bigints(p, delay, NULL, n);
}

static void
ack_fill(struct params *p, struct turn_item *items)
{
	int n;
	struct settlement **all = settlements(p->arena, items, &n);

	fill_deliveries(p, items, all, n);
}

static void
nack_fill(struct params *p, struct turn_item *items)
{
	int n;
	struct settlement **all = settlements(p->arena, items, &n);
	struct text *error = ARRAY(p->arena, struct text, n);

	fill_deliveries(p, items, all, n);
	for (int i = 0; i < n; i++)
		error[i] = all[i]->error;
	param_texts(p, error, n);
	fill_delays(p, all, n);
	param_integer(p, ((const struct settle *)items)->dead_after);
}

static void
extend_fill(struct params *p, struct turn_item *items)
{
	int n;
	struct settlement **all = settlements(p->arena, items, &n);

	fill_deliveries(p, items, all, n);
	fill_delays(p, all, n);
}

static bool
nack_joins(const struct turn_item *first, const struct turn_item *item)
{
	return ((const struct settle *)first)->dead_after ==
	    ((const struct settle *)item)->dead_after;
}

/* The element that a row of the answer is about; it is settled. */
static struct settlement *
settled(struct settlement **all, int n, const struct pg_result *rows, int row)
{
	int32_t place = row_integer(rows, row, 0);

	must(place >= 1 && place <= n);
	all[place - 1]->settled = true;
	return all[place - 1];
}

static void
ack_take(struct turn_item *items, const struct pg_result *rows,
    struct arena *arena)
{
	int n;
	struct settlement **all = settlements(arena, items, &n);

	for (int i = 0; i < row_count(rows); i++)
		settled(all, n, rows, i);
	topic_count(items->owner, TOPIC_messages_acked, row_count(rows));
}

/* A message that was nacked is due again: where, and when? */
static void
nack_take(struct turn_item *items, const struct pg_result *rows,
    struct arena *arena)
{
	int n;
	struct settlement **all = settlements(arena, items, &n);
	int64_t due_us[2] = { INT64_MAX, INT64_MAX };
	int dead = 0, failed = 0;

	for (int i = 0; i < row_count(rows); i++) {
		bool dlq = row_bool(rows, i, 4);

		settled(all, n, rows, i);
		if (row_integer(rows, i, 3) == STATUS_PENDING_AGAIN &&
		    row_time(rows, i, 5) < due_us[dlq])
			due_us[dlq] = row_time(rows, i, 5);
		dead += row_bool(rows, i, 6);
		failed += row_integer(rows, i, 3) == STATUS_FAILED;
	}
	topic_count(items->owner, TOPIC_messages_nacked, row_count(rows));
	topic_count(items->owner, TOPIC_messages_dead, dead);
	topic_count(items->owner, TOPIC_nacks_dead, dead);
	topic_count(items->owner, TOPIC_nacks_failed, failed);
	topic_count(items->owner, TOPIC_nacks_retry,
	    row_count(rows) - dead - failed);
	for (int dlq = 0; dlq <= 1; dlq++)
		if (due_us[dlq] != INT64_MAX)
			claims_due(items->owner, dlq, due_us[dlq]);
}

static void
extend_take(struct turn_item *items, const struct pg_result *rows,
    struct arena *arena)
{
	int n;
	struct settlement **all = settlements(arena, items, &n);

	for (int i = 0; i < row_count(rows); i++) {
		struct settlement *s = settled(all, n, rows, i);

		s->visible_until_us = row_time(rows, i, 3);
		claims_due(items->owner, false, s->visible_until_us);
		claims_due(items->owner, true, s->visible_until_us);
	}
}

const struct turn_kind ack_kind = {
	.statement = STATEMENT_message_ack,
	.fill = ack_fill,
	.take = ack_take,
};

const struct turn_kind nack_kind = {
	.statement = STATEMENT_message_nack,
	.joins = nack_joins,
	.fill = nack_fill,
	.take = nack_take,
};

const struct turn_kind extend_kind = {
	.statement = STATEMENT_message_extend,
	.fill = extend_fill,
	.take = extend_take,
};
