/*
 * A plate's stream as its row has it: a key of Redis that holds a stream.
 */
#ifndef HANDLERS_PLATES_PLATE_STREAM_H
#define HANDLERS_PLATES_PLATE_STREAM_H

#include "handlers/plates/command.h"
#include "handlers/plates/entry_id.h"

struct plate_stream {
	int64_t id;		/* stream_id */
	struct text name;
	bool exists;
	int32_t incarnation;
	int64_t length, added;
	struct entry_id last_id, deleted_id;
};

/*
 * Look the key up. A key that is not there is no error: `exists` says it.
 * False after command_error() (WRONGTYPE: a stream whose entries have no ids)
 * or fail().
 */
bool plate_stream_find(struct request *r, struct command *c, struct text key,
    struct plate_stream *stream);

#endif
