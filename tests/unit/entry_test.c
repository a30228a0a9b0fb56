/*
 * Entries as replies have them: every string as it lies in the data, however
 * it is escaped.
 */
#include "handlers/plates/entry.h"
#include "tests/unit/test.h"

static struct arena *arena;

static struct text
written(bool has_fields, struct text data)
{
	struct buffer out;
	struct json_writer w;

	buffer_init(&out, arena);
	json_start(&w, &out);
	entry_write(&w, (struct entry_id){ 5, UINT64_MAX }, has_fields, data);
	return (struct text){ out.p, out.n };
}

#define ID "\"5-18446744073709551615\""

static void
fields(void)
{
	CHECK_TEXT(written(true, TEXT("{\"a\":\"1\",\"b\":\"2\"}")),
	    "[" ID ",[\"a\",\"1\",\"b\",\"2\"]]");
	CHECK_TEXT(written(true, TEXT("[[\"a\",\"1\"],[\"a\",\"2\"]]")),
	    "[" ID ",[\"a\",\"1\",\"a\",\"2\"]]");
	CHECK_TEXT(written(true, TEXT("{\"\":\"\"}")), "[" ID ",[\"\",\"\"]]");
}

/* Quotes, backslashes and what else JSON is made of, inside of strings. */
static void
escapes(void)
{
	CHECK_TEXT(written(true, TEXT("{\"a\\\"\":\"\\\\\",\"{\":\"],\"}")),
	    "[" ID ",[\"a\\\"\",\"\\\\\",\"{\",\"],\"]]");
	CHECK_TEXT(written(true, TEXT("{\"\\u0000\":\"\xc3\xa4\"}")),
	    "[" ID ",[\"\\u0000\",\"\xc3\xa4\"]]");
}

static void
others_data(void)
{
	CHECK_TEXT(written(false, TEXT("{\"a\":[1]}")),
	    "[" ID ",[\"data\",\"{\\\"a\\\":[1]}\"]]");
	CHECK_TEXT(written(false, TEXT("7")), "[" ID ",[\"data\",\"7\"]]");
}

static void
nothing(void)
{
	CHECK_TEXT(written(true, TEXT_ABSENT), "[" ID ",null]");
	CHECK_TEXT(written(true, TEXT("{}")), "[" ID ",[]]");
	/* No command writes it, but a reply is JSON whatever there is. */
	CHECK_TEXT(written(true, TEXT("{\"a\":\"1\\")), "[" ID ",[\"a\"]]");
}

int
main(void)
{
	arena = arena_new();
	fields();
	escapes();
	others_data();
	nothing();
	arena_free(arena);
	return test_result();
}
