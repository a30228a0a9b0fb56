/*
 * A page is read in one round trip: the stream's row, and its entries behind
 * it in the pipeline. Nobody knows yet whether they are what is wanted. If the
 * row says that the page begins with what a fork has from its source, the
 * entries are read once more, from all segments that the page touches, again
 * in one round trip; and so are those of a plate's stream, whose seqs have to
 * be asked for, unless the reader knew what it is. If the life was not known
 * and another one began between the two statements, the row, which is asked
 * for twice then, says so.
 */
#include "sql/entries.h"

#include "fcgi/must.h"
#include "fcgi/name_id.h"
#include "sql/db.h"

enum { PIECES_MAX = READ_SEGMENTS_MAX + 1 };

/* Columns of segment_list. */
enum { FROM_SEQ, TO_SEQ, SOURCE_ID, SOURCE_INCARNATION, SPARSE };

/* Columns of entry_page and its relatives; it has the first alone. */
enum { DATA, SEQ };

/* Where entries are to be read. */
struct place {
	int64_t id;
	int32_t incarnation;
	int64_t from, to;
	bool sparse;	/* entries may be missing */
};

static void
want_row(struct db_batch *item, struct arena *arena, int64_t id)
{
	item->statement = STATEMENT_stream_get;
	params_init(&item->params, arena);
	param_bigint(&item->params, id);
}

static void
want_entries(struct db_batch *item, struct arena *arena,
    const struct page_wish *wish, const struct place *place)
{
	struct params *p = &item->params;

	item->statement = wish->key.p ? STATEMENT_entry_page_key :
	    place->sparse ? STATEMENT_entry_page_sparse :
	    STATEMENT_entry_page;
	params_init(p, arena);
	param_bigint(p, place->id);
	if (place->incarnation == ANY_INCARNATION)
		param_null(p);
	else
		param_integer(p, place->incarnation);
	param_bigint(p, place->from);
	param_bigint(p, place->to);
	param_bigint(p, READ_ENTRIES_MAX);
	param_bigint(p, wish->bytes_max);
	if (wish->key.p)
		param_text(p, wish->key);
}

/* How many of the rows still fit into the page; their bytes are added. */
static int
fitting(struct page *page, const struct pg_result *rows, int64_t bytes_max)
{
	int n = row_count(rows), fit = 0;

	for (; fit < n && page->entries + fit < READ_ENTRIES_MAX; fit++) {
		struct text data = row_text(rows, fit, DATA);

		if (!data.p || (page->entries + fit > 0 &&
		    (int64_t)(page->bytes + data.n) > bytes_max))
			break;
		page->bytes += data.n;
	}
	return fit;
}

/*
 * Take what fits of a place's rows; true if the page goes on behind them. To
 * the end of a segment it does; who reads by key has looked at all up to
 * there, unless the rows were limited. Where entries may be missing, only who
 * finds none has seen that there are no more.
 */
static bool
take(struct page *page, const struct page_wish *wish,
    const struct place *place, const struct pg_result *rows)
{
	int n = row_count(rows), fit = fitting(page, rows, wish->bytes_max);
	bool limited = fit < n || fit == READ_ENTRIES_MAX ||
	    (int64_t)page->bytes >= wish->bytes_max;

	must(page->pieces < PIECES_MAX);
	page->piece[page->pieces++] = (struct page_piece){ rows, fit };
	page->entries += fit;
	page->sparse |= place->sparse;
	if (!wish->key.p && !place->sparse)
		page->next = place->from + fit;
	else if (wish->key.p ? !limited : !n)
		page->next = place->to;
	else if (fit)
		page->next = row_bigint(rows, fit - 1, SEQ) + 1;
	return page->next == place->to;
}

/* The stream's own entries; a read by key has looked at all that the row
 * knew of. */
static void
take_own(struct page *page, const struct page_wish *wish,
    const struct stream *stream, const struct place *place,
    const struct pg_result *rows)
{
	int n = row_count(rows);

	take(page, wish, place, rows);
	if (page->next != INT64_MAX)
		return;
	page->next = stream->next_seq > place->from ? stream->next_seq :
	    place->from;
	if (n && row_bigint(rows, n - 1, SEQ) >= page->next)
		page->next = row_bigint(rows, n - 1, SEQ) + 1;
}

/* Which places have the page's entries; the stream's own is the last, if the
 * page can reach that far. Zero after fail(). */
static int
list_places(struct request *r, struct arena *arena,
    const struct page_wish *wish, const struct stream *stream,
    struct place place[PIECES_MAX])
{
	struct db_batch list = { .statement = STATEMENT_segment_list };
	int n;

	params_init(&list.params, arena);
	param_bigint(&list.params, stream->id);
	param_integer(&list.params, stream->incarnation);
	param_bigint(&list.params, wish->from);
	if (!db_call_batch(r, arena, &list, 1))
		return 0;
	n = row_count(list.result);
	for (int i = 0; i < n && i < READ_SEGMENTS_MAX; i++) {
		int64_t from = row_bigint(list.result, i, FROM_SEQ);

		place[i] = (struct place){
			.id = row_bigint(list.result, i, SOURCE_ID),
			.incarnation = row_integer(list.result, i,
			    SOURCE_INCARNATION),
			.from = from > wish->from ? from : wish->from,
			.to = row_bigint(list.result, i, TO_SEQ),
			.sparse = row_bool(list.result, i, SPARSE),
		};
	}
	if (n > READ_SEGMENTS_MAX)
		return READ_SEGMENTS_MAX;
	place[n] = (struct place){ stream->id, stream->incarnation,
		stream->fork_seq, INT64_MAX, false };
	return n + 1;
}

