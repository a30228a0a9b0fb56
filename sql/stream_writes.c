/*
 * Filling an append's arrays from the items that share a call, and handing
 * the results back.
 */
#include "sql/stream_writes.h"

#include "fcgi/metrics.h"
#include "fcgi/must.h"
#include "fcgi/name_id.h"
#include "sql/streams.h"
#include "sql/wake.h"

static const struct append *
append_of(const struct turn_item *item)
{
	return (const struct append *)item;
}

void
append_init(struct append *append)
{
	append->item = (struct turn_item){ .kind = &append_kind,
		.owner = stream_id(append->name),
		.bytes = append->bytes,
		.weight = append->count ? (size_t)append->count : 1 };
	append->alone = append->producer.p || append->close ||
	    append->at_us != INT64_MIN || !append->count;
}

/* The Stream-Seq of the last item before `end` that has one. */
static struct text
last_stream_seq(const struct turn_item *items, const struct turn_item *end)
{
	struct text last = TEXT_ABSENT;

	for (; items != end; items = items->next)
		if (append_of(items)->stream_seq.p)
			last = append_of(items)->stream_seq;
	return last;
}

/*
 * A call that decides on each can take anybody. One that decides on all takes
 * who has no wishes, and whose Stream-Seq is above that of those before.
 */
static bool
append_joins(const struct turn_item *first, const struct turn_item *item)
{
	const struct append *lead = append_of(first), *new = append_of(item);
	struct text last;

	if (!text_equal(lead->name, new->name))
		return false;
	if (lead->alone)
		return true;
	if (new->alone || !text_equal(lead->media_type, new->media_type))
		return false;
	if (!new->stream_seq.p)
		return true;
	last = last_stream_seq(first, item);
	return !last.p || text_compare(last, new->stream_seq) < 0;
}

#define ARRAY(p, type, n) \
	((type *)arena_alloc_raw((p)->arena, (size_t)(n) * sizeof(type)))

/* All entries, one caller's behind the other's. */
static void
fill_entries(struct params *p, const struct turn_item *items, int n)
{
	struct text *data = ARRAY(p, struct text, n);
	struct text *key = ARRAY(p, struct text, n);
	bool keyed = false;
	int k = 0;

	for (; items; items = items->next) {
		const struct append *a = append_of(items);

		keyed |= a->key.p != NULL;
		for (int i = 0; i < a->count; i++, k++) {
			data[k] = a->data[i];
			key[k] = a->key;
		}
	}
	param_byteas(p, data, n);
	if (keyed)
		param_byteas(p, key, n);
	else
		param_null(p);
}

/* They are in order, so the first and the last are the bounds. */
static void
fill_together(struct params *p, const struct turn_item *items)
{
	struct text bounds[2] = { TEXT_ABSENT, last_stream_seq(items, NULL) };
	int64_t bytes = 0;

	param_texts(p, &append_of(items)->media_type, 1);
	for (const struct turn_item *i = items; i; i = i->next) {
		bytes += (int64_t)append_of(i)->bytes;
		if (!bounds[0].p)
			bounds[0] = append_of(i)->stream_seq;
	}
	param_bigints(p, &bytes, NULL, 1);
	if (bounds[0].p)
		param_texts(p, bounds, 2);
	else
		param_null(p);
	for (int i = 0; i < 6; i++)
		param_null(p);
}

