/*
 * Query parameters: decoded as forms are, asked for by name, and refused when
 * broken, doubled or unknown.
 */
#include "tests/unit/request.h"
#include "tests/unit/test.h"

static struct request *
with_text(struct text query)
{
	struct request *r = test_request();

	r->query = query;
	return r;
}

static struct request *
with(const char *query)
{
	return with_text(text_of(query));
}

static void
values_are_decoded(void)
{
	static const struct {
		const char *query, *value;
	} cases[] = {
		{ "topic=orders", "orders" }, { "topic=", "" },
		{ "topic", "" }, { "topic=a=b", "a=b" },
		{ "&&topic=x&", "x" }, { "topic=a+b%2B%20c", "a b+ c" },
		{ "t%6Fpic=%C3%A4", "\xC3\xA4" }, { "topic=%26%3D%25", "&=%" },
		{ "topic=a;b=c", "a;b=c" }, { "topic=/?", "/?" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct request *r = with(cases[i].query);

		CHECK_TEXT(query_text(r, "topic"), cases[i].value);
		CHECK(query_done(r));
		CHECK_TEXT(query_text(r, "topic"), cases[i].value);
	}
}

static void
absent_is_not_empty(void)
{
	struct request *r = with("Topic=x&topics=y");

	CHECK(query_text(r, "topic").p == NULL);
	CHECK(!request_failed(r));
	CHECK(!query_done(r));
	r = with("");
	CHECK(query_text(r, "topic").p == NULL);
	CHECK(query_done(r));
	CHECK(query_done(with_text(TEXT_ABSENT)));
}

static void
broken_queries(void)
{
	static const struct text broken[] = {
		TEXT("a=%"), TEXT("a=%4"), TEXT("a=%4x"), TEXT("%=a"),
		TEXT("a=%00"), TEXT("a=\0"), TEXT("%00=a"), TEXT("a=%FF"),
		TEXT("a=\xC3"), TEXT("b=1&a=2&b=1"), TEXT("a=1&%61=2"),
		TEXT("a&a"),
	};

	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		struct request *r = with_text(broken[i]);

		CHECK(query_text(r, "b").p == NULL);
		CHECK_INTEGER(r->reply.error, E_BAD_QUERY);
		CHECK(!query_done(r));
		CHECK(!query_done(with_text(broken[i])));
	}
}

static void
sentences(void)
{
	struct request *r = with("limit=5&limit=6");

	query_integer(r, "limit", 1, 1, 9);
	CHECK_STRING(test_reply(r),
	    "400 bad_query parameter \"limit\" is given twice");
	r = with("limit=5&limti=6");
	CHECK_INTEGER(query_integer(r, "limit", 1, 1, 9), 5);
	CHECK(!query_done(r));
	CHECK_STRING(test_reply(r),
	    "400 bad_query unknown parameter \"limti\"");
	r = with("=5");
	CHECK(!query_done(r));
	CHECK_STRING(test_reply(r), "400 bad_query unknown parameter \"\"");
	r = with("limit=five");
	query_integer(r, "limit", 1, 1, 9);
	CHECK_STRING(test_reply(r),
	    "400 bad_value \"limit\" must be an integer");
	r = with("limit=0");
	query_integer(r, "limit", 1, 1, 9);
	CHECK_STRING(test_reply(r),
	    "400 bad_value limit must be between 1 and 9");
}

static void
integers(void)
{
	static const char *const bad[] = { "n=", "n", "n=+", "n=1.0",
		"n=1e1", "n=%201", "n=1+", "n=0", "n=11", "n=-1",
		"n=99999999999999999999" };

	CHECK_INTEGER(query_integer(with(""), "n", 7, 1, 10), 7);
	CHECK_INTEGER(query_integer(with("n=1"), "n", 7, 1, 10), 1);
	CHECK_INTEGER(query_integer(with("n=10"), "n", 7, 1, 10), 10);
	CHECK_INTEGER(query_integer(with("n=-9223372036854775808"), "n", 7,
	    INT64_MIN, INT64_MAX), INT64_MIN);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct request *r = with(bad[i]);

		CHECK_INTEGER(query_integer(r, "n", 7, 1, 10), 7);
		CHECK_INTEGER(r->reply.error, E_BAD_VALUE);
	}
}

static void
the_first_fault_is_kept(void)
{
	struct request *r = with("a=x&b=y");

	query_integer(r, "a", 0, 0, 1);
	query_integer(r, "b", 0, 0, 1);
	CHECK(query_text(r, "b").p == NULL);
	CHECK(!query_done(r));
	CHECK_STRING(test_reply(r), "400 bad_value \"a\" must be an integer");
}

static void
limits(void)
{
	struct request *r = test_request();
	struct buffer query;

	buffer_init(&query, r->arena);
	for (int i = 0; i < QUERY_PARAMETERS_MAX; i++)
		buffer_printf(&query, "p%d=%d&", i, i);
	r->query = (struct text){ query.p, query.n };
	CHECK_INTEGER(query_integer(r, "p63", 0, 0, 99), 63);

	r = test_request();
	buffer_init(&query, r->arena);
	for (int i = 0; i <= QUERY_PARAMETERS_MAX; i++)
		buffer_printf(&query, "p%d=%d&", i, i);
	r->query = (struct text){ query.p, query.n };
	CHECK_INTEGER(query_integer(r, "p0", 42, 0, 99), 42);
	CHECK(strstr(test_reply(r), "QUERY_PARAMETERS_MAX (64)"));

	/* A long name is cut between characters. */
	r = test_request();
	buffer_init(&query, r->arena);
	buffer_add_byte(&query, 'x');
	for (int i = 0; i < 1000; i++)
		buffer_add_text(&query, TEXT("\xC3\xA4"));
	r->query = (struct text){ query.p, query.n };
	CHECK(!query_done(r));
	CHECK(text_is_utf8(text_of(test_reply(r))));
	CHECK(strlen(test_reply(r)) < 150);
}

int
main(void)
{
	route_table(test_no_routes, &test_door);
	values_are_decoded();
	absent_is_not_empty();
	broken_queries();
	sentences();
	integers();
	the_first_fault_is_kept();
	limits();
	return test_result();
}
