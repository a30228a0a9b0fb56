/*
 * What a text may be: before another one, UTF-8, of one line, a number.
 */
#include "fcgi/text.h"

#include <limits.h>
#include <stdint.h>

/*
 * The well-formed sequences of two bytes and more, by their first byte
 * (Unicode 15, table 3-7). Only the second byte's range varies; narrowing it
 * is what keeps out overlong forms, surrogates and what is past U+10FFFF.
 */
static const struct {
	unsigned char first_low, first_high, second_low, second_high, bytes;
} sequences[] = {
	{ 0xC2, 0xDF, 0x80, 0xBF, 2 },
	{ 0xE0, 0xE0, 0xA0, 0xBF, 3 },
	{ 0xE1, 0xEC, 0x80, 0xBF, 3 },
	{ 0xED, 0xED, 0x80, 0x9F, 3 },
	{ 0xEE, 0xEF, 0x80, 0xBF, 3 },
	{ 0xF0, 0xF0, 0x90, 0xBF, 4 },
	{ 0xF1, 0xF3, 0x80, 0xBF, 4 },
	{ 0xF4, 0xF4, 0x80, 0x8F, 4 },
};

static bool
continues(unsigned char byte)
{
	return (byte & 0xC0) == 0x80;
}

int
text_compare(struct text a, struct text b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	return order ? order : (a.n > b.n) - (a.n < b.n);
}

struct text
text_next_segment(struct text *rest)
{
	const char *slash = memchr(rest->p, '/', rest->n);
	struct text segment = { rest->p,
		slash ? (size_t)(slash - rest->p) : rest->n };

	rest->p += segment.n + (slash != NULL);
	rest->n -= segment.n + (slash != NULL);
	return segment;
}

size_t
text_character_bytes(const char *p, size_t n)
{
	const unsigned char *s = (const unsigned char *)p;

	if (s[0] < 0x80)
		return 1;
	for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++) {
		if (s[0] < sequences[i].first_low ||
		    s[0] > sequences[i].first_high)
			continue;
		if (n < sequences[i].bytes ||
		    s[1] < sequences[i].second_low ||
		    s[1] > sequences[i].second_high)
			return 0;
		for (size_t k = 2; k < sequences[i].bytes; k++)
			if (!continues(s[k]))
				return 0;
		return sequences[i].bytes;
	}
	return 0;
}

struct text
text_cut(struct text t, size_t bytes_max)
{
	if (t.n <= bytes_max)
		return t;
	t.n = bytes_max;
	while (t.n > 0 && continues((unsigned char)t.p[t.n]))
		t.n--;
	return t;
}

bool
text_is_utf8(struct text t)
{
	const uint64_t high_bits = 0x8080808080808080;
	size_t i = 0;

	while (i < t.n) {
		size_t bytes;
		uint64_t eight;

		/* Bodies are megabytes of ASCII: take them by the word. */
		if (t.n - i >= sizeof eight) {
			memcpy(&eight, t.p + i, sizeof eight);
			if (!(eight & high_bits)) {
				i += sizeof eight;
				continue;
			}
		}
		bytes = text_character_bytes(t.p + i, t.n - i);
		if (bytes == 0)
			return false;
		i += bytes;
	}
	return true;
}

bool
text_has_controls(struct text t)
{
	for (size_t i = 0; i < t.n; i++) {
		unsigned char c = (unsigned char)t.p[i];

		if (c < 0x20 || c == 0x7f)
			return true;
		/* U+0080 to U+009F. */
		if (c == 0xc2 && i + 1 < t.n &&
		    (unsigned char)t.p[i + 1] < 0xa0)
			return true;
	}
	return false;
}

bool
text_to_integer(struct text t, long long *value)
{
	bool negative = t.n > 0 && t.p[0] == '-';
	size_t i = negative || (t.n > 0 && t.p[0] == '+');
	/* Counted downwards, since LLONG_MIN has no positive counterpart. */
	long long sum = 0;

	if (i == t.n)
		return false;
	for (; i < t.n; i++) {
		int digit = t.p[i] - '0';

		if (digit < 0 || digit > 9 || sum < LLONG_MIN / 10 ||
		    sum * 10 < LLONG_MIN + digit)
			return false;
		sum = sum * 10 - digit;
	}
	if (!negative && sum == LLONG_MIN)
		return false;
	*value = negative ? sum : -sum;
	return true;
}
