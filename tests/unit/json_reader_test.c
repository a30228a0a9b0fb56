/*
 * JSON bodies: what is refused as a whole, and each member's type, range and
 * sentence.
 */
#include "fcgi/json_reader.h"
#include "tests/unit/request.h"
#include "tests/unit/test.h"

static struct request *r;
static struct json_reader j;

static bool
read_text(struct text body)
{
	r = test_request();
	r->body = body;
	r->content_type = TEXT("application/json");
	return json_read_body(&j, r, false);
}

static bool
read_string(const char *body)
{
	return read_text(text_of(body));
}

static void
check_reply(const char *wanted)
{
	CHECK_STRING(test_reply(r), wanted);
}

static void
what_is_no_object_is_refused(void)
{
	static const struct text bad[] = {
		TEXT(""), TEXT(" "), TEXT("[]"), TEXT("\"x\""), TEXT("1"),
		TEXT("null"), TEXT("true"), TEXT("{"), TEXT("}"), TEXT("{}}"),
		TEXT("{} x"), TEXT("{},"), TEXT("{\"a\":1,}"), TEXT("{a:1}"),
		TEXT("{'a':1}"), TEXT("{\"a\":01}"), TEXT("{\"a\":+1}"),
		TEXT("{\"a\":.5}"), TEXT("{\"a\":NaN}"), TEXT("{\"a\":1e999}"),
		TEXT("{\"a\":99999999999999999999}"), TEXT("{\"a\":\"\n\"}"),
		TEXT("{\"a\":\"\\x\"}"), TEXT("{\"a\":\"\\u12\"}"),
		TEXT("{\"a\":\"\\ud800\"}"), TEXT("{\"a\":\"\\udc00\"}"),
		TEXT("{\"a\\u0000b\":1}"), TEXT("{\"a\":\"\xFF\"}"),
		TEXT("{\"a\":\"\xC0\x80\"}"), TEXT("{\"a\":\"\xED\xA0\x80\"}"),
		TEXT("{\"a\":\"\xF4\x90\x80\x80\"}"), TEXT("{\"\xC3\":1}"),
		TEXT("{\"a\":1}\0"), TEXT("{\"a\":\"\0\"}"), TEXT("\0"),
		TEXT("\xEF\xBB\xBF{}"), TEXT("{/**/}"), TEXT("{\"a\":1"),
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		CHECK(!read_text(bad[i]));
		check_reply("400 bad_json invalid request body");
	}
}

static void
doubled_members_are_refused(void)
{
	CHECK(!read_string("{\"a\":1,\n\"b\":{\"c\":1,\"c\":2}}"));
	CHECK_INTEGER(r->reply.error, E_BAD_JSON);
	CHECK(strstr(test_reply(r), "line 2"));
	CHECK(strstr(test_reply(r), "duplicate object key near '\"c\"'"));
	CHECK(!read_string("{\"a\":1,\"\\u0061\":1}"));
	CHECK_INTEGER(r->reply.error, E_BAD_JSON);
}

/* {"a": and brackets within brackets, `depth` of them with the outermost. */
static bool
read_nested(int depth, char open, char close)
{
	struct arena *arena = arena_new();
	struct buffer b;
	bool good;

	buffer_init(&b, arena);
	buffer_add_text(&b, TEXT("{\"a\":"));
	for (int i = 1; i < depth; i++) {
		buffer_add_byte(&b, open);
		if (open == '{' && i + 1 < depth)
			buffer_add_text(&b, TEXT("\"x\":"));
	}
	for (int i = 1; i < depth; i++)
		buffer_add_byte(&b, close);
	buffer_add_byte(&b, '}');
	good = read_text((struct text){ b.p, b.n });
	arena_free(arena);
	return good;
}

static void
depth_has_a_limit(void)
{
	CHECK(read_nested(JSON_DEPTH_MAX, '[', ']'));
	CHECK(read_nested(JSON_DEPTH_MAX, '{', '}'));
	CHECK(!read_nested(JSON_DEPTH_MAX + 1, '[', ']'));
	check_reply("400 bad_json the body nests deeper than "
	    "JSON_DEPTH_MAX (128)");
	CHECK(!read_nested(JSON_DEPTH_MAX + 1, '{', '}'));
	CHECK(!read_nested(1 << 20, '[', ']'));
	/* Brackets in texts do not nest, whatever escapes stand there. */
	read_string("{\"a\":\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
	    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
	    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\\\"}");
	CHECK(!request_failed(r));
}

