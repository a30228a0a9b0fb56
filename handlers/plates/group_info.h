/*
 * What XINFO says of a stream's groups and of their members. Rows are read as
 * the statements group_list and member_list give them.
 */
#ifndef HANDLERS_PLATES_GROUP_INFO_H
#define HANDLERS_PLATES_GROUP_INFO_H

#include "handlers/plates/group.h"
#include "handlers/plates/plate_stream.h"

enum {
	GROUP_INFO_NAME,
	GROUP_INFO_LAST_ID,
	GROUP_INFO_ENTRIES_READ,
	GROUP_INFO_LAG,
	GROUP_INFO_MEMBERS,
	GROUP_INFO_PENDING
};

enum {
	MEMBER_INFO_NAME,
	MEMBER_INFO_SEEN_AT,
	MEMBER_INFO_ACTIVE_AT,
	MEMBER_INFO_NOW,
	MEMBER_INFO_PENDING
};

/* By name. NULL after fail(). */
const struct pg_result *group_info_list(struct request *r,
    const struct plate_stream *stream);

/* The members how far a group is: last-delivered-id, entries-read, lag. */
void group_info_write_place(struct json_writer *w,
    const struct pg_result *rows, int row);

/*
 * All groups with their members and what is pending, as XINFO STREAM FULL has
 * them: a JSON array; each list of pending entries has `count` at most. False
 * after fail() or command_error().
 */
bool group_info_write_all(struct request *r, struct command *c,
    const struct plate_stream *stream, int64_t count, struct json_writer *w);

#endif
