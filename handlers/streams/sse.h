/*
 * Server-sent events as the streams protocol has them: entries are an event
 * "data", behind each of which an event "control" says how far it reached.
 */
#ifndef HANDLERS_STREAMS_SSE_H
#define HANDLERS_STREAMS_SSE_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/buffer.h"

/*
 * An event with these bytes. Text may hold line ends of any kind: each ends a
 * line of the event, so that nothing in it can end the event, or begin
 * another. What is binary goes as base64.
 */
void sse_data(struct buffer *out, struct text bytes, bool binary);

/* How far it is. The cursor is of no use, and left out, when it is closed. */
struct sse_control {
	const char *next_offset;
	int64_t cursor;
	bool up_to_date;
	bool closed;
};
void sse_control(struct buffer *out, const struct sse_control *control);

/* Nothing has happened, but we are here: a comment. */
void sse_heartbeat(struct buffer *out);

#endif