static void
fill_alone(struct params *p, const struct turn_item *items, int callers)
{
	struct text *media = ARRAY(p, struct text, callers);
	struct text *seq = ARRAY(p, struct text, callers);
	struct text *producer = ARRAY(p, struct text, callers);
	int64_t *bytes = ARRAY(p, int64_t, callers);
	int64_t *epoch = ARRAY(p, int64_t, callers);
	int64_t *number = ARRAY(p, int64_t, callers);
	int64_t *at = ARRAY(p, int64_t, callers);
	int32_t *count = ARRAY(p, int32_t, callers);
	bool *has_at = ARRAY(p, bool, callers);
	bool *close = ARRAY(p, bool, callers);

	for (int i = 0; items; items = items->next, i++) {
		const struct append *a = append_of(items);

		media[i] = a->media_type;
		seq[i] = a->stream_seq;
		producer[i] = a->producer;
		bytes[i] = (int64_t)a->bytes;
		epoch[i] = a->epoch;
		number[i] = a->producer_seq;
		at[i] = a->at_us;
		has_at[i] = a->at_us != INT64_MIN;
		count[i] = a->count;
		close[i] = a->close;
	}
	param_texts(p, media, callers);
	param_bigints(p, bytes, NULL, callers);
	param_texts(p, seq, callers);
	param_integers(p, count, NULL, callers);
	param_texts(p, producer, callers);
	param_bigints(p, epoch, NULL, callers);
	param_bigints(p, number, NULL, callers);
	param_bigints(p, at, has_at, callers);
	param_bools(p, close, callers);
}

static void
append_fill(struct params *p, struct turn_item *items)
{
	int callers = 0, entries = 0;

	for (struct turn_item *i = items; i; i = i->next) {
		callers++;
		entries += append_of(i)->count;
	}
	param_bigint(p, items->owner);
	param_text(p, append_of(items)->name);
	fill_entries(p, items, entries);
	if (append_of(items)->alone)
		fill_alone(p, items, callers);
	else
		fill_together(p, items);
}

enum { CALLER, STATUS, INCARNATION, NEXT_SEQ, CLOSED, NUMBER, HELD };

/* All was written, from the seq `first` on; none if that is negative. */
static int
take_together(struct turn_item *items, int64_t first, int32_t incarnation)
{
	int64_t next_seq = first;

	for (; items; items = items->next) {
		struct append *a = (struct append *)items;

		a->alone = first < 0;
		a->status = first < 0 ? APPEND_AGAIN : APPEND_DONE;
		a->incarnation = incarnation;
		a->next_seq = next_seq += a->count;
	}
	return first < 0 ? 0 : (int)(next_seq - first);
}

static int
take_alone(struct turn_item *items, const struct pg_result *rows, bool *closed)
{
	int row = 0, entries = 0;

	for (; items; items = items->next, row++) {
		struct append *a = (struct append *)items;

		must(row_integer(rows, row, CALLER) == row + 1);
		a->status = (enum append_status)row_integer(rows, row, STATUS);
		a->closed = row_bool(rows, row, CLOSED);
		a->held = row_text(rows, row, HELD);
		if (!row_null(rows, row, NUMBER))
			a->number = row_bigint(rows, row, NUMBER);
		if (row_null(rows, row, NEXT_SEQ))
			continue;
		a->incarnation = row_integer(rows, row, INCARNATION);
		a->next_seq = row_bigint(rows, row, NEXT_SEQ);
		if (a->status == APPEND_DONE) {
			entries += a->count;
			*closed |= a->closed;
		}
	}
	return entries;
}

static void
announce(int64_t stream, int entries, bool closed)
{
	metric_add(METRIC_entries_appended, entries);
	if (entries || closed)
		wake(stream_channel(stream), WAKE_ALL);
}

static void
append_take(struct turn_item *items, const struct pg_result *rows,
    struct arena *arena)
{
	bool closed = false, done = row_count(rows) > 0;
	int entries;

	(void)arena; /* nothing has to be unpacked */
	if (append_of(items)->alone)
		entries = take_alone(items, rows, &closed);
	else
		entries = take_together(items,
		    done ? row_bigint(rows, 0, NEXT_SEQ) : -1,
		    done ? row_integer(rows, 0, INCARNATION) : 0);
	announce(items->owner, entries, closed);
}

static bool
together(const struct turn_item *items)
{
	return !append_of(items)->alone;
}

