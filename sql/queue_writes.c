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

void
enqueue_init(struct enqueue *enqueue, const struct topic *topic,
    struct new_message *message, int count)
{
	*enqueue = (struct enqueue){
		.item = { .kind = &enqueue_kind, .owner = topic->id,
			.weight = (size_t)count },
		.message = message,
		.count = count,
		.ordered = topic->ordered,
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
 * A key may be in a call once only, unless keys are ordered, and a topic near
 * its depth decides on each request alone.
 */
static bool
enqueue_joins(const struct turn_item *first, const struct turn_item *item)
{
	const struct enqueue *new = (const struct enqueue *)item;

	if (((const struct enqueue *)first)->max_depth || new->max_depth)
		return false;
	for (; new->keyed && first != item; first = first->next) {
		const struct enqueue *old = (const struct enqueue *)first;

		if (old->keyed && !(old->ordered && new->ordered) &&
		    share_a_key(old, new))
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
