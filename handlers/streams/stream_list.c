/*
 * GET /v1/streams: the streams that the caller may read, by name. What costs
 * is what is skipped, so `offset` is bounded and `after` is not.
 */
#include <inttypes.h>

#include "fcgi/limits.h"
#include "handlers/handlers.h"
#include "handlers/streams/name_ranges.h"
#include "handlers/streams/stream.h"
#include "sql/db.h"

/* The columns of the statement stream_list. */
enum { NAME, CREATED_AT, EXPIRES_AT, INCARNATION, NEXT_SEQ };

static void
write_stream(struct request *r, struct json_writer *w,
    const struct pg_result *rows, int row)
{
	json_open_object(w);
	json_name(w, "name");
	json_text(w, row_text(rows, row, NAME));
	json_name(w, "created_at");
	json_time(w, row_time(rows, row, CREATED_AT));
	json_name(w, "expires_at");
	json_time(w, row_time(rows, row, EXPIRES_AT));
	json_name(w, "epoch");
	json_number(w, row_integer(rows, row, INCARNATION));
	json_name(w, "next_offset");
	json_cstring(w, arena_printf(r->arena, "%" PRId64,
	    row_bigint(rows, row, NEXT_SEQ)));
	/* There are no segments to seal or to upload. */
	json_name(w, "sealed_through");
	json_cstring(w, "-1");
	json_name(w, "uploaded_through");
	json_cstring(w, "-1");
	json_name(w, "profile");
	json_cstring(w, "generic");
	json_close_object(w);
}

/* Where there is something for the caller to see. */
static struct name_ranges
readable(struct request *r, struct text prefix)
{
	struct text *patterns;
	int n;

	/* No name is empty: who may not read "" is asked for once more. */
	(void)stream_allowed(r, ACTION_READ, TEXT(""));
	patterns = arena_alloc(r->arena,
	    ((size_t)r->who->grants + 1) * sizeof(*patterns));
	n = may_patterns(r->who, ACTION_READ, REALM_STREAM, patterns);
	return name_ranges(r->arena, prefix, patterns, n);
}

enum verdict
stream_list(struct request *r)
{
	int64_t limit = query_integer(r, "limit", STREAM_LIST_DEFAULT,
	    INT64_MIN, INT64_MAX);
	int64_t offset = query_integer(r, "offset", 0, 0,
	    STREAM_LIST_OFFSET_MAX);
	struct text after = query_text(r, "after");
	struct text prefix = query_text(r, "prefix");
	const struct pg_result *rows;
	struct name_ranges ranges;
	struct json_writer *w;
	struct params p;

	if (request_failed(r))
		return DONE;
	ranges = readable(r, prefix);
	if (request_failed(r))
		return DONE;
	limit = limit < 0 ? 0 : limit > STREAM_LIST_MAX ? STREAM_LIST_MAX :
	    limit;
	params_init(&p, r->arena);
	param_texts(&p, ranges.low, ranges.n);
	param_texts(&p, ranges.high, ranges.n);
	if (ranges.likes)
		param_texts(&p, ranges.like, ranges.likes);
	else
		param_null(&p);
	param_text(&p, after.p ? after : TEXT(""));
	param_bigint(&p, offset);
	param_bigint(&p, limit);
	rows = db_call(r, STATEMENT_stream_list, &p);
	if (!rows)
		return DONE;
	w = reply_json(r, 200);
	json_open_array(w);
	for (int i = 0; i < row_count(rows); i++)
		write_stream(r, w, rows, i);
	json_close_array(w);
	reply_header(r, "Cache-Control", "no-store");
	return DONE;
}
