/*
 * Filling the arrays from the items that share a call, and handing the
 * results back.
 */
#include "sql/plate_writes.h"

#include "fcgi/limits.h"
#include "fcgi/metrics.h"
#include "fcgi/must.h"
#include "fcgi/name_id.h"
#include "sql/streams.h"
#include "sql/wake.h"

static const struct plate_add *
add_of(const struct turn_item *item)
{
	return (const struct plate_add *)item;
}

void
plate_add_init(struct plate_add *add)
{
	add->item = (struct turn_item){ .kind = &plate_add_kind,
		.owner = stream_id(add->name),
		.bytes = add->data.n,
		.weight = 1 };
}

static bool
add_joins(const struct turn_item *first, const struct turn_item *item)
{
	const struct plate_add *lead = add_of(first), *new = add_of(item);
	const struct plate_trim *a = &lead->trim, *b = &new->trim;

	return text_equal(lead->name, new->name) && a->by == b->by &&
	    a->length == b->length && text_equal(a->id, b->id) &&
	    a->nodes == b->nodes && a->limit == b->limit;
}

void
param_trim(struct params *p, const struct plate_trim *trim)
{
	if (trim->by == TRIM_TO_LENGTH)
		param_bigint(p, trim->length);
	else
		param_null(p);
	param_text(p, trim->by == TRIM_TO_ID ? trim->id : TEXT_ABSENT);
	param_bool(p, trim->nodes);
	param_bigint(p, trim->limit);
	param_bigint(p, TRIM_BATCH);
	param_bigint(p, TRIM_BYTES);
}

#define ARRAY(p, type, n) \
	((type *)arena_alloc_raw((p)->arena, (size_t)(n) * sizeof(type)))

static void
add_fill(struct params *p, struct turn_item *items)
{
	int n = 0, i = 0;
	struct text *data, *id;
	bool *any_seq, *must_exist;

	for (const struct turn_item *item = items; item; item = item->next)
		n++;
	data = ARRAY(p, struct text, n);
	id = ARRAY(p, struct text, n);
	any_seq = ARRAY(p, bool, n);
	must_exist = ARRAY(p, bool, n);
	for (const struct turn_item *item = items; item; item = item->next) {
		data[i] = add_of(item)->data;
		id[i] = add_of(item)->id;
		any_seq[i] = add_of(item)->any_seq;
		must_exist[i++] = add_of(item)->must_exist;
	}
	param_bigint(p, items->owner);
	param_text(p, add_of(items)->name);
	param_byteas(p, data, n);
	param_byteas(p, id, n);
	param_bools(p, any_seq, n);
	param_bools(p, must_exist, n);
	param_trim(p, &add_of(items)->trim);
}

enum { CALLER, STATUS, ID };

static void
add_take(struct turn_item *items, const struct pg_result *rows,
    struct arena *arena)
{
	int64_t owner = items->owner;
	int row = 0, entries = 0;

	(void)arena; /* nothing has to be unpacked */
	for (; items; items = items->next, row++) {
		struct plate_add *add = (struct plate_add *)items;

		must(row_integer(rows, row, CALLER) == row + 1);
		add->status = (enum plate_status)row_integer(rows, row,
		    STATUS);
		add->added_id = row_text(rows, row, ID);
		entries += add->status == PLATE_DONE;
	}
	metric_add(METRIC_entries_appended, entries);
	if (entries)
		wake(stream_channel(owner), WAKE_ALL);
}

const struct turn_kind plate_add_kind = {
	.statement = STATEMENT_plate_add,
	.joins = add_joins,
	.fill = add_fill,
	.take = add_take,
};
