/*
 * Avro schemas: what is one, what fits one, and in which words it is said what
 * does not. Thousands of others are compared with avsc (tests/avro).
 */
#include "fcgi/buffer.h"
#include "fcgi/clock.h"
#include "fcgi/limits.h"
#include "fcgi/schema.h"
#include "tests/unit/test.h"

static struct arena *arena;

/* What is wrong with a schema, or NULL. */
static const char *
fault_of(const char *schema)
{
	const char *why;

	if (schema_read(arena, arena, text_of(schema), &why))
		why = schema_doubt(arena, text_of(schema));
	return why;
}

/* What is wrong with a payload of a schema that is one, or NULL. */
static const char *
misfit_of(const char *schema, const char *payload)
{
	const char *why;
	const struct schema_type *type = schema_read(arena, arena,
	    text_of(schema), &why);

	CHECK_STRING(why, NULL);
	return type ? schema_misfit(type, arena, text_of(payload)) : why;
}

#define RECORD(fields) \
	"{\"type\":\"record\",\"name\":\"R\",\"fields\":[" fields "]}"
#define FIELD(name, rest) "{\"name\":\"" name "\"," rest "}"
#define ENUM "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"B\"]}"
#define FIXED "{\"type\":\"fixed\",\"name\":\"F\",\"size\":2}"
#define LOGICAL(type, logical) \
	"{\"type\":\"" type "\",\"logicalType\":\"" logical "\"}"
#define DECIMAL(precision) "{\"type\":\"bytes\",\"logicalType\":\"decimal\"," \
	"\"precision\":" precision "}"

