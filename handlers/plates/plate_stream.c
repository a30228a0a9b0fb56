/*
 * Looking a key up.
 */
#include "handlers/plates/plate_stream.h"

#include "fcgi/name_id.h"
#include "sql/db.h"

enum { INCARNATION, NAME, LENGTH, ADDED, LAST_ID, DELETED_ID };

bool
plate_stream_find(struct request *r, struct command *c, struct text key,
    struct plate_stream *stream)
{
	struct text name = command_stream(r, c, key);
	const struct pg_result *rows;
	struct params p;

	*stream = (struct plate_stream){
		.id = stream_id(name),
		.name = name
	};
	params_init(&p, r->arena);
	param_bigint(&p, stream->id);
	rows = db_call(r, STATEMENT_plate_stream_get, &p);
	if (!rows)
		return false;
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
	return true;
}
