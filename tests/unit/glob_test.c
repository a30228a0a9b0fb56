/*
 * Globs match whole names, by characters, and in bounded time.
 */
#include <stdlib.h>

#include "auth/glob.h"
#include "fcgi/clock.h"
#include "fcgi/limits.h"
#include "tests/unit/test.h"

static void
patterns_match_as_the_table_says(void)
{
	static const struct {
		const char *pattern, *name;
		bool match;
	} rows[] = {
		{ "orders", "orders", true },
		{ "orders", "orders.eu", false },
		{ "orders", "order", false },
		{ "orders", "Orders", false },
		{ "orders", "", false },
		{ "", "", true },
		{ "", "x", false },
		{ "*", "", true },
		{ "*", "anything.at/all", true },
		{ "**", "x", true },
		{ "orders*", "orders", true },
		{ "orders*", "orders.dlq", true },
		{ "orders*", "my-orders", false },
		{ "orders.*", "orders", false },
		{ "orders.*", "orders.", true },
		{ "orders.*", "orders.eu.dlq", true },
		{ "*.dlq", "orders.dlq", true },
		{ "*.dlq", "orders.dlq.x", false },
		{ "*.dlq", ".dlq", true },
		{ "a*b*c", "abc", true },
		{ "a*b*c", "a--b--c", true },
		{ "a*b*c", "a--c--b", false },
		{ "*ab", "aab", true },
		{ "*aab", "aaaaab", true },
		{ "a*a", "a", false },
		{ "a*a", "aa", true },
		{ "?", "", false },
		{ "?", "x", true },
		{ "?", "xy", false },
		{ "?*", "", false },
		{ "*?", "x", true },
		{ "??", "x", false },
		{ "or?ers", "orders", true },
		{ "or?ers", "orers", false },
		{ "*?b", "ab", true },
		{ "*?b", "b", false },
		{ "?", "\xC3\xA9", true },		/* one character */
		{ "??", "\xC3\xA9", false },
		{ "*??", "\xC3\xA9", false },
		{ "?", "\xF0\x9F\x98\x80", true },
		{ "caf?", "caf\xC3\xA9", true },
		{ "caf\xC3\xA9*", "caf\xC3\xA9s", true },
		{ "*\xC3\xA9", "\xC3\xA8\xC3\xA9", true },
		{ "[a]", "a", false },		/* only * and ? are special */
		{ "\\*", "*", false },
		{ "a?c", "a*c", true },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		bool match = glob_match(text_of(rows[i].pattern),
		    text_of(rows[i].name));

		CHECK(match == rows[i].match);
		if (match != rows[i].match)
			fprintf(stderr, "\t'%s' and '%s'\n", rows[i].pattern,
			    rows[i].name);
	}
	CHECK(glob_match(TEXT("a?b"), TEXT("a\0b")));
	CHECK(!glob_match(TEXT("a"), TEXT("a\0")));
}

static void
only_stars_match_all(void)
{
	CHECK(glob_matches_all(TEXT("*")));
	CHECK(glob_matches_all(TEXT("***")));
	CHECK(!glob_matches_all(TEXT("")));
	CHECK(!glob_matches_all(TEXT("?*")));
	CHECK(!glob_matches_all(TEXT("*x")));
}

/* A recursive matcher needs longer than the universe for this one. */
static void
the_worst_pattern_is_quick(void)
{
	char pattern[PATTERN_BYTES_MAX], name[TOPIC_BYTES_MAX];
	int64_t started = clock_monotonic_us();

	for (size_t i = 0; i < sizeof pattern; i++)
		pattern[i] = i % 2 ? 'a' : '*';
	pattern[sizeof pattern - 1] = 'b';
	memset(name, 'a', sizeof name);
	CHECK(!glob_match((struct text){ pattern, sizeof pattern },
	    (struct text){ name, sizeof name }));
	CHECK(clock_monotonic_us() - started < 1000000);
}

int
main(void)
{
	patterns_match_as_the_table_says();
	only_stars_match_all();
	the_worst_pattern_is_quick();
	return test_result();
}
