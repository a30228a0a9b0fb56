/*
 * GET /v1/stream/{name}?live=long-poll: a page of entries as soon as there is
 * one; 204 when the time is up, and at once when the stream is closed.
 */
#include "handlers/streams/stream_live.h"

#include <inttypes.h>

#include "fcgi/clock.h"
#include "handlers/streams/live.h"

static enum verdict
reply(struct request *r, const struct live_read *live, const struct news *news)
{
	if (news->bytes.p)
		buffer_add_text(reply_body(r, 200, live->type), news->bytes);
	else
		reply_empty(r, 204);
	reply_header(r, "Cache-Control", "no-store");
	reply_header(r, "Stream-Cursor", "%" PRId64,
	    reading_cursor(live->reading));
	reading_headers(r, &news->stream, live->reading->from);
	return DONE;
}

static enum verdict
answer_or_wait(struct request *r, struct live_read *live, enum found found,
    const struct news *news)
{
	int64_t until_us = r->started_us + live->reading->timeout_ms * 1000;

	if (found == FOUND_FAILED)
		return DONE;
	if (found != FOUND_NOTHING || r->last_call ||
	    clock_monotonic_us() >= until_us)
		return reply(r, live, news);
	r->deadline_us = news->more ? clock_monotonic_us() :
	    live_deadline(live, until_us);
	return PARK;
}

enum verdict
stream_long_poll(struct request *r, struct reading *reading)
{
	struct live_read *live;
	struct news news;
	enum found found = live_begin(r, reading,
	    READ_BYTES_MAX, &live, &news);

	return answer_or_wait(r, live, found, &news);
}

enum verdict
stream_long_poll_again(struct request *r)
{
	struct live_read *live = r->state;
	struct news news;
	enum found found;

	if (!allow_stream(r, ACTION_READ, live->reading->name))
		return DONE;
	found = live_look(r, live, &news);
	return answer_or_wait(r, live, found, &news);
}
