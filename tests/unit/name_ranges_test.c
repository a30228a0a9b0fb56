/*
 * Ranges of names: each name that a pattern matches lies in one of them, in
 * one only, and little else does.
 */
#include <stdlib.h>

#include "auth/glob.h"
#include "handlers/streams/name_ranges.h"
#include "tests/unit/test.h"

#define LAST "\xF4\x8F\xBF\xBF"

static int
order(struct text a, struct text b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	return c ? c : (a.n > b.n) - (a.n < b.n);
}

static int
ranges_with(const struct name_ranges *ranges, struct text name)
{
	int n = 0;

	for (int i = 0; i < ranges->n; i++)
		n += order(name, ranges->low[i]) >= 0 &&
		    order(name, ranges->high[i]) < 0;
	return n;
}

struct example {
	const char *prefix;
	const char *pattern[4];
	const char *ranges; /* "low..high low..high" */
	const char *likes;
};

static const struct example examples[] = {
	{ "", { "a*" }, "a..b", "a%" },
	{ "", { "a*", "ab*", "abc" }, "a..b", "a% ab% abc" },
	{ "", { "c*", "a?b" }, "a..b c..d", "c% a_b" },
	{ "", { "ab" }, "ab..ab\1", "ab" },
	{ "", { "ab", "ab*" }, "ab..ac", "ab ab%" },
	{ "ab", { "a*" }, "ab..ac", "a%" },
	{ "ab", { "abc*", "x*", "ab", "a" }, "ab..ab\1 abc..abd",
	    "abc% x% ab a" },
	{ "x", { "a*" }, "", "a%" },
	{ "", { "50%_\\*" }, "50%_\\..50%_]", "50\\%\\_\\\\%" },
	{ "", { "\x7f*" }, "\x7f..\xC2\x80", "\x7f%" },
	{ "", { "\xDF\xBF*" }, "\xDF\xBF..\xE0\xA0\x80", "\xDF\xBF%" },
	{ "", { "\xED\x9F\xBF*" }, "\xED\x9F\xBF..\xEE\x80\x80",
	    "\xED\x9F\xBF%" },
	{ "", { "\xEF\xBF\xBF*" }, "\xEF\xBF\xBF..\xF0\x90\x80\x80",
	    "\xEF\xBF\xBF%" },
	{ "", { "a" LAST LAST "*" }, "a" LAST LAST "..b", "a" LAST LAST "%" },
};

static void
check_example(const struct example *e)
{
	struct arena *arena = arena_new();
	struct text pattern[4];
	struct name_ranges ranges;
	char seen[256] = "", likes[256] = "";
	int n = 0;

	while (n < 4 && e->pattern[n]) {
		pattern[n] = text_of(e->pattern[n]);
		n++;
	}
	ranges = name_ranges(arena, text_of(e->prefix), pattern, n);
	for (int i = 0; i < ranges.n; i++)
		sprintf(seen + strlen(seen), "%s%.*s..%.*s", i ? " " : "",
		    TEXT_ARG(ranges.low[i]), TEXT_ARG(ranges.high[i]));
	for (int i = 0; i < ranges.likes; i++)
		sprintf(likes + strlen(likes), "%s%.*s", i ? " " : "",
		    TEXT_ARG(ranges.like[i]));
	CHECK_STRING(seen, e->ranges);
	CHECK_STRING(likes, e->likes);
	arena_free(arena);
}

static void
no_patterns_are_no_names_or_all(void)
{
	struct arena *arena = arena_new();
	struct name_ranges ranges = name_ranges(arena, TEXT("a"), NULL, 0);
	char longest[1024];

	CHECK_INTEGER(ranges.n, 0);
	ranges = name_ranges(arena, TEXT("a"), NULL, -1);
	CHECK_INTEGER(ranges.n, 1);
	CHECK_INTEGER(ranges.likes, 0);
	CHECK(text_equal(ranges.high[0], TEXT("b")));
	ranges = name_ranges(arena, TEXT_ABSENT, NULL, -1);
	for (size_t i = 0; i < sizeof(longest); i++)
		longest[i] = LAST[i % 4];
	CHECK(ranges_with(&ranges, TEXT("a")) == 1);
	CHECK(ranges_with(&ranges,
	    (struct text){ longest, sizeof(longest) }) == 1);
	arena_free(arena);
}

/* A short text of few characters, so that much matches. */
static struct text
any(char *to, size_t bytes_max, const char *const *characters, int n)
{
	struct text t = { to, 0 };

	for (int i = rand() % 5; i > 0; i--) {
		const char *c = characters[rand() % n];

		if (t.n + strlen(c) > bytes_max)
			break;
		memcpy(to + t.n, c, strlen(c));
		t.n += strlen(c);
	}
	return t;
}

static void
what_matches_lies_in_one_range(void)
{
	static const char *const characters[] = { "a", "b", "\x7f",
		"\xC3\xA9", LAST, "*", "?" };
	char room[4][24], of_name[24], of_prefix[24];
	struct text pattern[4], name, prefix;

	for (int i = 0; i < 20000; i++) {
		struct arena *arena = arena_new();
		struct name_ranges ranges;
		bool matches = false;
		int n = rand() % 5, in;

		prefix = rand() % 2 ? TEXT("") :
		    any(of_prefix, sizeof(of_prefix), characters, 5);
		name = any(of_name, sizeof(of_name), characters, 5);
		for (int k = 0; k < n; k++) {
			pattern[k] = any(room[k], sizeof(room[k]), characters,
			    7);
			matches |= glob_match(pattern[k], name);
		}
		matches &= name.n >= prefix.n &&
		    memcmp(name.p, prefix.p, prefix.n) == 0;
		ranges = name_ranges(arena, prefix, pattern, n);
		in = ranges_with(&ranges, name);
		CHECK(in <= 1);
		CHECK(in == 1 || !matches);
		for (int k = 0; k < ranges.n; k++) {
			CHECK(order(ranges.low[k], ranges.high[k]) < 0);
			CHECK(!k || order(ranges.high[k - 1],
			    ranges.low[k]) <= 0);
			CHECK(text_is_utf8(ranges.high[k]));
		}
		arena_free(arena);
	}
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++)
		check_example(&examples[i]);
	no_patterns_are_no_names_or_all();
	what_matches_lies_in_one_range();
	return test_result();
}
