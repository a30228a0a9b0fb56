/*
 * Matching without recursion. Only the last star seen is ever worth going
 * back to: whatever an earlier one could take more, the last one can take as
 * well. So there is one place to return to, and a match costs at most
 * pattern times name steps, never more: PATTERN_BYTES_MAX and
 * TOPIC_BYTES_MAX bound both.
 */
#include "auth/glob.h"

/* The index behind the character at i; a stray byte counts as one. */
static size_t
next_character(struct text t, size_t i)
{
	size_t bytes = text_character_bytes(t.p + i, t.n - i);

	return i + (bytes > 0 ? bytes : 1);
}

bool
glob_match(struct text pattern, struct text name)
{
	size_t p = 0, n = 0;
	size_t star = 0, resume = 0;	/* behind the last star; its end */
	bool starred = false;

	while (n < name.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = ++p;
			resume = n;
			starred = true;
		} else if (p < pattern.n && pattern.p[p] == '?') {
			p++;
			n = next_character(name, n);
		} else if (p < pattern.n && pattern.p[p] == name.p[n]) {
			p++;
			n++;
		} else if (starred) {
			/* The last star takes one character more. */
			resume = next_character(name, resume);
			p = star;
			n = resume;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

bool
glob_matches_all(struct text pattern)
{
	for (size_t i = 0; i < pattern.n; i++)
		if (pattern.p[i] != '*')
			return false;
	return pattern.n > 0;
}
