/*
 * The endpoints that name their arguments: which words of a command they make
 * of a request, and what they refuse themselves.
 */
#include "fcgi/route.h"
#include "handlers/handlers.h"
#include "handlers/plates/command.h"
#include "tests/unit/request.h"
#include "tests/unit/test.h"

/* In place of handlers/plates/command_serve.c: the words are the reply. */
enum verdict
command_serve(struct request *r, bool (*read)(struct request *r,
    struct command *c, const void *how), const void *how)
{
	struct command c = { .plate = r->param[0] };
	struct buffer *b;

	if (!read(r, &c, how))
		return DONE;
	b = reply_body(r, 200, "text/plain");
	for (int i = 0; i < c.words; i++)
		buffer_printf(b, "%s%.*s", i ? " " : "",
		    TEXT_ARG(c.word[i]));
	return DONE;
}

static const char *
reply_to(enum verdict (*handler)(struct request *r), enum method method,
    const char *query, const char *body)
{
	struct request *r = test_request();

	r->method = method;
	r->param[0] = TEXT("shop");
	r->param[1] = TEXT("events");
	r->param[2] = TEXT("workers");
	r->query = text_of(query);
	r->body = text_of(body);
	handler(r);
	return test_reply(r);
}

#define POST(handler, body, reply) \
	CHECK_STRING(reply_to(handler, METHOD_POST, "", body), reply)
#define GET(handler, query, reply) \
	CHECK_STRING(reply_to(handler, METHOD_GET, query, ""), reply)

static void
add(void)
{
	POST(plate_add, "{\"key\":\"events\",\"values\":{\"b\":\"2\","
	    "\"a\":\"1\"}}", "200 XADD events * b 2 a 1");
	POST(plate_add, "{\"key\":\" events\\t\",\"id\":\" 5-1 \","
	    "\"values\":{\" f \":\" v \"}}", "200 XADD events 5-1  f   v ");
	POST(plate_add, "{\"id\":null,\"key\":\"k\",\"values\":{\"n\":"
	    "12345678901234567890,\"x\":-1.50e+3,\"t\":true,\"f\":false,"
	    "\"j\":{\"b\" : [1.0, null, \"<\\u0041\\n\"], \"a\":{}}}}",
	    "200 XADD k * n 12345678901234567890 x -1.50e+3 t true f false "
	    "j {\"b\":[1.0,null,\"<A\\n\"],\"a\":{}}");
	POST(plate_add, "{\"key\":\"k\",\"nomkstream\":true,\"strategy\":"
	    "\"maxlen\",\"threshold\":10,\"approximate\":true,\"limit\":5,"
	    "\"values\":{\"a\":\"\"}}",
	    "200 XADD k NOMKSTREAM maxlen ~ 10 LIMIT 5 * a ");
	POST(plate_add, "{\"key\":\"k\",\"strategy\":\"MinID\","
	    "\"threshold\":\" 5-0\",\"values\":{\"a\":1}}",
	    "200 XADD k MinID 5-0 * a 1");
	POST(plate_add, "{\"key\":\"k\",\"values\":{\"a\":null}}",
	    "400 bad_value \"values.a\" must not be null");
	POST(plate_add, "{\"key\":\"k\",\"values\":{}}",
	    "400 bad_value values must contain at least one field");
	POST(plate_add, "{\"key\":\"k\"}",
	    "400 bad_value values is required");
	POST(plate_add, "{\"key\":\"k\",\"values\":[1]}",
	    "400 bad_type \"values\" must be an object");
	POST(plate_add, "{\"key\":\" \",\"values\":{\"a\":1}}",
	    "400 bad_value key is required");
	POST(plate_add, "{\"values\":{\"a\":1}}",
	    "400 bad_value key is required");
	POST(plate_add, "{\"key\":7,\"values\":{\"a\":1}}",
	    "400 bad_type \"key\" must be a string");
	POST(plate_add, "{\"key\":\"k\",\"values\":{\"a\":1},\"x\":1}",
	    "400 unknown_member unknown member \"x\"");
	POST(plate_add, "{\"key\":\"k\",\"values\":{\"a\":1,\"a\":2}}",
	    "400 bad_json line 1, column 31: duplicate object key near "
	    "'\"a\"'");
	POST(plate_add, "{\"key\":\"k\",\"values\":{\"a\":1},"
	    "\"threshold\":5}", "400 bad_value strategy is required");
	POST(plate_add, "[]", "400 bad_json the body must be an object");
	POST(plate_add, "", "400 bad_json invalid request body");
	POST(plate_add, "{\"key\":01}", "400 bad_json invalid request body");
}