static bool
read_inherited(struct request *r, struct arena *arena,
    const struct page_wish *wish, const struct stream *stream,
    struct page *page)
{
	struct place place[PIECES_MAX];
	struct db_batch batch[PIECES_MAX];
	int n = list_places(r, arena, wish, stream, place);

	for (int i = 0; i < n; i++)
		want_entries(&batch[i], arena, wish, &place[i]);
	if (!n || !db_call_batch(r, arena, batch, n))
		return false;
	for (int i = 0; i < n; i++) {
		if (place[i].to == INT64_MAX)
			take_own(page, wish, stream, &place[i],
			    batch[i].result);
		else if (!take(page, wish, &place[i], batch[i].result))
			break;
	}
	return true;
}

static void
begin(struct page *page, int64_t from)
{
	page->from = page->next = from;
	page->entries = 0;
	page->sparse = false;
	page->bytes = 0;
	page->pieces = 0;
}

/* False after fail(): the stream has nothing to do with it, or no more. */
static bool
has_position(struct request *r, const struct stream *stream,
    const struct page_wish *wish)
{
	if (stream->incarnation != wish->incarnation)
		fail(r, E_GONE, "the offset is of another life of the stream");
	else if (wish->from < stream->first_seq)
		fail(r, E_GONE, "what follows the offset has been trimmed "
		    "away");
	else
		return true;
	return false;
}

/* One try; *again when another life has begun meanwhile. */
static bool
try_read(struct request *r, struct arena *arena, const struct page_wish *wish,
    struct stream *stream, struct page *page, bool *again)
{
	struct place own = { stream_id(wish->name), wish->incarnation,
		wish->from, INT64_MAX, wish->sparse };
	bool any = wish->incarnation == ANY_INCARNATION;
	struct db_batch batch[3];
	struct stream after;

	*again = false;
	begin(page, wish->from);
	want_row(&batch[0], arena, own.id);
	want_entries(&batch[1], arena, wish, &own);
	want_row(&batch[2], arena, own.id);
	if (!db_call_batch(r, arena, batch, any ? 3 : 2) ||
	    !stream_from(r, wish->name, batch[0].result, stream))
		return false;
	if (any) {
		if (!stream_from(r, wish->name, batch[2].result, &after))
			return false;
		*again = after.incarnation != stream->incarnation;
	} else if (!has_position(r, stream, wish)) {
		return false;
	}
	if (*again)
		return true;
	if (stream->fork_seq > wish->from)
		return read_inherited(r, arena, wish, stream, page);
	own.sparse = stream->has_ids;
	if (own.sparse && !wish->sparse && !wish->key.p) {
		own.incarnation = stream->incarnation;
		want_entries(&batch[1], arena, wish, &own);
		if (!db_call_batch(r, arena, &batch[1], 1))
			return false;
	}
	take_own(page, wish, stream, &own, batch[1].result);
	return true;
}

/* The page may be newer than the row. */
static void
see_end(struct stream *stream, const struct page *page)
{
	if (page->entries && page->next > stream->next_seq)
		stream->next_seq = page->next;
}

bool
page_read(struct request *r, struct arena *arena, const struct page_wish *wish,
    struct stream *stream, struct page *page)
{
	bool again;

	do {
		if (!try_read(r, arena, wish, stream, page, &again))
			return false;
	} while (again);
	see_end(stream, page);
	return true;
}

void
page_write(const struct page *page, bool json, struct buffer *out)
{
	char *p = buffer_reserve(out, page->bytes + (size_t)page->entries + 2);
	char *start = p;

	if (json)
		*p++ = '[';
	for (int i = 0; i < page->pieces; i++) {
		for (int k = 0; k < page->piece[i].entries; k++) {
			struct text data =
			    row_text(page->piece[i].rows, k, DATA);

			if (json && p > start + 1)
				*p++ = ',';
			memcpy(p, data.p, data.n);
			p += data.n;
		}
	}
	if (json)
		*p++ = ']';
	out->n += (size_t)(p - start);
}

static bool
since_in(struct request *r, const struct place *place, int64_t unix_us,
    int64_t *seq)
{
	const struct pg_result *rows;
	struct params p;

	params_init(&p, r->arena);
	param_bigint(&p, place->id);
	param_integer(&p, place->incarnation);
	param_bigint(&p, place->from);
	param_bigint(&p, place->to);
	param_bigint(&p, unix_us);
	rows = db_call(r, STATEMENT_entry_since, &p);
	if (!rows)
		return false;
	*seq = row_bigint(rows, 0, 0);
	return true;
}

bool
entry_since(struct request *r, const struct stream *stream, int64_t unix_us,
    int64_t *seq)
{
	struct place place = { .id = stream->id,
		.incarnation = stream->incarnation,
		.from = stream->fork_seq > stream->first_seq ?
		    stream->fork_seq : stream->first_seq,
		.to = stream->next_seq };
	const struct pg_result *segments;
	struct params p;

	if (!since_in(r, &place, unix_us, seq))
		return false;
	if (stream->fork_seq == 0 || *seq > stream->fork_seq)
		return true;
	params_init(&p, r->arena);
	param_bigint(&p, stream->id);
	param_integer(&p, stream->incarnation);
	param_bigint(&p, 0);
	segments = db_call(r, STATEMENT_segment_list, &p);
	if (!segments)
		return false;
	/* From the last back, until one has an older entry too. */
	for (int i = row_count(segments) - 1; i >= 0; i--) {
		place.id = row_bigint(segments, i, SOURCE_ID);
		place.incarnation = row_integer(segments, i,
		    SOURCE_INCARNATION);
		place.from = row_bigint(segments, i, FROM_SEQ);
		place.to = row_bigint(segments, i, TO_SEQ);
		if (!since_in(r, &place, unix_us, seq))
			return false;
		if (*seq > place.from)
			return true;
	}
	return true;
}
