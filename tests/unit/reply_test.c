/*
 * Replies: what each function leaves behind, and that no value of ours can
 * end a header line.
 */
#include "tests/unit/request.h"
#include "tests/unit/test.h"

static void
failing_drops_what_was_there(void)
{
	struct request *r = test_request();

	reply_header(r, "Location", "/here");
	json_open_object(reply_json(r, 201));
	CHECK(!request_failed(r));
	CHECK_INTEGER(fail(r, E_NOT_FOUND, "%s not found", "message"), DONE);
	CHECK(request_failed(r));
	CHECK_STRING(test_reply(r), "404 not_found message not found");
	CHECK_INTEGER(r->reply.headers, 0);
	CHECK_INTEGER(r->reply.error, E_NOT_FOUND);
	CHECK_STRING(r->reply.content_type, "text/plain");
	fail(r, E_BUSY, FAIL_SENTENCE);
	CHECK_STRING(test_reply(r), "503 busy the server is busy; try again");
}

static void
some_statuses_owe_a_header(void)
{
	struct request *r = test_request();

	fail(r, E_QUEUE_FULL, FAIL_SENTENCE);
	CHECK_STRING(test_header(r, "Retry-After"), "1");
	reply_header(r, "retry-after", "%d", 30);
	CHECK_INTEGER(r->reply.headers, 1);
	CHECK_STRING(test_header(r, "retry-after"), "30");
	fail(r, E_DATABASE_AWAY, FAIL_SENTENCE);
	CHECK_STRING(test_header(r, "Retry-After"), "1");
	fail(r, E_BAD_TOKEN, FAIL_SENTENCE);
	CHECK_STRING(test_header(r, "WWW-Authenticate"), "Bearer");
	CHECK_INTEGER(r->reply.headers, 1);
	fail(r, E_BAD_JSON, FAIL_SENTENCE);
	CHECK_INTEGER(r->reply.headers, 0);
}

static void
good_replies(void)
{
	struct request *r = test_request();
	struct json_writer *w = reply_json(r, 201);

	json_open_object(w);
	json_name(w, "id");
	json_cstring(w, "x");
	json_close_object(w);
	CHECK_STRING(test_reply(r), "201 {\"id\":\"x\"}");
	CHECK_STRING(r->reply.content_type, "application/json");
	CHECK_INTEGER(reply_empty(r, 204), DONE);
	CHECK_STRING(test_reply(r), "204 ");
	CHECK(r->reply.content_type == NULL);
	buffer_add_text(reply_body(r, 200, "text/css"), TEXT("a{}"));
	CHECK_STRING(test_reply(r), "200 a{}");
	CHECK_STRING(r->reply.content_type, "text/css");
	fail(r, E_INTERNAL, FAIL_SENTENCE);
	reply_empty(r, 204);
	CHECK(!request_failed(r));
}

static void
header_values_cannot_end_the_line(void)
{
	struct request *r = test_request();

	reply_header(r, "Location", "/a%s", "\r\nSet-Cookie: x\x7F\x01");
	CHECK_STRING(test_header(r, "Location"), "/a  Set-Cookie: x  ");
	reply_header(r, "X-Name", "%s", "\xC3\xA4");
	CHECK_STRING(test_header(r, "X-Name"), "\xC3\xA4");
	CHECK_STOPS(reply_header(r, "Bad Name", "x"));
	CHECK_STOPS(reply_header(r, "", "x"));
	CHECK_STOPS(reply_header(r, "A:", "x"));
}

static void
too_many_headers_are_our_fault(void)
{
	struct request *r = test_request();

	for (int i = 0; i < REPLY_HEADERS_MAX; i++)
		reply_header(r, arena_printf(r->arena, "H%d", i), "%d", i);
	CHECK_INTEGER(r->reply.headers, REPLY_HEADERS_MAX);
	CHECK_STRING(test_header(r, "H7"), "7");
	reply_header(r, "H7", "again");
	CHECK_STOPS(reply_header(r, "One-More", "x"));
}

static void
ranges_have_sentences(void)
{
	struct request *r = test_request();

	fail_range(r, "", "count", 1, 1000);
	CHECK_STRING(test_reply(r),
	    "400 bad_value count must be between 1 and 1000");
	fail_range(r, "messages[3].", "delay", -5, INT64_MAX);
	CHECK_STRING(test_reply(r),
	    "400 bad_value messages[3].delay must be at least -5");
}

int
main(void)
{
	route_table(test_no_routes, &test_door);
	failing_drops_what_was_there();
	some_statuses_owe_a_header();
	good_replies();
	header_values_cannot_end_the_line();
	too_many_headers_are_our_fault();
	ranges_have_sentences();
	CHECK_STOPS(fail(test_request(), E_NONE, FAIL_SENTENCE));
	CHECK_STOPS(reply_empty(test_request(), 0));
	return test_result();
}
