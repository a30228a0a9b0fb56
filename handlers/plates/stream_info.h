/*
 * What XINFO STREAM says of a key, in both of its forms.
 */
#ifndef HANDLERS_PLATES_STREAM_INFO_H
#define HANDLERS_PLATES_STREAM_INFO_H

#include "handlers/plates/plate_stream.h"

struct stream_info {
	struct plate_stream stream;
	int64_t nodes;		/* that hold entries */
	int64_t groups;
	struct entry_id first_id; /* 0-0 if there are none */
	struct text first, last; /* entries as JSON, or null */
};

/* False after command_error(), also for a key that is not there, or fail(). */
bool stream_info_read(struct request *r, struct command *c, struct text key,
    struct stream_info *info);

/* The members that both forms begin with, from "length" on. */
void stream_info_write(struct json_writer *w, const struct stream_info *info);

#endif
