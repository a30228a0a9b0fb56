/*
 * What stands before a pattern's first wildcard bounds the names it matches.
 * Ranges of this kind lie one within the other or apart from each other.
 */
#include "handlers/streams/name_ranges.h"

#include <stdint.h>
#include <stdlib.h>

#include "fcgi/buffer.h"
#include "fcgi/limits.h"

struct range {
	struct text low, high;
};

enum { LAST_CHARACTER_BYTES = 4 };
#define LAST_CHARACTER "\xF4\x8F\xBF\xBF" /* U+10FFFF */

/* By where they begin; of those that begin together the widest is first. */
static int
compare_ranges(const void *a, const void *b)
{
	const struct range *one = a, *other = b;
	int order = text_compare(one->low, other->low);

	return order ? order : text_compare(other->high, one->high);
}

/* The code point of the well-formed character at p. */
static uint32_t
code_point(const unsigned char *p, size_t bytes)
{
	uint32_t c = bytes == 1 ? p[0] : p[0] & (0x7Fu >> bytes);

	for (size_t i = 1; i < bytes; i++)
		c = c << 6 | (p[i] & 0x3Fu);
	return c;
}

static void
add_character(struct buffer *b, uint32_t c)
{
	if (c < 0x80) {
		buffer_add_byte(b, (char)c);
		return;
	}
	if (c < 0x800) {
		buffer_add_byte(b, (char)(0xC0 | c >> 6));
	} else {
		if (c < 0x10000) {
			buffer_add_byte(b, (char)(0xE0 | c >> 12));
		} else {
			buffer_add_byte(b, (char)(0xF0 | c >> 18));
			buffer_add_byte(b, (char)(0x80 | (c >> 12 & 0x3F)));
		}
		buffer_add_byte(b, (char)(0x80 | (c >> 6 & 0x3F)));
	}
	buffer_add_byte(b, (char)(0x80 | (c & 0x3F)));
}

/*
 * The first text behind all names with that prefix: its last character's
 * successor. What has none is left off; behind all names there are is a text
 * that is longer than any of them.
 */
static struct text
behind(struct arena *arena, struct text prefix)
{
	struct buffer b;
	size_t last, bytes;
	uint32_t c;

	buffer_init(&b, arena);
	while (prefix.n) {
		last = prefix.n - 1;
		while (last && ((unsigned char)prefix.p[last] & 0xC0) == 0x80)
			last--;
		bytes = prefix.n - last;
		if (bytes != LAST_CHARACTER_BYTES || memcmp(prefix.p + last,
		    LAST_CHARACTER, LAST_CHARACTER_BYTES) != 0)
			break;
		prefix.n = last;
	}
	if (!prefix.n) {
		for (int i = 0; i <= STREAM_NAME_BYTES_MAX;
		    i += LAST_CHARACTER_BYTES)
			buffer_add(&b, LAST_CHARACTER, LAST_CHARACTER_BYTES);
		return (struct text){ b.p, b.n };
	}
	buffer_add(&b, prefix.p, last);
	c = code_point((const unsigned char *)prefix.p + last, bytes) + 1;
	add_character(&b, c == 0xD800 ? 0xE000 : c); /* no surrogates */
	return (struct text){ b.p, b.n };
}

/* Names that begin with the pattern's first characters, or that one name. */
static bool
range_of(struct arena *arena, struct text pattern, struct text prefix,
    struct range *range)
{
	struct text literal = { pattern.p, 0 };
	bool whole;

	while (literal.n < pattern.n && literal.p[literal.n] != '*' &&
	    literal.p[literal.n] != '?')
		literal.n++;
	whole = literal.n == pattern.n;
	if (!text_begins_with(literal, prefix)) {
		if (whole || !text_begins_with(prefix, literal))
			return false;
		literal = prefix;
	}
	range->low = literal;
	if (whole) /* names hold no U+0000, so this follows it */
		range->high = text_of(arena_printf(arena, "%.*s\1",
		    TEXT_ARG(literal)));
	else
		range->high = behind(arena, literal);
	return true;
}

static struct text
like_of(struct arena *arena, struct text pattern)
{
	struct buffer b;

	buffer_init(&b, arena);
	for (size_t i = 0; i < pattern.n; i++) {
		char c = pattern.p[i];

		if (c == '%' || c == '_' || c == '\\')
			buffer_add_byte(&b, '\\');
		buffer_add_byte(&b, c == '*' ? '%' : c == '?' ? '_' : c);
	}
	buffer_add_byte(&b, '\0'); /* so that the empty text is not absent */
	return (struct text){ b.p, b.n - 1 };
}

struct name_ranges
name_ranges(struct arena *arena, struct text prefix,
    const struct text *patterns, int n)
{
	static const struct text everything = TEXT("*");
	int room = n < 0 ? 1 : n, found = 0;
	struct range *range = arena_alloc(arena,
	    ((size_t)room + 1) * sizeof(*range));
	struct name_ranges result = {
		.low = arena_alloc(arena, ((size_t)room + 1) *
		    sizeof(struct text)),
		.high = arena_alloc(arena, ((size_t)room + 1) *
		    sizeof(struct text)),
	};

	if (!prefix.p)
		prefix = TEXT("");
	for (int i = 0; i < room; i++)
		found += range_of(arena, n < 0 ? everything : patterns[i],
		    prefix, &range[found]);
	qsort(range, (size_t)found, sizeof(*range), compare_ranges);
	for (int i = 0; i < found; i++) {
		if (result.n && text_compare(range[i].low,
		    result.high[result.n - 1]) < 0)
			continue;
		result.low[result.n] = range[i].low;
		result.high[result.n++] = range[i].high;
	}
	if (n > 0) {
		result.like = arena_alloc(arena,
		    (size_t)n * sizeof(struct text));
		for (int i = 0; i < n; i++)
			result.like[result.likes++] =
			    like_of(arena, patterns[i]);
	}
	return result;
}
