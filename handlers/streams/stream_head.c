/*
 * HEAD /v1/stream/{name}: what there is to know of a stream but its entries.
 */
#include <inttypes.h>

#include "fcgi/clock.h"
#include "handlers/handlers.h"
#include "handlers/streams/stream.h"

enum verdict
stream_head(struct request *r)
{
	struct text name = stream_name(r, ACTION_READ);
	char expires[CLOCK_TEXT_BYTES + 1];
	struct stream stream;

	if (request_failed(r) || !stream_find(r, name, &stream))
		return DONE;
	reply_body(r, 200, arena_string(r->arena, stream.content_type));
	reply_offset(r, "Stream-Next-Offset", stream.incarnation,
	    stream.next_seq);
	reply_offset(r, "Stream-End-Offset", stream.incarnation,
	    stream.next_seq);
	reply_header(r, "Cache-Control", "no-store");
	if (stream.closed)
		reply_header(r, "Stream-Closed", "true");
	if (stream.ttl_ms != NO_TTL)
		reply_header(r, "Stream-TTL", "%" PRId64,
		    stream.ttl_ms / 1000);
	if (stream.expires_us != INT64_MIN) {
		clock_print(stream.expires_us, expires);
		reply_header(r, "Stream-Expires-At", "%s", expires);
	}
	return DONE;
}
