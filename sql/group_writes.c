/*
 * Filling the arrays from the items that share a call, and handing the
 * results back.
 */
#include "sql/group_writes.h"

#include "fcgi/limits.h"
#include "fcgi/must.h"
#include "sql/group_lines.h"

enum { STATUS = 0, MORE = 4 };

#define ARRAY(p, type, n) \
	((type *)arena_alloc_raw((p)->arena, (size_t)(n) * sizeof(type)))

/* The group is the owner: its turns follow each other. */
static struct turn_item
item_of(const struct turn_kind *kind, const struct group *group, size_t weight)
{
	return (struct turn_item){ .kind = kind,
		.owner = group_channel(group->name, group->group).id,
		.weight = weight };
}

static bool
group_equal(const struct group *a, const struct group *b)
{
	return text_equal(a->name, b->name) && text_equal(a->group, b->group);
}

static void
fill_group(struct params *p, const struct group *group)
{
	param_bigint(p, group->stream);
	param_text(p, group->name);
	param_text(p, group->group);
}

static int
count_items(const struct turn_item *items)
{
	int n = 0;

	for (; items; items = items->next)
		n++;
	return n;
}

static const struct group_read *
read_of(const struct turn_item *item)
{
	return (const struct group_read *)item;
}

void
group_read_init(struct group_read *read)
{
	/* A caller is one element; but what it wants takes room as well. */
	read->item = item_of(&group_read_kind, &read->group,
	    1 + (size_t)read->count / 100);
}

static bool
read_joins(const struct turn_item *first, const struct turn_item *item)
{
	return group_equal(&read_of(first)->group, &read_of(item)->group);
}

/* Who has hung up meanwhile is given nothing, and others in his place. */
static void
read_fill(struct params *p, struct turn_item *items)
{
	int n = count_items(items), i = 0;
	struct text *member = ARRAY(p, struct text, n);
	int64_t *count = ARRAY(p, int64_t, n);
	bool *noack = ARRAY(p, bool, n);

	fill_group(p, &read_of(items)->group);
	for (; items; items = items->next, i++) {
		struct group_read *read = (struct group_read *)items;

		read->asked = !request_hung_up(items->request);
		member[i] = read->member;
		count[i] = read->asked ? read->count : 0;
		noack[i] = read->noack;
	}
	param_texts(p, member, n);
	param_bigints(p, count, NULL, n);
	param_bools(p, noack, n);
	param_bigint(p, GROUP_READ_ENTRIES_MAX);
	param_bigint(p, GROUP_READ_BYTES_MAX);
}

/*
 * The first in line is woken while there is more for him, and in place of who
 * has hung up: that one may have been woken for what he was not given. When
 * there is no such group any more, all are to hear it.
 */
static void
read_take(struct turn_item *items, const struct pg_result *rows,
    struct arena *arena)
{
	enum group_status status =
	    (enum group_status)row_integer(rows, 0, STATUS);
	struct channel_key line = { CHANNEL_GROUP, items->owner };
	int row = 1, end = row_count(rows);
	bool more = end > 1 && row_bool(rows, 1, MORE);

	(void)arena; /* the rows serve as they are */
	for (; items; items = items->next) {
		struct group_read *read = (struct group_read *)items;
		int left = end - row;

		read->status = status;
		read->rows = rows;
		read->first = row;
		read->got = !read->asked ? 0 :
		    left < read->count ? left : (int)read->count;
		row += read->got;
		more = more || !read->asked;
	}
	must(row == end);
	if (status != GROUP_DONE && status != GROUP_BUSY)
		lot_wake(line, WAKE_ALL);
	else if (more)
		lot_wake(line, 1);
}

const struct turn_kind group_read_kind = {
	.statement = STATEMENT_group_read,
	.joins = read_joins,
	.fill = read_fill,
	.take = read_take,
};

static const struct group_ack *
ack_of(const struct turn_item *item)
{
	return (const struct group_ack *)item;
}

void
group_ack_init(struct group_ack *ack)
{
	ack->item = item_of(&group_ack_kind, &ack->group, (size_t)ack->ids);
}

static bool
ack_joins(const struct turn_item *first, const struct turn_item *item)
{
	return group_equal(&ack_of(first)->group, &ack_of(item)->group);
}

static void
ack_fill(struct params *p, struct turn_item *items)
{
	int callers = count_items(items), n = 0, k = 0;
	struct text *id;
	int32_t *caller;

	for (const struct turn_item *i = items; i; i = i->next)
		n += ack_of(i)->ids;
	id = ARRAY(p, struct text, n);
	caller = ARRAY(p, int32_t, n);
	fill_group(p, &ack_of(items)->group);
	for (int place = 1; items; items = items->next, place++) {
		const struct group_ack *ack = ack_of(items);

		for (int i = 0; i < ack->ids; i++, k++) {
			id[k] = ack->id[i];
			caller[k] = place;
		}
	}
	param_integer(p, callers);
	param_integers(p, caller, NULL, n);
	param_byteas(p, id, n);
}

static void
ack_take(struct turn_item *items, const struct pg_result *rows,
    struct arena *arena)
{
	enum group_status status =
	    (enum group_status)row_integer(rows, 0, STATUS);
	int64_t *acked;
	int n = row_bigints(rows, 0, 1, arena, &acked);

	for (int i = 0; items; items = items->next, i++) {
		struct group_ack *ack = (struct group_ack *)items;

		must(i < n);
		ack->status = status;
		ack->acked = acked[i];
	}
}

const struct turn_kind group_ack_kind = {
	.statement = STATEMENT_group_ack,
	.joins = ack_joins,
	.fill = ack_fill,
	.take = ack_take,
};