static void
content_types(void)
{
	static const char *const good[] = { NULL, "", "application/json",
		"APPLICATION/Json", "application/json; charset=utf-8",
		"application/json ;x", "application/problem+json",
		"application/vnd.x+JSON;v=1" };
	static const char *const bad[] = { "text/plain", "application/jsonp",
		"application/x-www-form-urlencoded", "+json", "json",
		"application/xml; a=+json", "application/jso", "x/json" };

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		r = test_request();
		r->content_type = text_of(good[i]);
		r->body = TEXT("{}");
		CHECK(json_read_body(&j, r, false));
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		r = test_request();
		r->content_type = text_of(bad[i]);
		r->body = TEXT("{}");
		CHECK(!json_read_body(&j, r, true));
		CHECK_INTEGER(r->reply.error, E_MEDIA_TYPE);
		r = test_request();
		r->content_type = text_of(bad[i]);
		CHECK(json_read_body(&j, r, true));
	}
}

static void
an_absent_body_has_no_members(void)
{
	r = test_request();
	CHECK(json_read_body(&j, r, true));
	CHECK(json_member_text(&j, "a", 0, 10).p == NULL);
	CHECK_INTEGER(json_member_integer(&j, "b", 7, 0, 1), 7);
	CHECK(json_member_array(&j, "c", 10) == NULL);
	CHECK(json_done(&j));
	CHECK(json_member_text(&j, "a", JSON_REQUIRED, 10).p == NULL);
	check_reply("400 bad_value a is required");
}

static void
good_members_are_read(void)
{
	CHECK(read_string(" {\"t\":\"a\\u00e4\\ud83d\\ude00\\n\",\"e\":\"\","
	    "\"i\":-9223372036854775808,\"y\":true,\"n\":null,"
	    "\"l\":[1,2],\"o\":{\"x\":{}},\"z\":\"\\u0000\"} \n"));
	CHECK_TEXT(json_member_text(&j, "t", JSON_REQUIRED | JSON_NOT_EMPTY,
	    8), "a\xC3\xA4\xF0\x9F\x98\x80\n");
	CHECK_TEXT(json_member_text(&j, "e", JSON_REQUIRED, 0), "");
	CHECK_INTEGER(json_member_integer(&j, "i", 0, INT64_MIN, 0),
	    INT64_MIN);
	CHECK(json_member_bool(&j, "y", false));
	CHECK(json_member_bool(&j, "n", true));
	CHECK(json_member_text(&j, "n", 0, 1).p == NULL);
	CHECK_INTEGER(json_member_integer(&j, "n", 5, 1, 9), 5);
	CHECK(json_member_object(&j, "n") == NULL);
	CHECK_INTEGER(json_member_array(&j, "l", 2)->count, 2);
	CHECK_INTEGER(json_member_object(&j, "o")->count, 1);
	CHECK_INTEGER(json_member_text(&j, "z", JSON_NUL_ALLOWED, 1).n, 1);
	CHECK(json_done(&j));
}

