/*
 * A live read: one that waits at the end of a stream, for a long-poll or as
 * server-sent events.
 */
#ifndef HANDLERS_STREAMS_LIVE_H
#define HANDLERS_STREAMS_LIVE_H

#include "handlers/streams/reading.h"

struct tail;

struct live_read {
	struct reading *reading; /* its position moves on with each look */
	struct tail *tail;
	const char *type;	/* of a reply with entries */
	bool json;		/* they are written as an array */
	bool binary;		/* they are no text */
	int64_t ttl_ms;
	int64_t expires_us;	/* wall clock; INT64_MIN if never, or sliding */
	int64_t renew_us;	/* monotonic; when to renew what slides */

	/* Of server-sent events: the next heartbeat (monotonic), and whether
	 * the client knows that it is up to date. */
	int64_t beat_us;
	bool told_end;
};

enum found {
	FOUND_FAILED,	/* after fail(): the stream is there no more, ... */
	FOUND_NOTHING,
	FOUND_ENTRIES,
	FOUND_END	/* nothing, and nothing will come: it is closed */
};

struct news {
	struct text bytes;	/* the entries, as a reply has them */
	struct stream stream;	/* of which incarnation, next_seq and closed
				 * are known */
	bool more;		/* there may be more: look again at once */
};

/*
 * Listen, then look for the first time, at that many bytes. *live is kept, as
 * r->state; what else is in r's arena then, the news among it, goes with the
 * next PARK.
 */
enum found live_begin(struct request *r, struct reading *reading,
    int64_t bytes_max, struct live_read **live, struct news *news);

/* Look again. */
enum found live_look(struct request *r, struct live_read *live,
    struct news *news);

/* When a look is due though nobody wakes us: then, or earlier. */
int64_t live_deadline(const struct live_read *live, int64_t until_us);

#endif
