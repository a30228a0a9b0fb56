/*
 * JSON texts as trees: what jansson and ours agree on is the fuzzer's; here
 * is what a reader of the code may wonder about.
 */
#include "fcgi/buffer.h"
#include "fcgi/json.h"
#include "fcgi/limits.h"
#include "tests/unit/test.h"

static struct arena *arena;
static struct json_complaint complaint;

/* A value, as the only one of an array. */
static const struct json *
parse(const char *value)
{
	const struct json *list = json_parse(arena,
	    text_of(arena_printf(arena, "[%s]", value)), &complaint);

	return list ? list->first : NULL;
}

static struct text
string(const char *text)
{
	const struct json *value = parse(text);

	CHECK(value && value->kind == JSON_KIND_STRING);
	return value ? value->string : TEXT_ABSENT;
}

static void
strings_end_where_they_should(void)
{
	char text[80], wanted[64];

	for (int n = 0; n < 40; n++) {
		memset(wanted, 'x', (size_t)n);
		wanted[n] = '\0';
		snprintf(text, sizeof text, "\"%s\"", wanted);
		CHECK_TEXT(string(text), wanted);
		snprintf(text, sizeof text, "\"%s\\n\"", wanted);
		strcat(wanted, "\n");
		CHECK_TEXT(string(text), wanted);
		wanted[n] = '\0';
		snprintf(text, sizeof text, "\"%s\xC3\xA4~\x7F\"", wanted);
		strcat(wanted, "\xC3\xA4~\x7F");
		CHECK_TEXT(string(text), wanted);
		wanted[n] = '\0';
		for (const char *bad = "\x1F\x01\xFF\xC3\x80"; *bad; bad++) {
			snprintf(text, sizeof text, "\"%s%cxxxxxxxx\"",
			    wanted, *bad);
			CHECK(!parse(text));
		}
		snprintf(text, sizeof text, "\"%s", wanted);
		CHECK(!parse(text));
	}
}

/* What yajl would take or mend. */
static void
what_is_nearly_json_is_refused(void)
{
	static const char *const texts[] = { "{}\v", "\f{}", "{\"a\":\v1}",
		"{}\"", "{} \"x", "{}1", "{}-", "{}t", "{} {}", "{}//", "{}/*",
		"[\"\xC0\x80\"]", "[\"\xED\xA0\x80\"]", "\xEF\xBB\xBF{}",
		"1", "\"\"", "null", "", " ", "[1,]", "{\"a\"}" };

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		CHECK(!json_parse(arena, text_of(texts[i]), &complaint));
		CHECK_INTEGER(complaint.fault, JSON_FAULT_SYNTAX);
	}
	CHECK(json_parse(arena, TEXT(" {} \t\r\n"), &complaint));
	CHECK(!json_parse(arena, TEXT("{}\0"), &complaint));
	CHECK(!json_parse(arena, TEXT_ABSENT, &complaint));
}

static void
only_strings_with_escapes_are_copied(void)
{
	const char *text = "[\"plain\",\"\\u0070lain\"]";
	const struct json *list = json_parse(arena, text_of(text),
	    &complaint);

	CHECK(list->first->string.p == text + 2);
	CHECK_TEXT(list->first->string, "plain");
	CHECK_TEXT(list->first->next->string, "plain");
	CHECK(string("\"\"").p);
}

