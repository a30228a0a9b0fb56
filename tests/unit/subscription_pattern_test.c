/*
 * A pattern becomes a regular expression, a prefix, and the two names by
 * which grants are asked whether they cover it.
 */
#include <regex.h>
#include <stdlib.h>

#include "auth/glob.h"
#include "fcgi/limits.h"
#include "handlers/subscriptions/subscription_pattern.h"
#include "tests/unit/test.h"

static struct arena *arena;

static struct subscription_pattern
read_pattern(const char *text)
{
	struct subscription_pattern pattern;

	CHECK(!subscription_pattern_read(arena, text_of(text), &pattern));
	return pattern;
}

/* PostgreSQL's expressions are POSIX's, but for (?: ... ). */
static bool
matches(const struct subscription_pattern *pattern, const char *name)
{
	char expression[4096], *out = expression;
	regex_t compiled;
	bool match;

	for (size_t i = 0; i < pattern->matcher.n; i++) {
		*out++ = pattern->matcher.p[i];
		if (i >= 1 && pattern->matcher.p[i - 1] == '(' &&
		    pattern->matcher.p[i] == '?') {
			out--;
			i++;
		}
	}
	*out = '\0';
	CHECK(regcomp(&compiled, expression, REG_EXTENDED | REG_NOSUB) == 0);
	match = regexec(&compiled, name, 0, NULL, 0) == 0;
	regfree(&compiled);
	return match;
}

static void
patterns_match_whole_segments(void)
{
	static const struct {
		const char *pattern, *name;
		bool match;
	} rows[] = {
		{ "a", "a", true },
		{ "a", "b", false },
		{ "a", "a/b", false },
		{ "/a/", "a", true },
		{ "*", "a", true },
		{ "*", "a/b", false },
		{ "a/*", "a/b", true },
		{ "a/*", "a", false },
		{ "a/*", "a/", false },
		{ "a/*", "a/b/c", false },
		{ "**", "a", true },
		{ "**", "a/b/c", true },
		{ "a/**", "a", true },
		{ "a/**", "a/b", true },
		{ "a/**", "a/b/c", true },
		{ "a/**", "ab", false },
		{ "**/c", "c", true },
		{ "**/c", "a/b/c", true },
		{ "**/c", "a/bc", false },
		{ "a/**/c", "a/c", true },
		{ "a/**/c", "a/b/b/c", true },
		{ "a/**/c", "ac", false },
		{ "**/*", "a", true },
		{ "**/*", "a/b", true },
		{ "*/**", "a", true },
		{ "**/**", "a", true },
		{ "**/**/c", "c", true },
		{ "a/**/**", "a", true },
		{ "**/b/**", "b", true },
		{ "**/b/**", "a/b/c", true },
		{ "**/b/**", "a/c", false },
		{ "a.b", "a.b", true },
		{ "a.b", "axb", false },
		{ "a+(b)[c]{d}|\\^$", "a+(b)[c]{d}|\\^$", true },
		{ "a%2Ab", "a*b", true },
		{ "a%2ab", "a*b", true },
		{ "a%2Ab", "axb", false },
		{ "a%2F", "a%2F", true },
		{ "caf\xC3\xA9/*", "caf\xC3\xA9/x", true },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct subscription_pattern pattern =
		    read_pattern(rows[i].pattern);
		bool match = matches(&pattern, rows[i].name);

		if (match != rows[i].match)
			fprintf(stderr, "%s, %s:\n", rows[i].pattern,
			    rows[i].name);
		CHECK(match == rows[i].match);
	}
}

static void
names_begin_with_the_prefix(void)
{
	CHECK_TEXT(read_pattern("a/b").prefix, "a/b");
	CHECK_TEXT(read_pattern("/a/b/").text, "a/b");
	CHECK_TEXT(read_pattern("a/*/b").prefix, "a/");
	CHECK_TEXT(read_pattern("a/**").prefix, "a");
	CHECK_TEXT(read_pattern("a%2A/*").prefix, "a*/");
	CHECK_TEXT(read_pattern("**/a").prefix, "");
}

static void
nonsense_is_refused(void)
{
	static const char *const bad[] = { "", "/", "//", "a//b", "a*", "*a",
		"a/b*c/d", "***", "a\nb", "a\x7F" };
	char deep[4 * SUBSCRIPTION_PATTERN_SEGMENTS_MAX] = "a";
	struct subscription_pattern pattern;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CHECK(subscription_pattern_read(arena, text_of(bad[i]),
		    &pattern));
	for (int i = 1; i < SUBSCRIPTION_PATTERN_SEGMENTS_MAX; i++)
		strcat(deep, "/a");
	CHECK(!subscription_pattern_read(arena, text_of(deep), &pattern));
	strcat(deep, "/a");
	CHECK(subscription_pattern_read(arena, text_of(deep), &pattern));
}

/* Does one grant's pattern match both names? */
static bool
covers(const char *grant, const char *text)
{
	struct subscription_pattern pattern = read_pattern(text);

	return glob_match(text_of(grant), pattern.shortest) &&
	    glob_match(text_of(grant), pattern.longest);
}

static void
grants_cover_patterns(void)
{
	CHECK(covers("*", "**"));
	CHECK(covers("a/*", "a/*"));
	CHECK(covers("a/*", "a/b/**"));
	CHECK(covers("a*", "a/**"));
	CHECK(covers("a/b", "a/b"));
	CHECK(covers("*/b", "**/x/b"));
	CHECK(covers("a/?*", "a/*"));
	CHECK(!covers("a/*", "a/**"));
	CHECK(!covers("a/?", "a/*"));
	CHECK(!covers("a/??*", "a/*"));
	CHECK(!covers("a/b*", "a/*"));
	CHECK(!covers("a/*", "*"));
	CHECK(!covers("a/*", "b/*"));
	CHECK(!covers("a/*b", "a/*"));
	CHECK(!covers("*/b", "**"));
	CHECK(!covers("?*/b", "**/b"));
	CHECK(!covers("a/x", "a/*"));
}

int
main(void)
{
	arena = arena_new();
	patterns_match_whole_segments();
	names_begin_with_the_prefix();
	nonsense_is_refused();
	grants_cover_patterns();
	arena_free(arena);
	return test_result();
}
