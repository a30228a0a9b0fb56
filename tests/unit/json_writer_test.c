/*
 * What the JSON writer writes, and what it refuses to.
 */
#include <stdint.h>

#include "fcgi/json_writer.h"
#include "tests/unit/test.h"

static struct arena *arena;
static struct buffer out;
static struct json_writer w;

static struct json_writer *
fresh(void)
{
	buffer_init(&out, arena);
	json_start(&w, &out);
	return &w;
}

static struct text
written(void)
{
	return (struct text){ out.p, out.n };
}

static void
structure(void)
{
	fresh();
	json_open_object(&w);
	json_name(&w, "a");
	json_open_array(&w);
	json_close_array(&w);
	json_name(&w, "b");
	json_open_array(&w);
	json_number(&w, INT64_MIN);
	json_number(&w, INT64_MAX);
	json_open_object(&w);
	json_close_object(&w);
	json_open_object(&w);
	json_name_text(&w, TEXT("x\0\"y"));
	json_bool(&w, true);
	json_name(&w, "");
	json_bool(&w, false);
	json_close_object(&w);
	json_null_value(&w);
	json_text_or_null(&w, TEXT_ABSENT);
	json_text_or_null(&w, TEXT(""));
	json_text(&w, TEXT_ABSENT);
	json_close_array(&w);
	json_name(&w, "c");
	json_raw(&w, TEXT("{\"raw\" : 1.50}"));
	json_close_object(&w);
	CHECK_TEXT(written(), "{\"a\":[],\"b\":[-9223372036854775808,"
	    "9223372036854775807,{},{\"x\\u0000\\\"y\":true,\"\":false},"
	    "null,null,\"\",\"\"],\"c\":{\"raw\" : 1.50}}");
}

static void
check_text_as(struct text value, const char *wanted)
{
	fresh();
	json_text(&w, value);
	CHECK_TEXT(written(), wanted);
}

static void
escapes(void)
{
	check_text_as(TEXT("\"\\/\b\f\n\r\t"), "\"\\\"\\\\/\\b\\f\\n\\r\\t\"");
	check_text_as(TEXT("\0\x01\x1F\x20\x7F"),
	    "\"\\u0000\\u0001\\u001f \x7F\"");
	check_text_as(TEXT("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"),
	    "\"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\"");
}

#define REPLACED "\xEF\xBF\xBD"

static void
what_is_not_utf8_is_replaced(void)
{
	check_text_as(TEXT("a\xFFz"), "\"a" REPLACED "z\"");
	check_text_as(TEXT("\xC3"), "\"" REPLACED "\"");
	check_text_as(TEXT("\xC0\x80"), "\"" REPLACED REPLACED "\"");
	check_text_as(TEXT("\xED\xA0\x80\n"),
	    "\"" REPLACED REPLACED REPLACED "\\n\"");
	check_text_as(TEXT("\xE2\x82\"\xC3\xA4"),
	    "\"" REPLACED REPLACED "\\\"\xC3\xA4\"");
}

static void
times(void)
{
	static const struct {
		int64_t us;
		const char *wanted;
	} cases[] = {
		{ 0, "\"1970-01-01T00:00:00Z\"" },
		{ 1, "\"1970-01-01T00:00:00.000001Z\"" },
		{ -1, "\"1969-12-31T23:59:59.999999Z\"" },
		{ 1704067200000000, "\"2024-01-01T00:00:00Z\"" },
		{ 1709210096789000, "\"2024-02-29T12:34:56.789000Z\"" },
		{ 951782400000000, "\"2000-02-29T00:00:00Z\"" },
		{ -2203891200000000, "\"1900-03-01T00:00:00Z\"" },
		{ 4107542400000000, "\"2100-03-01T00:00:00Z\"" },
		{ -62167219200000000, "\"0000-01-01T00:00:00Z\"" },
		{ 253402300799999999, "\"9999-12-31T23:59:59.999999Z\"" },
		{ INT64_MAX, "\"9999-12-31T23:59:59.999999Z\"" },
		{ INT64_MIN + 1, "\"0000-01-01T00:00:00Z\"" },
		{ INT64_MIN, "null" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		fresh();
		json_time(&w, cases[i].us);
		CHECK_TEXT(written(), cases[i].wanted);
	}
}

static void
misuse_stops_the_process(void)
{
	CHECK_STOPS((json_open_object(fresh()), json_bool(&w, true)));
	CHECK_STOPS(json_name(fresh(), "a"));
	CHECK_STOPS((json_open_array(fresh()), json_name(&w, "a")));
	CHECK_STOPS((json_open_object(fresh()), json_name(&w, "a"),
	    json_name(&w, "b")));
	CHECK_STOPS((json_open_object(fresh()), json_name(&w, "a"),
	    json_close_object(&w)));
	CHECK_STOPS((json_open_object(fresh()), json_close_array(&w)));
	CHECK_STOPS(json_close_array(fresh()));
	CHECK_STOPS((json_bool(fresh(), true), json_bool(&w, true)));
	CHECK_STOPS(json_raw(fresh(), TEXT("")));
	fresh();
	for (int i = 1; i < JSON_WRITER_DEPTH_MAX; i++)
		json_open_array(&w);
	CHECK_STOPS(json_open_array(&w));
}

int
main(void)
{
	arena = arena_new();
	structure();
	escapes();
	what_is_not_utf8_is_replaced();
	times();
	misuse_stops_the_process();
	arena_free(arena);
	return test_result();
}
