/*
 * Appends as turns: those to one stream that wait are one call.
 *
 * Most have no wishes of their own, or only a Stream-Seq that is above the
 * one before: they are checked and written by one statement, all or none. If
 * that says none, or where there is a producer, a time or a close, each is
 * decided on its own in one call for all (sql/fn/append_turn.sql).
 */
#ifndef SQL_STREAM_WRITES_H
#define SQL_STREAM_WRITES_H

#include "sql/turn.h"

/* As the SQL function numbers them. */
enum append_status {
	APPEND_DONE,
	APPEND_NOT_FOUND,
	APPEND_EXPIRED,
	APPEND_GONE,
	APPEND_CLOSED,
	APPEND_OTHER_TYPE,
	APPEND_STALE_SEQ,
	APPEND_DUPLICATE,
	APPEND_STALE_EPOCH,
	APPEND_BAD_EPOCH,
	APPEND_GAP,
	APPEND_BUSY,
	APPEND_OTHER_NAME,
	APPEND_EXHAUSTED,
	APPEND_AGAIN	/* not decided: submit the item once more */
};

struct append {
	struct turn_item item;

	/* Filled by the handler. */
	struct text name;	/* of the stream */
	struct text media_type;
	struct text *data;	/* `count` entries; none only closes */
	struct text key;	/* of all entries; absent: none */
	int count;
	size_t bytes;
	struct text stream_seq;	/* absent: none */
	struct text producer;	/* absent: none */
	int64_t epoch, producer_seq;
	int64_t at_us;		/* Unix; INT64_MIN: now */
	bool close;

	/* The handler's own: before it tries a row again that is held. */
	int pause_ms;

	/* Filled by the turn. */
	bool alone;		/* each of the call is decided on its own */
	enum append_status status;
	int32_t incarnation;
	int64_t next_seq;	/* behind its last entry */
	bool closed;
	int64_t number;		/* see the SQL function's statuses */
	struct text held;	/* lives as long as the handler's next call */
};

/* Complete what the handler has filled, as the item of one turn. */
void append_init(struct append *append);

extern const struct turn_kind append_kind;

#endif
