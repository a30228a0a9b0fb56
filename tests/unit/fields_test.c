/*
 * Fields as JSON: an object, or pairs where one repeats.
 */
#include "handlers/plates/fields.h"
#include "tests/unit/test.h"

static struct arena *arena;

#define FIELDS(...) fields_json(arena, (const struct text[]){ __VA_ARGS__ }, \
    sizeof((const struct text[]){ __VA_ARGS__ }) / sizeof(struct text) / 2)

static void
objects(void)
{
	CHECK_TEXT(FIELDS(TEXT("a"), TEXT("1")), "{\"a\":\"1\"}");
	CHECK_TEXT(FIELDS(TEXT("b"), TEXT("1"), TEXT("a"), TEXT("1"),
	    TEXT("ab"), TEXT("")), "{\"b\":\"1\",\"a\":\"1\",\"ab\":\"\"}");
	CHECK_TEXT(FIELDS(TEXT(""), TEXT("\"\\\n")),
	    "{\"\":\"\\\"\\\\\\n\"}");
	CHECK_TEXT(FIELDS(TEXT("a\0b"), TEXT("1"), TEXT("a\0c"), TEXT("2")),
	    "{\"a\\u0000b\":\"1\",\"a\\u0000c\":\"2\"}");
}

static void
pairs(void)
{
	CHECK_TEXT(FIELDS(TEXT("a"), TEXT("1"), TEXT("a"), TEXT("1")),
	    "[[\"a\",\"1\"],[\"a\",\"1\"]]");
	CHECK_TEXT(FIELDS(TEXT("a"), TEXT("1"), TEXT("b"), TEXT("2"),
	    TEXT("c"), TEXT("3"), TEXT("a"), TEXT("4")),
	    "[[\"a\",\"1\"],[\"b\",\"2\"],[\"c\",\"3\"],[\"a\",\"4\"]]");
	CHECK_TEXT(FIELDS(TEXT(""), TEXT("1"), TEXT(""), TEXT("2")),
	    "[[\"\",\"1\"],[\"\",\"2\"]]");
}

int
main(void)
{
	arena = arena_new();
	objects();
	pairs();
	arena_free(arena);
	return test_result();
}
