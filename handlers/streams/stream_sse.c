/*
 * GET /v1/stream/{name}?live=sse: the entries as server-sent events, those
 * that are there and then those that come, until the stream is closed.
 *
 * Each call writes one event and its control event, and waits: for the client
 * to take it, then for the next entry. While there are more entries it is
 * called again at once.
 */
#include "fcgi/clock.h"
#include "handlers/streams/live.h"
#include "handlers/streams/sse.h"
#include "handlers/streams/stream_live.h"

static void
write_control(struct request *r, struct live_read *live,
    const struct stream *stream)
{
	struct offset at = { stream->incarnation, live->reading->from };
	char next[OFFSET_DIGITS + 1];

	live->told_end = reading_is_at_end(stream, at.seq);
	offset_print(at, next);
	sse_control(&r->reply.body, &(struct sse_control){
		.next_offset = next,
		.cursor = reading_cursor(live->reading),
		.up_to_date = live->told_end,
		.closed = live->told_end && stream->closed,
	});
}

/* Nothing is new: is there something to say all the same? */
static void
write_nothing(struct request *r, struct live_read *live,
    const struct stream *stream, int64_t now_us)
{
	if (!live->told_end &&
	    reading_is_at_end(stream, live->reading->from))
		write_control(r, live, stream);
	else if (now_us >= live->beat_us)
		sse_heartbeat(&r->reply.body);
}

static enum verdict
write_and_wait(struct request *r, struct live_read *live, enum found found,
    const struct news *news)
{
	const struct stream *stream = &news->stream;
	int64_t now_us = clock_monotonic_us();

	if (found == FOUND_NOTHING) {
		write_nothing(r, live, stream, now_us);
	} else {
		if (found == FOUND_ENTRIES)
			sse_data(&r->reply.body, news->bytes, live->binary);
		write_control(r, live, stream);
		if (live->told_end && stream->closed)
			return DONE;
	}
	if (r->reply.body.n)
		live->beat_us = now_us + HEARTBEAT * 1000;
	r->deadline_us = news->more ? now_us :
	    live_deadline(live, live->beat_us);
	return PARK;
}

enum verdict
stream_sse(struct request *r, struct reading *reading)
{
	struct live_read *live;
	struct news news;
	enum found found = live_begin(r, reading, LIVE_BYTES_MAX, &live,
	    &news);

	if (found == FOUND_FAILED)
		return DONE;
	reply_stream(r, 200, "text/event-stream");
	reply_header(r, "Cache-Control", "no-cache, no-store");
	if (live->binary)
		reply_header(r, "Stream-SSE-Data-Encoding", "base64");
	live->beat_us = clock_monotonic_us() + HEARTBEAT * 1000;
	if (found == FOUND_NOTHING)
		write_control(r, live, &news.stream);
	return write_and_wait(r, live, found, &news);
}

enum verdict
stream_sse_again(struct request *r)
{
	struct live_read *live = r->state;
	struct news news;
	enum found found;

	if (!allow_stream(r, ACTION_READ, live->reading->name))
		return DONE;
	found = live_look(r, live, &news);
	return found == FOUND_FAILED ? DONE :
	    write_and_wait(r, live, found, &news);
}
