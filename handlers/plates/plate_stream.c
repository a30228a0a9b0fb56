/*
 * Looking a key up.
 */
#include "handlers/plates/plate_stream.h"

#include "fcgi/name_id.h"
#include "handlers/streams/reading.h"

enum { INCARNATION, NAME, LENGTH, ADDED, LAST_ID, DELETED_ID, NEXT_SEQ,
	FIRST_SEQ, CLOSED, TTL_MS, EXPIRES_AT };

void
plate_stream_want(struct db_batch *item, struct arena *arena,
    struct text name)
{
	item->statement = STATEMENT_plate_stream_get;
	params_init(&item->params, arena);
	param_bigint(&item->params, stream_id(name));
}

bool
plate_stream_from(struct request *r, struct command *c, struct text name,
    const struct pg_result *rows, struct plate_stream *stream)
{
	*stream = (struct plate_stream){
		.id = stream_id(name),
		.name = name
	};
	if (!row_count(rows))
		return true;
	if (row_null(rows, 0, LAST_ID) ||
	    !text_equal(row_text(rows, 0, NAME), name))
		return command_error(r, c, ERR_WRONG_TYPE);
	stream->exists = true;
	stream->incarnation = row_integer(rows, 0, INCARNATION);
	stream->length = row_bigint(rows, 0, LENGTH);
	stream->added = row_bigint(rows, 0, ADDED);
	stream->last_id = entry_id_unpack(row_text(rows, 0, LAST_ID));
	stream->deleted_id = entry_id_unpack(row_text(rows, 0, DELETED_ID));
	stream->next_seq = row_bigint(rows, 0, NEXT_SEQ);
	stream->first_seq = row_bigint(rows, 0, FIRST_SEQ);
	stream->closed = row_bool(rows, 0, CLOSED);
	stream->ttl_ms = row_null(rows, 0, TTL_MS) ? NO_TTL :
	    row_bigint(rows, 0, TTL_MS);
	stream->expires_us = row_time(rows, 0, EXPIRES_AT);
	return true;
}

bool
plate_stream_find(struct request *r, struct command *c, struct text key,
    struct plate_stream *stream)
{
	struct text name = command_stream(r, c, key);
	const struct pg_result *rows;
	struct db_batch item;

	plate_stream_want(&item, r->arena, name);
	rows = db_call(r, item.statement, &item.params);
	return rows && plate_stream_from(r, c, name, rows, stream);
}

void
plate_stream_renew(struct request *r, const struct command *c,
    const struct plate_stream *stream)
{
	if (stream->exists && !c->direct)
		reading_renew(r, &(struct stream){
			.id = stream->id,
			.incarnation = stream->incarnation,
			.ttl_ms = stream->ttl_ms,
			.expires_us = stream->expires_us,
		});
}
