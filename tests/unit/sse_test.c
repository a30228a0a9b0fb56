/*
 * Server-sent events: no text can end its event, or begin another.
 */
#include "handlers/streams/sse.h"

#include "tests/unit/test.h"

static struct arena *arena;

static struct text
data(struct text bytes, bool binary)
{
	struct buffer out;

	arena_reset(arena);
	buffer_init(&out, arena);
	sse_data(&out, bytes, binary);
	return (struct text){ out.p, out.n };
}

#define TEXT_EVENT(bytes) data(TEXT(bytes), false)
#define BINARY_EVENT(bytes) data(TEXT(bytes), true)

static void
each_line_is_a_line(void)
{
	CHECK_TEXT(TEXT_EVENT("one"), "event: data\ndata:one\n\n");
	CHECK_TEXT(TEXT_EVENT("one\ntwo"),
	    "event: data\ndata:one\ndata:two\n\n");
	CHECK_TEXT(TEXT_EVENT("one\r\ntwo\rthree"),
	    "event: data\ndata:one\ndata:two\ndata:three\n\n");
	CHECK_TEXT(TEXT_EVENT("a\n\nevent: control\n"),
	    "event: data\ndata:a\ndata:\ndata:event: control\ndata:\n\n");
	CHECK_TEXT(TEXT_EVENT("\n\r\r\n"),
	    "event: data\ndata:\ndata:\ndata:\ndata:\n\n");
	CHECK_TEXT(TEXT_EVENT("\r"), "event: data\ndata:\ndata:\n\n");
	CHECK_TEXT(TEXT_EVENT(""), "event: data\ndata:\n\n");
}

/* A reader strips one. */
static void
a_blank_in_front_is_kept(void)
{
	CHECK_TEXT(TEXT_EVENT(" a\n  b\nc d"),
	    "event: data\ndata:  a\ndata:   b\ndata:c d\n\n");
}

static void
what_is_binary_is_base64(void)
{
	CHECK_TEXT(BINARY_EVENT("\0\n\r"), "event: data\ndata:AAoN\n\n");
	CHECK_TEXT(BINARY_EVENT("ab"), "event: data\ndata:YWI=\n\n");
	CHECK_TEXT(BINARY_EVENT("a"), "event: data\ndata:YQ==\n\n");
	CHECK_TEXT(BINARY_EVENT(""), "event: data\ndata:\n\n");
}

static void
a_long_text_is_whole(void)
{
	static char bytes[100000];
	struct text event;

	memset(bytes, '\n', sizeof(bytes));
	event = data((struct text){ bytes, sizeof(bytes) }, false);
	CHECK_INTEGER(event.n, 12 + 6 * (sizeof(bytes) + 1) + 1);
	CHECK(text_ends_with(event, TEXT("data:\ndata:\n\n")));
}

static const char *
control(bool up_to_date, bool closed)
{
	struct buffer out;

	arena_reset(arena);
	buffer_init(&out, arena);
	sse_control(&out, &(struct sse_control){
		.next_offset = "00", .cursor = 7,
		.up_to_date = up_to_date, .closed = closed });
	return arena_string(arena, (struct text){ out.p, out.n });
}

static void
a_control_event_says_how_far(void)
{
	CHECK_STRING(control(false, false), "event: control\ndata:"
	    "{\"streamNextOffset\":\"00\",\"streamCursor\":\"7\"}\n\n");
	CHECK_STRING(control(true, false), "event: control\ndata:"
	    "{\"streamNextOffset\":\"00\",\"streamCursor\":\"7\","
	    "\"upToDate\":true}\n\n");
	CHECK_STRING(control(true, true), "event: control\ndata:"
	    "{\"streamNextOffset\":\"00\",\"streamClosed\":true}\n\n");
}

static void
a_heartbeat_is_a_comment(void)
{
	struct buffer out;

	buffer_init(&out, arena);
	sse_heartbeat(&out);
	CHECK_TEXT(((struct text){ out.p, out.n }), ":\n\n");
}

int
main(void)
{
	arena = arena_new();
	each_line_is_a_line();
	a_blank_in_front_is_kept();
	what_is_binary_is_base64();
	a_long_text_is_whole();
	a_control_event_says_how_far();
	a_heartbeat_is_a_comment();
	arena_free(arena);
	return test_result();
}
