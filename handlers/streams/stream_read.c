/*
 * GET /v1/stream/{name}, and .../pk/{key} for the entries with one key: one
 * page of entries, as it is now. A page that has others behind it never
 * changes; the last one may grow. So a client may keep the former for as long
 * as it likes, unless the stream may expire or entries be removed from it, and
 * asks about the latter again.
 */
#define _GNU_SOURCE /* memmem */
#include <inttypes.h>

#include "handlers/handlers.h"
#include "handlers/streams/live.h"
#include "handlers/streams/stream_live.h"

/* With what cannot stand in a tag or in a list of tags as %XX. */
static void
add_escaped(struct buffer *out, struct text text)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c > ' ' && c < 0x7F && !strchr("\"%,\\:", c))
			buffer_add_byte(out, (char)c);
		else
			buffer_printf(out, "%%%02X", c);
	}
}

/*
 * The tag says all that the reply depends on: the position at both ends, in
 * which the stream's life is, what was chosen and how it is written, whether
 * the end is reached, and whether it is the end for good; and how many entries
 * are left in between, where some may be removed.
 */
static char *
make_tag(struct request *r, const struct reading *reading, bool json,
    const struct stream *stream, const struct page *page)
{
	char start[OFFSET_DIGITS + 1], end[OFFSET_DIGITS + 1];
	bool at_end = reading_is_at_end(stream, page->next);
	struct buffer tag;

	offset_print((struct offset){ stream->incarnation, reading->from },
	    start);
	offset_print((struct offset){ stream->incarnation, page->next }, end);
	buffer_init(&tag, r->arena);
	buffer_printf(&tag, "\"slice:%s:%s:key=", start, end);
	/* An absent key and an empty one are two things. */
	if (reading->key.p)
		buffer_add_byte(&tag, '=');
	add_escaped(&tag, reading->key);
	if (page->sparse) /* none is ever added in between */
		buffer_printf(&tag, ":n=%" PRId64, page->entries);
	buffer_printf(&tag, ":fmt=%s:filter=%s\"", json ? "json" : "raw",
	    !at_end ? "" : stream->closed ? ":closed" : ":end");
	buffer_add_byte(&tag, '\0');
	return tag.p;
}

static bool
client_has(struct request *r, const char *tag)
{
	struct text have = header_text(r, "HTTP_IF_NONE_MATCH");

	return text_equal(have, TEXT("*")) ||
	    (have.n && memmem(have.p, have.n, tag, strlen(tag)));
}

static void
cache_headers(struct request *r, const struct reading *reading,
    const struct stream *stream, const struct page *page, const char *tag)
{
	bool fixed = reading->start == START_OFFSET && !page->sparse &&
	    page->next < stream->next_seq && stream->expires_us == INT64_MIN;

	reply_header(r, "ETag", "W/%s", tag);
	reply_header(r, "Cache-Control", fixed ?
	    "private, max-age=31536000, immutable" : "private, no-cache");
}

static const char *
type_of(struct request *r, const struct stream *stream, bool json)
{
	if (json)
		return "application/json";
	if (stream_is_json(stream))
		return "application/octet-stream"; /* no JSON any more */
	return arena_string(r->arena, stream->content_type);
}

static enum verdict
reply_page(struct request *r, const struct reading *reading,
    const struct stream *stream, const struct page *page)
{
	bool json = reading_is_json(r, reading, stream);
	const char *tag;

	if (request_failed(r))
		return DONE;
	tag = make_tag(r, reading, json, stream, page);
	if (client_has(r, tag))
		reply_empty(r, 304);
	else
		page_write(page, json, reply_body(r, 200,
		    type_of(r, stream, json)));
	cache_headers(r, reading, stream, page, tag);
	reading_headers(r, stream, page->next);
	return DONE;
}

/* From the end of the stream there is nothing to read. */
static enum verdict
reply_end(struct request *r, const struct reading *reading,
    const struct stream *stream)
{
	bool json = reading_is_json(r, reading, stream);

	if (request_failed(r))
		return DONE;
	buffer_add_text(reply_body(r, 200, type_of(r, stream, json)),
	    json ? TEXT("[]") : TEXT(""));
	reply_header(r, "Cache-Control", "no-store");
	reading_headers(r, stream, stream->next_seq);
	return DONE;
}

static enum verdict
catch_up(struct request *r, struct reading *reading)
{
	struct page_wish wish;
	struct stream stream;
	struct page page;

	if (reading->start >= START_SINCE &&
	    !reading_locate(r, reading, &stream))
		return DONE;
	if (reading->start == START_NOW) {
		reading_renew(r, &stream);
		return reply_end(r, reading, &stream);
	}
	wish = reading_wish(reading, READ_BYTES_MAX);
	if (!page_read(r, r->arena, &wish, &stream, &page))
		return DONE;
	reading_renew(r, &stream);
	return reply_page(r, reading, &stream, &page);
}

static enum verdict
read_stream(struct request *r, struct text path_key)
{
	struct reading *reading = reading_begin(r, path_key);

	if (!reading)
		return DONE;
	switch (reading->live) {
	case LIVE_NOT:
		break;
	case LIVE_LONG_POLL:
		return stream_long_poll(r, reading);
	case LIVE_SSE:
		return stream_sse(r, reading);
	}
	return catch_up(r, reading);
}

/* A live read is called again. */
static enum verdict
read_on(struct request *r)
{
	const struct live_read *live = r->state;

	return live->reading->live == LIVE_SSE ? stream_sse_again(r) :
	    stream_long_poll_again(r);
}

enum verdict
stream_read(struct request *r)
{
	return r->state ? read_on(r) : read_stream(r, TEXT_ABSENT);
}

enum verdict
stream_read_key(struct request *r)
{
	return r->state ? read_on(r) : read_stream(r, r->param[1]);
}