static void
schemas_are_taken_or_refused_in_words(void)
{
	static const struct {
		const char *schema, *why;
	} rows[] = {
		{ "\"string\"", NULL },
		{ "[\"null\",\"string\"]", NULL },
		{ " {\"type\" : \"long\"} ", NULL },
		{ RECORD(""), NULL },
		{ RECORD(FIELD("a", "\"type\":\"R\"")), NULL },
		{ RECORD(FIELD("a", "\"type\":[\"int\",\"R\"],\"default\":1")),
		    NULL },
		{ RECORD(FIELD("a", "\"type\":[\"int\",\"null\"],"
		    "\"default\":null")), NULL },
		{ RECORD(FIELD("a", "\"type\":\"bytes\","
		    "\"default\":\"\\u0000\\u00ff\"")), NULL },
		{ RECORD(FIELD("a", "\"type\":\"double\","
		    "\"default\":123456789012345678901")), NULL },
		{ "", "it is no JSON" },
		{ "string", "it is no JSON, see byte 1" },
		{ "5", "a type must be a string, an object or an array" },
		{ "\"text\"", "there is no type \"text\"" },
		{ "{}", "\"type\" is missing" },
		{ "{\"type\":[\"null\"]}", "\"type\" must be a string" },
		{ "{\"type\":\"map\"}", "\"values\" is missing" },
		{ "{\"type\":\"int\",\"type\":\"int\"}",
		    "\"type\" is there twice in one object" },
		{ "[]", "a union must have a branch" },
		{ "[\"int\",\"int\"]", "/1: \"int\" is a branch already" },
		{ "[" FIXED ",\"F\"]", "/1: \"F\" is a branch already" },
		{ "[\"int\",[\"null\"]]",
		    "/1: a union must not be a branch of another" },
		{ "{\"type\":\"fixed\",\"name\":\"F\",\"size\":-1}",
		    "\"size\" must be an integer from 0 to 2147483647" },
		{ "{\"type\":\"fixed\",\"name\":\"1\",\"size\":1}",
		    "\"1\" is no name" },
		{ "{\"type\":\"fixed\",\"name\":\"a..b\",\"size\":1}",
		    "\"a..b\" is no name" },
		{ "{\"type\":\"fixed\",\"name\":\"F\",\"namespace\":\"a.\","
		    "\"size\":1}", "\"a.\" is no namespace" },
		{ "{\"type\":\"fixed\",\"name\":\"a.int\",\"size\":1}",
		    "\"a.int\" is Avro's own name" },
		{ "[" FIXED "," FIXED "]", "/1: \"F\" is defined twice" },
		{ "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\","
		    "\"A\"]}", "there are two symbols \"A\"" },
		{ "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"],"
		    "\"default\":\"B\"}",
		    "\"default\" must be one of the symbols" },
		{ RECORD("1"), "/fields/0: a field must be an object" },
		{ RECORD(FIELD("a", "\"type\":\"int\"") ","
		    FIELD("a", "\"type\":\"int\"")),
		    "there are two fields \"a\"" },
		{ RECORD(FIELD("a", "\"type\":\"int\",\"order\":\"up\"")),
		    "/fields/0: \"order\" must be ascending, descending or "
		    "ignore" },
		{ RECORD(FIELD("a", "\"type\":\"int\",\"aliases\":[\"1\"]")),
		    "/fields/0: \"aliases\" must be names" },
		{ RECORD(FIELD("a", "\"type\":{\"type\":\"array\","
		    "\"items\":\"Q\"}")),
		    "/fields/0/type/items: there is no type \"Q\"" },
		{ RECORD(FIELD("a", "\"type\":\"R\",\"default\":{\"a\":1}")),
		    "/fields/0: the default: /a: expected record R, got "
		    "number" },
		{ DECIMAL("1001"),
		    "\"precision\" is more than SCHEMA_PRECISION_MAX" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_STRING(fault_of(rows[i].schema), rows[i].why);
}

static void
names_are_of_the_namespace_around_them(void)
{
	static const char inner[] =
	    "{\"type\":\"record\",\"name\":\"a.b.R\",\"fields\":["
	    "{\"name\":\"f\",\"type\":" FIXED "},"
	    "{\"name\":\"g\",\"type\":\"%s\"}]}";

	CHECK_STRING(fault_of(arena_printf(arena, inner, "F")), NULL);
	CHECK_STRING(fault_of(arena_printf(arena, inner, "a.b.F")), NULL);
	CHECK_STRING(fault_of(arena_printf(arena, inner, "b.F")),
	    "/fields/1/type: there is no type \"b.F\"");
	/* Behind a record, those of the one around it again. */
	CHECK_STRING(fault_of(RECORD(FIELD("f", "\"type\":{\"type\":"
	    "\"record\",\"name\":\"a.S\",\"fields\":[]}") ","
	    FIELD("g", "\"type\":" FIXED) ","
	    FIELD("h", "\"type\":\"F\""))), NULL);
	CHECK_STRING(fault_of("[" FIXED ",{\"type\":\"record\",\"name\":\"R\","
	    "\"namespace\":\"x\",\"fields\":[{\"name\":\"f\",\"type\":"
	    "\"F\"}]}]"), "/1/fields/0/type: there is no type \"F\"");
}

static void
payloads_fit_or_it_is_said_what_does_not(void)
{
	static const struct {
		const char *schema, *payload, *why;
	} rows[] = {
		{ "\"null\"", "null", NULL },
		{ "\"null\"", "0", "expected null, got number" },
		{ "\"boolean\"", "false", NULL },
		{ "\"boolean\"", "\"true\"", "expected boolean, got string" },
		{ "\"int\"", " -2147483648 ", NULL },
		{ "\"int\"", "2147483647", NULL },
		{ "\"int\"", "2147483648", "expected int, got 2147483648" },
		{ "\"int\"", "1.0", "expected int, got 1.0" },
		{ "\"int\"", "1 2", "it is no JSON" },
		{ "\"long\"", "9223372036854775807", NULL },
		{ "\"long\"", "-9223372036854775808", NULL },
		{ "\"long\"", "9223372036854775808",
		    "expected long, got 9223372036854775808" },
		{ "\"float\"", "3.4028234663852886e38", NULL },
		{ "\"float\"", "-3.4028235E38", NULL },
		{ "\"float\"", "3.4028236e38",
		    "expected float, got 3.4028236e38" },
		{ "\"float\"", "-3.5e38", "expected float, got -3.5e38" },
		{ "\"double\"", "1.7976931348623157e308", NULL },
		{ "\"double\"", "1e309", "expected double, got 1e309" },
		{ "\"string\"", "\"\\u0000\"", NULL },
		{ "\"bytes\"", "\"\\u0000\\u00ff\"", NULL },
		{ "\"bytes\"", "\"\\u0100\"",
		    "expected bytes, got \"\u0100\"" },
		{ FIXED, "\"a\\u00e9\"", NULL },
		{ FIXED, "\"a\"", "expected fixed F of 2 bytes, got \"a\"" },
		{ FIXED, "\"abc\"",
		    "expected fixed F of 2 bytes, got \"abc\"" },
		{ ENUM, "\"B\"", NULL },
		{ ENUM, "\"C\"", "expected enum E, got \"C\"" },
		{ ENUM, "[\"B\"]", "expected enum E, got array" },
		{ "{\"type\":\"array\",\"items\":\"int\"}", "[]", NULL },
		{ "{\"type\":\"array\",\"items\":\"int\"}", "[1,2,null]",
		    "/2: expected int, got null" },
		{ "{\"type\":\"map\",\"values\":\"int\"}",
		    "{\"a/b~c\":\"x\"}",
		    "/a~1b~0c: expected int, got string" },
		{ "[\"null\",\"int\"]", "null", NULL },
		{ "[\"null\",\"int\"]", "1.5", "expected int, got 1.5" },
		{ "[\"null\",\"int\"]", "{\"int\":1}",
		    "expected null or int, got object" },
		{ "[\"int\",\"float\"]", "1e40",
		    "expected int or float, got 1e40" },
		{ RECORD(""), "{\"more\":1}", NULL },
		{ RECORD(FIELD("a", "\"type\":\"int\"")), "{}",
		    "/a: expected int, got nothing" },
		{ RECORD(FIELD("a", "\"type\":\"int\",\"default\":1")), "{}",
		    NULL },
		{ RECORD(FIELD("a", "\"type\":\"int\",\"default\":1")),
		    "{\"a\":null}", "/a: expected int, got null" },
		{ RECORD(FIELD("a", "\"type\":[\"null\",\"R\"]")),
		    "{\"a\":{\"a\":{\"b\":1}}}",
		    "/a/a/a: expected null or record R, got nothing" },
		{ RECORD(FIELD("a", "\"type\":\"int\",\"aliases\":[\"b\"]")),
		    "{\"b\":1}", "/a: expected int, got nothing" },
		{ RECORD(FIELD("b", "\"type\":\"int\"") ","
		    FIELD("a", "\"type\":\"int\"")), "{\"a\":1,\"b\":2}",
		    NULL },
		{ RECORD(""), "{\"a\":1,\"a\":2}",
		    "\"a\" is there twice in one object" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_STRING(misfit_of(rows[i].schema, rows[i].payload),
		    rows[i].why);
}

static void
logical_types_ask_for_more(void)
{
	static const struct {
		const char *schema, *payload;
		bool fits;
	} rows[] = {
		{ LOGICAL("string", "uuid"),
		    "\"550e8400-e29b-41d4-A716-446655440000\"", true },
		{ LOGICAL("string", "uuid"),
		    "\"550e8400e29b41d4a716446655440000\"", false },
		{ LOGICAL("int", "date"), "-1", true },
		{ LOGICAL("int", "date"), "2147483648", false },
		{ LOGICAL("int", "time-millis"), "86399999", true },
		{ LOGICAL("int", "time-millis"), "86400000", false },
		{ LOGICAL("int", "time-millis"), "-1", false },
		{ LOGICAL("long", "time-micros"), "86399999999", true },
		{ LOGICAL("long", "time-micros"), "86400000000", false },
		{ LOGICAL("long", "timestamp-micros"), "-1", true },
		/* Of the wrong type, or unknown: no logical type. */
		{ LOGICAL("long", "time-millis"), "-1", true },
		{ LOGICAL("string", "time"), "\"x\"", true },
		{ DECIMAL("0"), "\"\"", true },
		{ DECIMAL("2"), "\"\"", false },
		{ DECIMAL("2"), "\"\\u0063\"", true },		/* 99 */
		{ DECIMAL("2"), "\"\\u0064\"", false },		/* 100 */
		{ DECIMAL("2"), "\"\\u0000\\u0000\\u0063\"", true },
		{ DECIMAL("2"), "\"\\u009d\"", true },		/* -99 */
		{ DECIMAL("2"), "\"\\u009c\"", false },		/* -100 */
		{ DECIMAL("2"), "\"\\u00ff\\u009d\"", true },
		{ DECIMAL("2"), "\"\\u00ff\\u0063\"", false },	/* -157 */
		{ DECIMAL("3"), "\"\\u0003\\u00e7\"", true },	/* 999 */
		{ DECIMAL("3"), "\"\\u0003\\u00e8\"", false },
		{ DECIMAL("1000"), "\"\\u007f\"", true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *why = misfit_of(rows[i].schema, rows[i].payload);

		CHECK(!why == rows[i].fits);
		if (!why != rows[i].fits)
			fprintf(stderr, "\t%s of %s\n", rows[i].payload,
			    rows[i].schema);
	}
	CHECK_STRING(misfit_of(DECIMAL("2"), "\"d\""),
	    "expected bytes as decimal(2, 0), got \"d\"");
}

/* The text around a middle, so many times. */
static const char *
nested(int times, const char *open, const char *middle, const char *close)
{
	struct buffer text;

	buffer_init(&text, arena);
	for (int i = 0; i < times; i++)
		buffer_add_text(&text, text_of(open));
	buffer_add_text(&text, text_of(middle));
	for (int i = 0; i < times; i++)
		buffer_add_text(&text, text_of(close));
	buffer_add_byte(&text, '\0');
	return text.p;
}

static void
what_can_grow_has_a_limit(void)
{
	static const char array[] = "{\"type\":\"array\",\"items\":";
	const char *why;

	CHECK_STRING(fault_of(nested(SCHEMA_DEPTH_MAX - 1, array, "\"int\"",
	    "}")), NULL);
	CHECK_STRING(fault_of(nested(SCHEMA_DEPTH_MAX, array, "\"int\"", "}")),
	    "types nest deeper than SCHEMA_DEPTH_MAX (64)");
	CHECK_STRING(fault_of(nested(SCHEMA_BYTES_MAX, " ", "\"int\"", "")),
	    "it has more than 131072 bytes (SCHEMA_BYTES_MAX)");
	why = misfit_of(RECORD(FIELD("a", "\"type\":[\"null\",\"R\"]")),
	    nested(JSON_DEPTH_MAX, "{\"a\":", "null", "}"));
	CHECK_STRING(why, "it nests deeper than JSON_DEPTH_MAX (128)");
}

/*
 * Each level may be a record of one of two kinds, and only the innermost value
 * tells that it is neither: 2 to the 100th ways to read it.
 */
static void
a_payload_that_can_be_read_in_many_ways_is_refused_soon(void)
{
	static const char schema[] =
	    "{\"type\":\"record\",\"name\":\"A\",\"fields\":[{\"name\":\"f\","
	    "\"type\":[\"null\",\"A\",{\"type\":\"record\",\"name\":\"B\","
	    "\"fields\":[{\"name\":\"f\",\"type\":[\"null\",\"A\",\"B\"]}]"
	    "}]}]}";
	int64_t started_us = clock_monotonic_us();

	CHECK_STRING(misfit_of(schema, nested(100, "{\"f\":", "null", "}")),
	    NULL);
	CHECK_STRING(misfit_of(schema, nested(100, "{\"f\":", "5", "}")),
	    "there are too many ways to read it (SCHEMA_STEPS, "
	    "SCHEMA_STEPS_PER_BYTE)");
	CHECK(clock_monotonic_us() - started_us < 1000000);
}

/* Of a union of many types, so many bytes are looked at by each. */
static void
a_long_value_is_not_looked_at_by_thousands_of_types(void)
{
	struct buffer schema;
	int64_t started_us = clock_monotonic_us();

	buffer_init(&schema, arena);
	for (int i = 0; i < 3000; i++)
		buffer_printf(&schema, "%s{\"type\":\"fixed\",\"name\":"
		    "\"f%d\",\"size\":1}", i ? "," : "[", i);
	buffer_add(&schema, "]", 2);
	CHECK_STRING(misfit_of(schema.p, nested(1, "\"",
	    nested(1 << 20, "x", "", ""), "\"")),
	    "there are too many ways to read it (SCHEMA_STEPS, "
	    "SCHEMA_STEPS_PER_BYTE)");
	CHECK(clock_monotonic_us() - started_us < 1000000);
}

/* One of them can be read soon enough; all of them are one schema's. */
static void
many_defaults_together_have_a_limit(void)
{
	static const char record[] = "{\"type\":\"record\",\"name\":\"R\","
	    "\"fields\":[{\"name\":\"x\",\"type\":{\"type\":\"record\","
	    "\"name\":\"B\",\"fields\":[{\"name\":\"f\",\"type\":[\"int\","
	    "{\"type\":\"record\",\"name\":\"A\",\"fields\":[{"
	    "\"name\":\"f\",\"type\":[\"null\",\"A\",{\"type\":\"record\","
	    "\"name\":\"C\",\"fields\":[{\"name\":\"f\",\"type\":[\"null\","
	    "\"A\",\"C\"]}]}]}]},\"C\",\"B\"]}]},\"default\":%s}%s]}";
	const char *value = nested(11, "{\"f\":", "5", "}");
	struct buffer more;

	buffer_init(&more, arena);
	for (int i = 0; i < 200; i++)
		buffer_printf(&more, ",{\"name\":\"x%d\",\"type\":\"B\","
		    "\"default\":%s}", i, value);
	buffer_add_byte(&more, '\0');
	CHECK_STRING(fault_of(arena_printf(arena, record, value, "")), NULL);
	CHECK_STRING(fault_of(arena_printf(arena, record, value, more.p)),
	    "/fields/71: the default: there are too many ways to read it "
	    "(SCHEMA_STEPS, SCHEMA_STEPS_PER_BYTE)");
}

static void
what_fits_leaves_nothing_in_the_arena(void)
{
	const char *why, *list = nested(20000, "1,", "1", "");
	const struct schema_type *type = schema_read(arena, arena,
	    TEXT("{\"type\":\"array\",\"items\":\"int\"}"), &why);
	struct text payload = text_of(arena_printf(arena, "[%s]", list));
	struct arena *scratch = arena_new();
	size_t before = arena_bytes(scratch);

	CHECK_STRING(schema_misfit(type, scratch, payload), NULL);
	CHECK_INTEGER(arena_bytes(scratch), before);
	arena_free(scratch);
}

/* Each of the records reads the number, and says no for another reason. */
static void
what_is_tried_leaves_nothing_in_the_arena(void)
{
	const char *number = nested(1 << 16, "0", "", ""), *why;
	const struct schema_type *type;
	struct arena *scratch = arena_new();
	struct buffer schema;
	struct text payload;

	buffer_init(&schema, arena);
	for (int i = 0; i < 32; i++)
		buffer_printf(&schema, "%s{\"type\":\"record\",\"name\":"
		    "\"R%d\",\"fields\":[{\"name\":\"a\",\"type\":"
		    "\"double\"},{\"name\":\"b%d\",\"type\":\"int\"}]}",
		    i ? "," : "[", i, i);
	buffer_add_byte(&schema, ']');
	type = schema_read(arena, arena, (struct text){ schema.p, schema.n },
	    &why);
	payload = text_of(arena_printf(arena, "{\"a\":0.%s}", number));
	CHECK(type && schema_misfit(type, scratch, payload));
	CHECK(arena_bytes(scratch) < 2 * payload.n);
	arena_free(scratch);
}

int
main(void)
{
	arena = arena_new();
	schemas_are_taken_or_refused_in_words();
	names_are_of_the_namespace_around_them();
	payloads_fit_or_it_is_said_what_does_not();
	logical_types_ask_for_more();
	what_can_grow_has_a_limit();
	a_payload_that_can_be_read_in_many_ways_is_refused_soon();
	a_long_value_is_not_looked_at_by_thousands_of_types();
	many_defaults_together_have_a_limit();
	what_fits_leaves_nothing_in_the_arena();
	what_is_tried_leaves_nothing_in_the_arena();
	arena_free(arena);
	return test_result();
}
