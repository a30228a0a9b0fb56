/*
 * The two kinds of live reads: their first call, with what was asked for, and
 * each later one.
 */
#ifndef HANDLERS_STREAMS_STREAM_LIVE_H
#define HANDLERS_STREAMS_STREAM_LIVE_H

#include "handlers/streams/reading.h"

enum verdict stream_long_poll(struct request *r, struct reading *reading);
enum verdict stream_long_poll_again(struct request *r);

enum verdict stream_sse(struct request *r, struct reading *reading);
enum verdict stream_sse_again(struct request *r);

#endif
