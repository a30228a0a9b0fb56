/*
 * A stream as its row has it.
 */
#ifndef SQL_STREAMS_H
#define SQL_STREAMS_H

#include "fcgi/lot.h"
#include "fcgi/request.h"

struct pg_result;

enum stream_state {
	STREAM_LIVE,
	STREAM_GONE,	/* deleted, but forks live on its entries */
	STREAM_DELETED,
	STREAM_EXPIRED
};

#define NO_TTL (-1)

struct stream {
	int64_t id;
	struct text name;
	int32_t incarnation;
	enum stream_state state;
	bool closed;
	int64_t next_seq;	/* that the next entry will have */
	int64_t fork_seq;	/* its own entries begin there */
	int64_t first_seq;	/* those before have been trimmed away */
	bool has_ids;		/* a plate's: entries may be removed */
	struct text content_type;	/* as it was given */
	struct text media_type;	/* lower case, no parameters */
	int64_t ttl_ms;		/* NO_TTL: none */
	int64_t expires_us;	/* wall clock; INT64_MIN: never */
	int64_t bytes;
	int64_t created_us, last_us;
};

/*
 * Find the live stream of that name. False after fail(): 404 there is none or
 * it has expired, 409 another name has the same id, 410 it is gone.
 */
bool stream_find(struct request *r, struct text name, struct stream *stream);

/* The same from a row of the statement stream_get, or from none. */
bool stream_from(struct request *r, struct text name,
    const struct pg_result *rows, struct stream *stream);

/* Where its waiting readers listen. All of them are woken. */
struct channel_key stream_channel(int64_t id);

bool stream_is_json(const struct stream *stream);

#endif