/* One member of a body read in one way, and the reply that it must cause. */
static void
faults_of_texts(void)
{
	static const struct {
		const char *body;
		int rules;
		const char *wanted;
	} cases[] = {
		{ "{}", 1, "400 bad_value a is required" },
		{ "{\"a\":null}", 1, "400 bad_value a is required" },
		{ "{\"a\":\"\"}", 3, "400 bad_value a is required" },
		{ "{\"a\":\"\"}", 2, "400 bad_value a must not be empty" },
		{ "{\"a\":1}", 0, "400 bad_type \"a\" must be a string" },
		{ "{\"a\":{}}", 0, "400 bad_type \"a\" must be a string" },
		{ "{\"a\":\"12345\"}", 0,
		  "400 bad_value a must be at most 4 bytes" },
		{ "{\"a\":\"\\u00e4\\u00e4.\"}", 0,
		  "400 bad_value a must be at most 4 bytes" },
		{ "{\"a\":\"x\\u0000\"}", 0,
		  "400 bad_value a must not contain U+0000" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CHECK(read_string(cases[i].body));
		CHECK(json_member_text(&j, "a", cases[i].rules, 4).p == NULL);
		check_reply(cases[i].wanted);
		CHECK(!json_done(&j));
	}
}

static void
faults_of_other_types(void)
{
	static const char *const no_integers[] = { "{\"a\":\"1\"}",
		"{\"a\":1.0}", "{\"a\":1e2}", "{\"a\":true}", "{\"a\":[]}" };

	for (size_t i = 0; i < sizeof no_integers / sizeof *no_integers; i++) {
		CHECK(read_string(no_integers[i]));
		CHECK_INTEGER(json_member_integer(&j, "a", 7, 0, 9), 7);
		check_reply("400 bad_type \"a\" must be an integer");
	}
	CHECK(read_string("{\"a\":1001}"));
	CHECK_INTEGER(json_member_integer(&j, "a", 7, 1, 1000), 7);
	check_reply("400 bad_value a must be between 1 and 1000");
	CHECK(read_string("{\"a\":0}"));
	json_member_integer(&j, "a", 7, 1, INT64_MAX);
	check_reply("400 bad_value a must be at least 1");
	CHECK(read_string("{\"a\":1}"));
	CHECK(json_member_bool(&j, "a", true));
	check_reply("400 bad_type \"a\" must be true or false");
	CHECK(read_string("{\"a\":{}}"));
	CHECK(json_member_array(&j, "a", 9) == NULL);
	check_reply("400 bad_type \"a\" must be an array");
	CHECK(read_string("{\"a\":[1,2,3]}"));
	CHECK(json_member_array(&j, "a", 2) == NULL);
	check_reply("400 bad_value a must have at most 2 items");
	CHECK(read_string("{\"a\":[]}"));
	CHECK(json_member_object(&j, "a") == NULL);
	check_reply("400 bad_type \"a\" must be an object");
}

static void
unknown_members_are_refused(void)
{
	CHECK(read_string("{\"a\":1,\"x\":null}"));
	json_member_integer(&j, "a", 0, 0, 9);
	CHECK(!json_done(&j));
	check_reply("400 unknown_member unknown member \"x\"");
	CHECK(read_string("{\"\":1}"));
	CHECK(!json_done(&j));
	check_reply("400 unknown_member unknown member \"\"");
}

static void
the_first_fault_is_kept(void)
{
	CHECK(read_string("{\"a\":1,\"b\":1}"));
	json_member_text(&j, "a", 0, 9);
	CHECK(json_member_text(&j, "b", JSON_REQUIRED, 9).p == NULL);
	CHECK(json_member_text(&j, "c", JSON_REQUIRED, 9).p == NULL);
	CHECK_INTEGER(json_member_integer(&j, "b", 7, 0, 9), 7);
	CHECK(!json_done(&j));
	check_reply("400 bad_type \"a\" must be a string");
	CHECK(!json_read_body(&j, r, true));
	check_reply("400 bad_type \"a\" must be a string");
}

static void
nested_objects_say_where(void)
{
	struct json_reader item;
	const struct json *first, *second, *third;

	CHECK(read_string("{\"m\":[{\"a\":1},{\"a\":\"x\",\"y\":2},3]}"));
	first = json_member_array(&j, "m", 9)->first;
	second = first->next;
	third = second->next;
	CHECK(json_read_element(&item, r, first, "m", 0));
	CHECK_INTEGER(json_member_integer(&item, "a", 0, 0, 9), 1);
	CHECK(json_done(&item));
	CHECK(json_read_element(&item, r, second, "m", 1));
	CHECK(!json_done(&item));
	CHECK(strstr(test_reply(r), "unknown member \"m[1]."));
	r->reply.error = E_NONE;
	CHECK(json_read_element(&item, r, second, "m", 1));
	json_member_integer(&item, "a", 0, 0, 9);
	check_reply("400 bad_type \"m[1].a\" must be an integer");
	r->reply.error = E_NONE;
	CHECK(!json_read_element(&item, r, third, "m", 2));
	check_reply("400 bad_type \"m[2]\" must be an object");
}

int
main(void)
{
	route_table(test_no_routes, &test_door);
	what_is_no_object_is_refused();
	doubled_members_are_refused();
	depth_has_a_limit();
	content_types();
	an_absent_body_has_no_members();
	good_members_are_read();
	faults_of_texts();
	faults_of_other_types();
	unknown_members_are_refused();
	the_first_fault_is_kept();
	nested_objects_say_where();
	return test_result();
}
