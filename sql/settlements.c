/*
 * Ack, nack and extend as turns: of messages, and of deliveries to consumer
 * groups. The arrays run side by side; see the statements' heads.
 */
#include "sql/queue_writes.h"

#include "fcgi/topic_counts.h"
#include "fcgi/must.h"
#include "sql/claims.h"
#include "sql/go_on.h"

/* nack's status for "pending again"; see migrations/ on messages.status. */
enum { STATUS_PENDING_AGAIN = 2, STATUS_FAILED = 3 };

#define ARRAY(arena, type, n) \
	((type *)arena_alloc(arena, (size_t)(n) * sizeof(type)))

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
		settle->item.bytes += settlement[i].error.n +
		    settlement[i].group.n;
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

/* What ack, nack and extend have in common; those of groups name them. */
static void
fill_deliveries(struct params *p, const struct turn_item *items,
    struct settlement **all, int n)
{
	int64_t *seq = ARRAY(p->arena, int64_t, n);
	int32_t *tries = ARRAY(p->arena, int32_t, n);
	bool *has = ARRAY(p->arena, bool, n);
	bool *base = ARRAY(p->arena, bool, n), *dlq = ARRAY(p->arena, bool, n);
	struct text *group = ARRAY(p->arena, struct text, n);
	int64_t *group_id = ARRAY(p->arena, int64_t, n);

	for (int i = 0; i < n; i++) {
		seq[i] = all[i]->seq;
		tries[i] = all[i]->receipt;
		has[i] = all[i]->has_receipt;
		base[i] = all[i]->may_base;
		dlq[i] = all[i]->may_dlq;
		group[i] = all[i]->group;
		group_id[i] = all[i]->receipt_group;
	}
	param_bigint(p, items->owner);
	param_bigints(p, seq, NULL, n);
	param_integers(p, tries, has, n);
	param_bools(p, base, n);
	param_bools(p, dlq, n);
	if (group[0].p) {
		param_texts(p, group, n);
		param_bigints(p, group_id, NULL, n);
	}
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
	int n, acked = go_on_take(rows, items->owner);
	struct settlement **all = settlements(arena, items, &n);

	for (int i = 0; i < acked; i++)
		settled(all, n, rows, i);
	topic_count(items->owner, TOPIC_messages_acked, acked);
}

/* The soonest time at which something is due, for each channel. */
struct dues {
	struct due {
		struct channel_key key;
		int64_t wall_us;
	} *due;
	int n;
};

static void
add_due(struct dues *dues, struct channel_key key, int64_t wall_us)
{
	struct due *due = dues->due, *end = due + dues->n;

	while (due < end && (due->key.kind != key.kind ||
	    due->key.id != key.id))
		due++;
	if (due == end)
		dues->due[dues->n++] = (struct due){ key, wall_us };
	else if (wall_us < due->wall_us)
		due->wall_us = wall_us;
}

/* Who waits for it? Plain consumers of dead letters get those of groups. */
static void
add_dues(struct dues *dues, int64_t topic_id, const struct settlement *s,
    bool dlq, int64_t wall_us)
{
	if (s->group.p)
		add_due(dues, group_dequeue_channel(topic_id, s->group, dlq),
		    wall_us);
	if (!s->group.p || dlq)
		add_due(dues, topic_channel(topic_id, dlq), wall_us);
}

/* Room for all that the rows of an answer can add. */
static struct dues
dues_of(struct arena *arena, const struct pg_result *rows)
{
	return (struct dues){
		.due = ARRAY(arena, struct due, 4 * row_count(rows)) };
}

static void
announce(const struct dues *dues)
{
	for (int i = 0; i < dues->n; i++)
		claims_due_on(dues->due[i].key, dues->due[i].wall_us);
}

/* What was nacked is due again: where, and when? */
static void
nack_take(struct turn_item *items, const struct pg_result *rows,
    struct arena *arena)
{
	int n, nacked = go_on_take(rows, items->owner);
	struct settlement **all = settlements(arena, items, &n);
	struct dues dues = dues_of(arena, rows);
	int dead = 0, failed = 0;

	for (int i = 0; i < nacked; i++) {
		const struct settlement *s = settled(all, n, rows, i);

		if (row_integer(rows, i, 3) == STATUS_PENDING_AGAIN)
			add_dues(&dues, items->owner, s, row_bool(rows, i, 4),
			    row_time(rows, i, 5));
		dead += row_bool(rows, i, 6);
		failed += row_integer(rows, i, 3) == STATUS_FAILED;
	}
	topic_count(items->owner, TOPIC_messages_nacked, nacked);
	topic_count(items->owner, TOPIC_messages_dead, dead);
	topic_count(items->owner, TOPIC_nacks_dead, dead);
	topic_count(items->owner, TOPIC_nacks_failed, failed);
	topic_count(items->owner, TOPIC_nacks_retry,
	    nacked - dead - failed);
	announce(&dues);
}

static void
extend_take(struct turn_item *items, const struct pg_result *rows,
    struct arena *arena)
{
	int n;
	struct settlement **all = settlements(arena, items, &n);
	struct dues dues = dues_of(arena, rows);

	for (int i = 0; i < row_count(rows); i++) {
		struct settlement *s = settled(all, n, rows, i);

		s->visible_until_us = row_time(rows, i, 3);
		for (int dlq = 0; dlq <= 1; dlq++)
			add_dues(&dues, items->owner, s, dlq,
			    s->visible_until_us);
	}
	announce(&dues);
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

const struct turn_kind delivery_ack_kind = {
	.statement = STATEMENT_delivery_ack,
	.fill = ack_fill,
	.take = ack_take,
};

const struct turn_kind delivery_nack_kind = {
	.statement = STATEMENT_delivery_nack,
	.joins = nack_joins,
	.fill = nack_fill,
	.take = nack_take,
};

const struct turn_kind delivery_extend_kind = {
	.statement = STATEMENT_delivery_extend,
	.fill = extend_fill,
	.take = extend_take,
};
