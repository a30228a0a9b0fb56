/*
 * XREADGROUP of new entries, and XACK, as turns: those of one group that wait
 * are one call. An id is its 16 bytes (migrations/0007_plates.sql).
 */
#ifndef SQL_GROUP_WRITES_H
#define SQL_GROUP_WRITES_H

#include "sql/turn.h"

/* As sql/fn/group_open.sql, group_create.sql, group_read_many.sql have them. */
enum group_status {
	GROUP_DONE,
	GROUP_NO_KEY,
	GROUP_OTHER_TYPE,
	GROUP_NOT_FOUND,
	GROUP_BUSY = 11,
	GROUP_LONG
};

/* A group of a plate's key. */
struct group {
	int64_t stream;		/* its id */
	struct text name;	/* the stream's: "shop/events" */
	struct text group;
};

struct group_read {
	struct turn_item item;

	/* Filled by the handler. */
	struct group group;
	struct text member;
	int64_t count;		/* 1 to GROUP_READ_ENTRIES_MAX */
	bool noack;

	/* Filled by the turn. The rows live as long as the handler's next
	 * call; `got` of them, from `first` on, are this caller's. */
	bool asked;		/* its client was there when it was its turn */
	enum group_status status;
	const struct pg_result *rows;
	int first, got;
};

/* Columns of the rows, and of those of statements like it. */
enum { GROUP_READ_ID = 1, GROUP_READ_FIELDS, GROUP_READ_DATA };

void group_read_init(struct group_read *read);

extern const struct turn_kind group_read_kind;

struct group_ack {
	struct turn_item item;

	/* Filled by the handler. */
	struct group group;
	struct text *id;
	int ids;

	/* Filled by the turn. */
	enum group_status status;
	int64_t acked;
};

void group_ack_init(struct group_ack *ack);

extern const struct turn_kind group_ack_kind;

#endif