static void
escapes_stand_for_characters(void)
{
	CHECK_TEXT(string("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""),
	    "\"\\/\b\f\n\r\t");
	CHECK_TEXT(string("\"\\u007f\\u0080\\u07FF\\u0800\\uffff\""),
	    "\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF");
	CHECK_TEXT(string("\"a\\ud800\\udc00b\\uDBFF\\uDFFF\""),
	    "a\xF0\x90\x80\x80" "b\xF4\x8F\xBF\xBF");
	CHECK_INTEGER(string("\"\\u0000\"").n, 1);
	CHECK(!parse("\"\\ud800\\ud800\""));
	CHECK(!parse("\"\\ud800x\""));
	CHECK(!parse("\"\\ud800\\"));
	CHECK(!parse("\"\\udfff\""));
	CHECK(!parse("\"\\u00g0\""));
	CHECK(!parse("\"\\"));
	CHECK(!parse("\"\\u00"));
	CHECK(!parse("\"\\v\""));
	/* Not every backslash begins an escape of its own. */
	CHECK_TEXT(string("\"\\\\ud800\""), "\\ud800");
	CHECK(!parse("\"\\\\\\ud800\""));
}

static void
numbers(void)
{
	CHECK_INTEGER(parse("-9223372036854775808")->integer, INT64_MIN);
	CHECK_INTEGER(parse("9223372036854775807")->integer, INT64_MAX);
	CHECK(!parse("9223372036854775808"));
	CHECK(parse("-0")->kind == JSON_KIND_INTEGER);
	CHECK(parse("1e2")->real == 100);
	CHECK(parse("-0.5E-1")->real == -0.05);
	CHECK(parse("1e-999")->real == 0);
	CHECK(!parse("1e999"));
	CHECK(!parse("1."));
	CHECK(!parse("1.e1"));
	CHECK(!parse("1e"));
	CHECK(!parse("1e+"));
	CHECK(!parse("-"));
	CHECK(!parse("00"));
}

/* What is a number otherwise is one as it was sent; of any size. */
static void
numbers_as_they_were_sent(void)
{
	static const char *const sent[] = { "0", "-0", "1.50", "-1.0E+02",
		"1e999", "123456789012345678901234567890" };
	static const char *const others[] = { "1.", "01", "+1", ".5", "1e",
		"-", "NaN", "0x1" };

	for (size_t i = 0; i < sizeof(sent) / sizeof(sent[0]); i++) {
		const char *text = arena_printf(arena, "{\"n\": %s }",
		    sent[i]);
		const struct json *object = json_parse_verbatim(arena,
		    text_of(text), &complaint);

		CHECK(object && object->first->kind == JSON_KIND_NUMBER);
		CHECK_TEXT(object->first->string, sent[i]);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		CHECK(!json_parse_verbatim(arena, text_of(arena_printf(arena,
		    "[%s]", others[i])), &complaint));
	CHECK(!json_parse_verbatim(arena, TEXT("1"), &complaint));
}

static void
a_value_may_be_of_any_type(void)
{
	static const char *const others[] = { "", " ", "1,2", "1 2", "1]",
		"[1", "]", "],[", "1],[2", "tru", "\"x", "1,", ",1", "01",
		"{},{}" };
	static const struct {
		const char *sent;
		enum json_kind kind;
	} rows[] = { { " null", JSON_KIND_NULL }, { "true ", JSON_KIND_BOOL },
		{ "-1.50e999", JSON_KIND_NUMBER }, { "7", JSON_KIND_NUMBER },
		{ "\"a\\u0000\"", JSON_KIND_STRING }, { "[]", JSON_KIND_ARRAY },
		{ "{\"a\":[1]}", JSON_KIND_OBJECT } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct json *value = json_parse_value(arena,
		    text_of(rows[i].sent), &complaint);

		CHECK(value && value->kind == rows[i].kind && !value->next);
	}
	CHECK_TEXT(json_parse_value(arena, TEXT(" 1.0 "), &complaint)->string,
	    "1.0");
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		CHECK(!json_parse_value(arena, text_of(others[i]),
		    &complaint));
		CHECK_INTEGER(complaint.fault, JSON_FAULT_SYNTAX);
	}
}

/* {"0":0,"1":1,...}, the last one named as given. */
static struct text
members(int n, const char *last)
{
	struct buffer b;

	buffer_init(&b, arena);
	for (int i = 0; i < n; i++)
		buffer_printf(&b, "%c\"%d\":%d", i ? ',' : '{', i, i);
	buffer_printf(&b, ",\"%s\":null}", last);
	return (struct text){ b.p, b.n };
}

static void
names_are_found_and_never_doubled(void)
{
	for (int n = 1; n < 40; n++) {
		const struct json *object = json_parse(arena, members(n, "x"),
		    &complaint);

		CHECK_INTEGER(object->count, n + 1);
		CHECK_INTEGER(json_find(object, TEXT("0"))->integer, 0);
		CHECK(json_find(object, TEXT("x"))->kind == JSON_KIND_NULL);
		CHECK(!json_find(object, TEXT("")));
		CHECK(!json_parse(arena, members(n, "0"), &complaint));
		CHECK(complaint.fault == JSON_FAULT_DOUBLED);
		CHECK_TEXT(complaint.name, "0");
		CHECK_INTEGER(complaint.at, members(n, "0").n - (n < 16 ?
		    strlen(":null}") : 0));
	}
	CHECK(!json_find(NULL, TEXT("x")));
}

static void
children_keep_their_order(void)
{
	const struct json *list = parse(" [ 3 , 1 , [ ] , 2 ] ");
	int sum = 0;

	CHECK_INTEGER(list->count, 4);
	JSON_EACH(child, list)
		if (child->kind == JSON_KIND_INTEGER)
			sum = 10 * sum + (int)child->integer;
	CHECK_INTEGER(sum, 312);
	CHECK(!parse("[1,]"));
	CHECK(!parse("[,1]"));
	CHECK(!parse("[1 2]"));
	CHECK(!parse("[1}"));
}

static void
depth_has_a_floor(void)
{
	char text[2 * JSON_DEPTH_MAX + 3];

	for (int depth = JSON_DEPTH_MAX; depth <= JSON_DEPTH_MAX + 1;
	     depth++) {
		memset(text, '[', (size_t)depth);
		memset(text + depth, ']', (size_t)depth);
		text[2 * depth] = '\0';
		CHECK(!!json_parse(arena, text_of(text), &complaint) ==
		    (depth == JSON_DEPTH_MAX));
	}
	CHECK(complaint.fault == JSON_FAULT_DEPTH);
}

static bool
note_value(void *context, struct text value)
{
	char *seen = context;

	snprintf(seen + strlen(seen), 256 - strlen(seen), "<%.*s>",
	    TEXT_ARG(value));
	return !text_equal(value, TEXT("\"stop\""));
}

static void
texts_are_cut(void)
{
	static const struct {
		const char *text, *values;
	} rows[] = {
		{ "[]", "" },
		{ " [ ] ", "" },
		{ "[1]", "<1>" },
		{ "\t[1 ,\n 2.50e+1,-0 ]\r", "<1><2.50e+1><-0>" },
		{ "[[1,2],[ ],{\"a\" : [3, 4]}]",
		    "<[1,2]><[ ]><{\"a\" : [3, 4]}>" },
		{ "[\"a,b]\",\"\\\"\\u0000\", \"\"]",
		    "<\"a,b]\"><\"\\\"\\u0000\"><\"\">" },
		{ "[null,true , false]", "<null><true><false>" },
		{ " {\"a\":1,\"a\":2} ", "<{\"a\":1,\"a\":2}>" },
		{ "12345678901234567890123", "<12345678901234567890123>" },
		{ " \"x\" ", "<\"x\">" },
		{ "[1e999]", "<1e999>" },
		{ "null", "<null>" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct json_complaint why;
		char seen[256] = "";

		CHECK(json_split(text_of(rows[i].text), note_value, seen,
		    &why));
		CHECK_STRING(seen, rows[i].values);
	}
}

static void
what_cannot_be_cut(void)
{
	static const struct text rows[] = {
		TEXT(""), TEXT(" "), TEXT("["), TEXT("]"), TEXT("[1"),
		TEXT("[10"), TEXT("0]\""), TEXT("1],[\""),
		TEXT("[1,]"), TEXT("[,1]"), TEXT("[1 2]"), TEXT("[1]2"),
		TEXT("[1],[2]"), TEXT("1,2"), TEXT("1 2"), TEXT("1]"),
		TEXT("1],[2"), TEXT("\"a"), TEXT("{"), TEXT("{\"a\"}"),
		TEXT("tru"), TEXT("[01]"), TEXT("[1.]"), TEXT("[\"\\ud800\"]"),
		TEXT("[\"\xff\"]"), TEXT("[1]\0"), TEXT("\v1"), TEXT("[1]t"),
		TEXT("\"a\" t"), TEXT("{}t"), TEXT("[1]\""),
	};
	char deep[2 * JSON_DEPTH_MAX + 2];
	struct json_complaint why;
	char seen[256] = "";

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		*seen = '\0';
		CHECK(!json_split(rows[i], note_value, seen, &why));
		CHECK_INTEGER(why.fault, JSON_FAULT_SYNTAX);
	}
	for (int i = 0; i <= JSON_DEPTH_MAX; i++) {
		deep[i] = '[';
		deep[2 * JSON_DEPTH_MAX + 1 - i] = ']';
	}
	*seen = '\0';
	CHECK(!json_split((struct text){ deep, sizeof deep }, note_value, seen,
	    &why));
	CHECK_INTEGER(why.fault, JSON_FAULT_DEPTH);
	CHECK(json_split((struct text){ deep + 1, sizeof deep - 2 },
	    note_value, seen, &why));
	*seen = '\0';
	CHECK(!json_split(TEXT("[1,\"stop\",2]"), note_value, seen, &why));
	CHECK_STRING(seen, "<1><\"stop\">");
}

int
main(void)
{
	arena = arena_new();
	strings_end_where_they_should();
	what_is_nearly_json_is_refused();
	only_strings_with_escapes_are_copied();
	escapes_stand_for_characters();
	numbers();
	numbers_as_they_were_sent();
	a_value_may_be_of_any_type();
	names_are_found_and_never_doubled();
	children_keep_their_order();
	depth_has_a_floor();
	arena_free(arena);
	texts_are_cut();
	what_cannot_be_cut();
	return test_result();
}
