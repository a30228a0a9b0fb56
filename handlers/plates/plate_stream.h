/*
 * A plate's stream as its row has it: a key of Redis that holds a stream.
 */
#ifndef HANDLERS_PLATES_PLATE_STREAM_H
#define HANDLERS_PLATES_PLATE_STREAM_H

#include "handlers/plates/command.h"
#include "handlers/plates/entry_id.h"
#include "sql/db.h"

struct plate_stream {
	int64_t id;		/* stream_id */
	struct text name;
	bool exists;		/* and what follows is known */
	int32_t incarnation;
	int64_t length, added;
	struct entry_id last_id, deleted_id;
	int64_t next_seq, first_seq;
	bool closed;
	int64_t ttl_ms;		/* NO_TTL: none */
	int64_t expires_us;	/* INT64_MIN: never */
};

/*
 * Look the key up. A key that is not there is no error: `exists` says it.
 * False after command_error() (WRONGTYPE: a stream whose entries have no ids)
 * or fail().
 */
bool plate_stream_find(struct request *r, struct command *c, struct text key,
    struct plate_stream *stream);

/* The same in two steps, for who asks for more in the same round trip. */
void plate_stream_want(struct db_batch *item, struct arena *arena,
    struct text name);
bool plate_stream_from(struct request *r, struct command *c, struct text name,
    const struct pg_result *rows, struct plate_stream *stream);

/*
 * It was read: a time to live that slides begins anew. Not of a command that
 * is direct: the commit of a renewal is not flushed (sql/fn/stream_touch.sql),
 * and a transaction has one commit for all.
 */
void plate_stream_renew(struct request *r, const struct command *c,
    const struct plate_stream *stream);

#endif
