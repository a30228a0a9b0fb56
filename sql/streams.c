/*
 * Rows of sluice.streams.
 */
#include "sql/streams.h"

#include "fcgi/name_id.h"
#include "sql/db.h"

/* The columns of the statement stream_get. */
enum { INCARNATION, STATE, CLOSED, NEXT_SEQ, FORK_SEQ, CONTENT_TYPE,
	MEDIA_TYPE, TTL_MS, EXPIRES_AT, NAME, BYTES, CREATED_AT, LAST_AT,
	FIRST_SEQ, IDS };

static bool
refuse(struct request *r, enum error error, const char *sentence)
{
	fail(r, error, "%s", sentence);
	return false;
}

bool
stream_from(struct request *r, struct text name, const struct pg_result *rows,
    struct stream *stream)
{
	if (!rows)
		return false;
	if (row_count(rows) == 0)
		return refuse(r, E_NOT_FOUND, "stream not found");
	if (!text_equal(row_text(rows, 0, NAME), name))
		return refuse(r, E_CONFLICT,
		    "another stream's name has the same id");
	*stream = (struct stream){
		.id = stream_id(name),
		.name = name,
		.incarnation = row_integer(rows, 0, INCARNATION),
		.state = (enum stream_state)row_integer(rows, 0, STATE),
		.closed = row_bool(rows, 0, CLOSED),
		.next_seq = row_bigint(rows, 0, NEXT_SEQ),
		.fork_seq = row_bigint(rows, 0, FORK_SEQ),
		.content_type = row_text(rows, 0, CONTENT_TYPE),
		.media_type = row_text(rows, 0, MEDIA_TYPE),
		.ttl_ms = row_null(rows, 0, TTL_MS) ? NO_TTL :
		    row_bigint(rows, 0, TTL_MS),
		.expires_us = row_time(rows, 0, EXPIRES_AT),
		.bytes = row_bigint(rows, 0, BYTES),
		.created_us = row_time(rows, 0, CREATED_AT),
		.last_us = row_time(rows, 0, LAST_AT),
		.first_seq = row_bigint(rows, 0, FIRST_SEQ),
		.has_ids = row_bool(rows, 0, IDS),
	};
	switch (stream->state) {
	case STREAM_LIVE:
		return true;
	case STREAM_GONE:
		fail(r, E_GONE, FAIL_SENTENCE);
		return false;
	case STREAM_DELETED:
		return refuse(r, E_NOT_FOUND, "stream not found");
	case STREAM_EXPIRED:
		break;
	}
	return refuse(r, E_NOT_FOUND, "stream expired");
}

bool
stream_find(struct request *r, struct text name, struct stream *stream)
{
	struct params p;

	params_init(&p, r->arena);
	param_bigint(&p, stream_id(name));
	return stream_from(r, name, db_call(r, STATEMENT_stream_get, &p),
	    stream);
}

struct channel_key
stream_channel(int64_t id)
{
	return (struct channel_key){ CHANNEL_STREAM, id };
}

bool
stream_is_json(const struct stream *stream)
{
	return text_equal(stream->media_type, TEXT("application/json"));
}