/* What several streams are to be given, as arrays. */
struct many {
	int64_t *stream, *bytes;
	struct text *name, *media, *low, *high, *key, *data;
	int32_t *count, *place, *rank;
	bool keyed, numbered;	/* somebody gave a key, a Stream-Seq */
};

static void
add_stream(struct many *m, int i, const struct turn_item *items, int *entry)
{
	const struct append *lead = append_of(items);

	m->stream[i] = items->owner;
	m->name[i] = lead->name;
	m->media[i] = lead->media_type;
	m->low[i] = TEXT_ABSENT;
	m->high[i] = last_stream_seq(items, NULL);
	m->count[i] = 0;
	m->bytes[i] = 0;
	for (; items; items = items->next) {
		const struct append *a = append_of(items);

		if (!m->low[i].p)
			m->low[i] = a->stream_seq;
		m->bytes[i] += (int64_t)a->bytes;
		m->keyed |= a->key.p != NULL;
		m->numbered |= a->stream_seq.p != NULL;
		for (int k = 0; k < a->count; k++, (*entry)++) {
			m->place[*entry] = i + 1;
			m->rank[*entry] = m->count[i]++;
			m->key[*entry] = a->key;
			m->data[*entry] = a->data[k];
		}
	}
}

static void
many_fill(struct params *p, struct turn_item **lanes, int n)
{
	struct many m = { .keyed = false };
	bool each;
	int entries = 0, entry = 0;

	for (int i = 0; i < n; i++)
		for (struct turn_item *item = lanes[i]; item; item = item->next)
			entries += append_of(item)->count;
	m.stream = ARRAY(p, int64_t, n);
	m.bytes = ARRAY(p, int64_t, n);
	m.name = ARRAY(p, struct text, n);
	m.media = ARRAY(p, struct text, n);
	m.low = ARRAY(p, struct text, n);
	m.high = ARRAY(p, struct text, n);
	m.count = ARRAY(p, int32_t, n);
	m.place = ARRAY(p, int32_t, entries);
	m.rank = ARRAY(p, int32_t, entries);
	m.key = ARRAY(p, struct text, entries);
	m.data = ARRAY(p, struct text, entries);
	for (int i = 0; i < n; i++)
		add_stream(&m, i, lanes[i], &entry);
	/* One entry each: the arrays run side by side. */
	each = entries == n && !m.numbered;
	param_bigints(p, m.stream, NULL, n);
	param_texts(p, m.name, n);
	param_texts(p, m.media, n);
	if (each)
		param_null(p);
	else
		param_integers(p, m.count, NULL, n);
	param_bigints(p, m.bytes, NULL, n);
	param_texts(p, m.low, n);
	param_texts(p, m.high, n);
	if (each) {
		param_null(p);
		param_null(p);
	} else {
		param_integers(p, m.place, NULL, entries);
		param_integers(p, m.rank, NULL, entries);
	}
	if (m.keyed)
		param_byteas(p, m.key, entries);
	else
		param_null(p);
	param_byteas(p, m.data, entries);
}

static void
many_take(struct turn_item **lanes, int n, const struct pg_result *rows,
    struct arena *arena)
{
	int64_t *first, *incarnation;

	must(row_bigints(rows, 0, 0, arena, &first) == n);
	must(row_bigints(rows, 0, 1, arena, &incarnation) == n);
	for (int i = 0; i < n; i++) {
		int entries = take_together(lanes[i], first[i],
		    (int32_t)incarnation[i]);

		announce(lanes[i]->owner, entries, false);
	}
}

static const struct turn_gather append_gather = {
	.statement = STATEMENT_stream_append_many,
	.fits = together,
	.fill = many_fill,
	.take = many_take,
};

const struct turn_kind append_kind = {
	.statement = STATEMENT_stream_append,
	.waits_for_nobody = true,
	.gather = &append_gather,
	.joins = append_joins,
	.fill = append_fill,
	.take = append_take,
};