static void
ranges(void)
{
	GET(plate_length, "", "200 XLEN events");
	GET(plate_length, "x=1", "400 bad_query unknown parameter \"x\"");
	GET(plate_range, "", "200 XRANGE events - +");
	GET(plate_range, "start=+&end=+&count=", "200 XRANGE events - +");
	GET(plate_range, "start=%281-1&end=%2B&count=010",
	    "200 XRANGE events (1-1 + COUNT 010");
	GET(plate_reverse, "", "200 XREVRANGE events + -");
	GET(plate_reverse, "start=9&end=1&count=-1",
	    "200 XREVRANGE events 9 1 COUNT -1");
}

static void
reading(void)
{
	POST(plate_read, "{\"streams\":[{\"key\":\"a\"},{\"key\":\"b\","
	    "\"id\":\"5\"}],\"block_ms\":5000,\"count\":25}",
	    "200 XREAD COUNT 25 BLOCK 5000 STREAMS a b $ 5");
	POST(plate_read, "{\"streams\":[{\"key\":\"a\"}],\"block_ms\":null}",
	    "200 XREAD STREAMS a $");
	POST(plate_read, "{\"streams\":[]}",
	    "400 bad_value streams must not be empty");
	POST(plate_read, "{}", "400 bad_value streams is required");
	POST(plate_read, "{\"streams\":[{\"key\":\"a\"},{\"id\":\"5\"}]}",
	    "400 bad_value streams[1].key is required");
	POST(plate_read, "{\"streams\":[{\"key\":\"a\"},7]}",
	    "400 bad_type \"streams[1]\" must be an object");
	POST(plate_read, "{\"streams\":[{\"key\":\"a\",\"x\":1}]}",
	    "400 unknown_member unknown member \"streams[0].x\"");
	POST(plate_read, "{\"streams\":[{\"key\":\"a\"}],\"count\":\"1\"}",
	    "400 bad_type \"count\" must be an integer");
	POST(plate_read, "{\"streams\":[{\"key\":\"a\"}],\"count\":1.5}",
	    "400 bad_type \"count\" must be an integer");
	POST(plate_group_read, "{\"group\":\"streams\",\"consumer\":\"c\","
	    "\"streams\":[{\"key\":\"a\"},{\"key\":\"b\",\"id\":\"0\"}],"
	    "\"noack\":true,\"count\":99999999999999999999}",
	    "200 XREADGROUP GROUP streams c COUNT 99999999999999999999 NOACK "
	    "STREAMS a b > 0");
	POST(plate_group_read, "{\"group\":\"g\",\"streams\":[]}",
	    "400 bad_value consumer is required");
}

static void
trimming(void)
{
	POST(plate_trim, "{\"key\":\"k\",\"strategy\":\"maxlen\","
	    "\"threshold\":1000,\"approximate\":true}",
	    "200 XTRIM k maxlen ~ 1000");
	POST(plate_trim, "{\"key\":\"k\",\"strategy\":\"minid\","
	    "\"threshold\":\"5-1\",\"limit\":0}",
	    "200 XTRIM k minid 5-1 LIMIT 0");
	POST(plate_trim, "{\"key\":\"k\",\"threshold\":1}",
	    "400 bad_value strategy is required");
	POST(plate_trim, "{\"key\":\"k\",\"strategy\":\"maxlen\"}",
	    "400 bad_value threshold is required");
	POST(plate_trim, "{\"key\":\"k\",\"strategy\":\"x\","
	    "\"threshold\":1}",
	    "400 bad_value strategy must be maxlen or minid");
	POST(plate_trim, "{\"key\":\"k\",\"strategy\":\"maxlen\","
	    "\"threshold\":true}",
	    "400 bad_type \"threshold\" must be a string or a number");
	POST(plate_remove, "{\"key\":\"k\",\"ids\":[\"1-1\",\" 2\"]}",
	    "200 XDEL k 1-1  2");
	POST(plate_remove, "{\"key\":\"k\",\"ids\":[]}",
	    "400 bad_value ids must not be empty");
	POST(plate_remove, "{\"key\":\"k\"}",
	    "400 bad_value ids is required");
	POST(plate_remove, "{\"key\":\"k\",\"ids\":[\"1\",\" \"]}",
	    "400 bad_value ids[1] must not be blank");
	POST(plate_remove, "{\"key\":\"k\",\"ids\":[1]}",
	    "400 bad_type \"ids[0]\" must be a string");
}

static void
information(void)
{
	GET(plate_info, "", "200 XINFO stream events");
	GET(plate_info, "section=STREAM&count=5", "200 XINFO stream events");
	GET(plate_info, "section=full", "200 XINFO stream events FULL");
	GET(plate_info, "section=full&count=5",
	    "200 XINFO stream events FULL COUNT 5");
	GET(plate_info, "section=Groups", "200 XINFO groups events");
	GET(plate_info, "section=consumers&group=g",
	    "200 XINFO consumers events g");
	GET(plate_info, "section=consumers",
	    "400 bad_query group is required");
	GET(plate_info, "section=x", "400 bad_query section must be stream, "
	    "full, groups or consumers");
}

