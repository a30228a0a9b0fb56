/*
 * What a GET on a stream asks for, in whatever way it wants to be answered:
 * one page now, one page when there is one, or events as they come.
 */
#ifndef HANDLERS_STREAMS_READING_H
#define HANDLERS_STREAMS_READING_H

#include "handlers/streams/stream.h"
#include "sql/entries.h"

enum live { LIVE_NOT, LIVE_LONG_POLL, LIVE_SSE };

enum start {
	START_OFFSET,		/* incarnation and from say where */
	START_BEGINNING,	/* of whatever life there is */
	START_SINCE,		/* a time */
	START_NOW		/* the end, as it is now */
};

enum format { FORMAT_OF_STREAM, FORMAT_JSON, FORMAT_RAW };

struct reading {
	struct text name;
	struct text key;	/* absent: all entries */
	enum live live;
	enum start start;
	enum format format;
	int64_t since_us;
	int64_t timeout_ms;	/* of a long-poll */
	int64_t cursor;		/* as the client had it, -1 if it had none */

	/* The position, once it is known; from is the next entry's seq. */
	int32_t incarnation;
	int64_t from;
	bool sparse;		/* a live read knows: entries may be missing */
};

/*
 * Read the request's query, at its first call, and check that the caller may
 * read the stream. NULL after fail(). The reading is in r's arena.
 */
struct reading *reading_begin(struct request *r, struct text path_key);

/*
 * Turn a beginning at a time or at the end into a position. False after
 * fail(), as in stream_find(), whose stream it gives.
 */
bool reading_locate(struct request *r, struct reading *reading,
    struct stream *stream);

/* What page_read() is to be asked for. */
struct page_wish reading_wish(const struct reading *reading,
    int64_t bytes_max);

/* Is it to be a JSON array? False after fail() too: 400, no JSON stream. */
bool reading_is_json(struct request *r, const struct reading *reading,
    const struct stream *stream);

/*
 * Headers of a reply that ends before the entry `next`: where that is, where
 * the end is, and whether both are the same.
 */
void reading_headers(struct request *r, const struct stream *stream,
    int64_t next);

/* What the client must have read in order to have read all of it. */
bool reading_is_at_end(const struct stream *stream, int64_t next);

/* A stream's time to live begins anew when it is read. */
void reading_renew(struct request *r, const struct stream *stream);

/*
 * A number that a client gives back with its next live request, so that no
 * two requests for the same position have the same address in a cache.
 */
int64_t reading_cursor(const struct reading *reading);

#endif
