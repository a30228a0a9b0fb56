/*
 * glob_match agrees with a matcher that is too simple to be wrong: the one
 * that says what a pattern means, in as many words, with a table instead of
 * recursion. The input is a pattern and a name with a zero byte between.
 */
#include <stdint.h>
#include <stdlib.h>

#include "auth/glob.h"
#include "fcgi/must.h"

enum { CHARACTERS_MAX = 255 };

struct characters {
	struct text c[CHARACTERS_MAX];
	int n;
};

static bool
split(struct text t, struct characters *out)
{
	out->n = 0;
	for (size_t i = 0; i < t.n;) {
		size_t bytes = text_character_bytes(t.p + i, t.n - i);

		if (bytes == 0 || out->n == CHARACTERS_MAX)
			return false;
		out->c[out->n++] = (struct text){ t.p + i, bytes };
		i += bytes;
	}
	return true;
}

static bool
naive(const struct characters *pattern, const struct characters *name)
{
	/* Does the pattern's end from p match the name's end from n? */
	static bool match[CHARACTERS_MAX + 1][CHARACTERS_MAX + 1];

	for (int p = pattern->n; p >= 0; p--)
		for (int n = name->n; n >= 0; n--) {
			bool *m = &match[p][n];

			if (p == pattern->n)
				*m = n == name->n;
			else if (text_equal(pattern->c[p], TEXT("*")))
				*m = match[p + 1][n] ||
				    (n < name->n && match[p][n + 1]);
			else
				*m = n < name->n && match[p + 1][n + 1] &&
				    (text_equal(pattern->c[p], TEXT("?")) ||
				     text_equal(pattern->c[p], name->c[n]));
		}
	return match[0][0];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct characters pattern, name;
	const uint8_t *zero = size > 0 ? memchr(data, 0, size) : NULL;
	struct text p, n;

	if (!zero)
		return 0;
	p = (struct text){ (const char *)data, (size_t)(zero - data) };
	n = (struct text){ (const char *)zero + 1, size - p.n - 1 };
	if (split(p, &pattern) && split(n, &name)) {
		must(glob_match(p, n) == naive(&pattern, &name));
		must(!glob_matches_all(p) || glob_match(p, n));
	} else {
		(void)glob_match(p, n);		/* must only not crash */
	}
	return 0;
}