static void
groups(void)
{
	POST(plate_group_create, "{\"key\":\"k\",\"group\":\"g\"}",
	    "200 XGROUP CREATE k g $");
	POST(plate_group_create, "{\"key\":\"k\",\"group\":\"g\",\"id\":"
	    "\"0\",\"mkstream\":true,\"entries_read\":-1}",
	    "200 XGROUP CREATE k g 0 MKSTREAM ENTRIESREAD -1");
	POST(plate_group_create, "{\"key\":\"k\",\"group\":\"g\","
	    "\"mkstream\":1}",
	    "400 bad_type \"mkstream\" must be true or false");
	POST(plate_group_set_id, "{\"key\":\"k\",\"group\":\"g\",\"id\":"
	    "\"-\",\"entries_read\":3}",
	    "200 XGROUP SETID k g - ENTRIESREAD 3");
	POST(plate_group_set_id, "{\"key\":\"k\",\"group\":\"g\"}",
	    "400 bad_value id is required");
	POST(plate_group_destroy, "{\"key\":\"k\",\"group\":\"g\"}",
	    "200 XGROUP DESTROY k g");
	POST(plate_consumer_create,
	    "{\"key\":\"k\",\"group\":\"g\",\"consumer\":\"c\"}",
	    "200 XGROUP CREATECONSUMER k g c");
	POST(plate_consumer_delete,
	    "{\"key\":\"k\",\"group\":\"g\",\"consumer\":\"c\"}",
	    "200 XGROUP DELCONSUMER k g c");
	POST(plate_ack, "{\"key\":\"k\",\"group\":\"g\",\"ids\":[\"1\"]}",
	    "200 XACK k g 1");
}

static void
claiming(void)
{
	GET(plate_pending, "", "200 XPENDING events workers");
	GET(plate_pending, "count=5&consumer=c&end=9&min_idle_ms=1",
	    "200 XPENDING events workers");
	GET(plate_pending, "start=-", "200 XPENDING events workers - + 10");
	GET(plate_pending, "start=-&end=5&count=3&consumer=c&min_idle_ms=9",
	    "200 XPENDING events workers IDLE 9 - 5 3 c");
	POST(plate_claim, "{\"key\":\"k\",\"group\":\"g\",\"consumer\":"
	    "\"c\",\"ids\":[\"1-1\",\"2-1\"]}",
	    "200 XCLAIM k g c 0 1-1 2-1");
	POST(plate_claim, "{\"key\":\"k\",\"group\":\"g\",\"consumer\":"
	    "\"c\",\"min_idle_ms\":60000,\"ids\":[\"1-1\"],\"idle_ms\":1,"
	    "\"time_ms\":2,\"retry_count\":3,\"force\":true,\"justid\":true,"
	    "\"last_id\":\"4-4\"}", "200 XCLAIM k g c 60000 1-1 IDLE 1 "
	    "TIME 2 RETRYCOUNT 3 FORCE JUSTID LASTID 4-4");
	POST(plate_autoclaim, "{\"key\":\"k\",\"group\":\"g\",\"consumer\":"
	    "\"c\",\"start\":\"0\"}", "200 XAUTOCLAIM k g c 0 0");
	POST(plate_autoclaim, "{\"key\":\"k\",\"group\":\"g\",\"consumer\":"
	    "\"c\",\"min_idle_ms\":5,\"start\":\"0-0\",\"count\":7,"
	    "\"justid\":true}", "200 XAUTOCLAIM k g c 5 0-0 COUNT 7 JUSTID");
	POST(plate_autoclaim, "{\"key\":\"k\",\"group\":\"g\",\"consumer\":"
	    "\"c\"}", "400 bad_value start is required");
}

/* As deep as a body may be, and no deeper. */
static void
nested_values(void)
{
	char body[512], want[512], value[512] = "";

	for (int i = 0; i < JSON_DEPTH_MAX - 2; i++)
		strcat(value, "[");
	for (int i = 0; i < JSON_DEPTH_MAX - 2; i++)
		strcat(value, "]");
	snprintf(body, sizeof(body), "{\"key\":\"k\",\"values\":{\"a\":%s}}",
	    value);
	snprintf(want, sizeof(want), "200 XADD k * a %s", value);
	POST(plate_add, body, want);
	snprintf(body, sizeof(body),
	    "{\"key\":\"k\",\"values\":{\"a\":[%s]}}", value);
	POST(plate_add, body, "400 bad_json the body nests deeper than "
	    "JSON_DEPTH_MAX (128)");
}

int
main(void)
{
	route_table(test_no_routes, &test_door);
	add();
	ranges();
	reading();
	trimming();
	information();
	groups();
	claiming();
	nested_values();
	arena_reset(test_request()->arena);
	return test_result();
}
