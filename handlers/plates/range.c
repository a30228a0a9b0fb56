/*
 * Pages are bounded as those of the streams door are, and each is gone before
 * the next one is read.
 */
#include "handlers/plates/range.h"

#include "handlers/plates/entry.h"

enum { ID, FIELDS, DATA };

static int64_t
page_entries(const struct range *range)
{
	int64_t left = range->count - range->entries;

	return range->count && left < READ_ENTRIES_MAX ? left :
	    READ_ENTRIES_MAX;
}

void
range_want(struct db_batch *item, struct arena *arena,
    const struct range *range)
{
	struct params *p = &item->params;

	item->statement = range->reverse ? STATEMENT_entry_range_reverse :
	    STATEMENT_entry_range;
	params_init(p, arena);
	param_bigint(p, range->stream);
	if (range->incarnation == ANY_INCARNATION)
		param_null(p);
	else
		param_integer(p, range->incarnation);
	param_text(p, entry_id_pack(arena, range->low));
	param_text(p, entry_id_pack(arena, range->high));
	param_bigint(p, page_entries(range));
	param_bigint(p, READ_BYTES_MAX);
}

/* Go on behind this one. False: there is no such place. */
static bool
step(struct range *range, struct entry_id id)
{
	if (range->reverse)
		return entry_id_previous(&id) &&
		    (range->high = id, true);
	return entry_id_next(&id) && (range->low = id, true);
}

bool
range_take(struct range *range, const struct pg_result *rows,
    struct json_writer *w)
{
	int64_t bytes = 0, wanted = page_entries(range);
	struct entry_id id = ENTRY_ID_MIN;
	int n = row_count(rows);

	for (int i = 0; i < n; i++) {
		struct text data = row_text(rows, i, DATA);

		id = entry_id_unpack(row_text(rows, i, ID));
		entry_write(w, id, !row_null(rows, i, FIELDS) &&
		    row_bool(rows, i, FIELDS), data);
		bytes += (int64_t)data.n;
	}
	range->entries += n;
	range->bytes += bytes;
	if ((n < wanted && bytes < READ_BYTES_MAX) ||
	    range->entries == range->count)
		return false;
	return step(range, id);
}

enum range_end
range_rest(struct request *r, struct range *range, struct json_writer *w)
{
	while (range->bytes < COMMAND_REPLY_BYTES_MAX) {
		struct arena *arena = arena_new();
		struct db_batch page;
		bool more;

		range_want(&page, arena, range);
		more = db_call_batch(r, arena, &page, 1) &&
		    range_take(range, page.result, w);
		arena_free(arena);
		if (request_failed(r))
			return RANGE_FAILED;
		if (!more)
			return RANGE_DONE;
	}
	return RANGE_LONG;
}
