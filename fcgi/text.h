/*
 * A run of bytes that somebody else owns. Not terminated, may hold NUL.
 * A text with p == NULL is absent; one with n == 0 and p != NULL is empty.
 */
#ifndef FCGI_TEXT_H
#define FCGI_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct text {
	const char *p;
	size_t n;
};

#define TEXT(literal) ((struct text){ (literal), sizeof(literal) - 1 })
#define TEXT_ABSENT ((struct text){ NULL, 0 })
/* For printf's "%.*s". */
#define TEXT_ARG(t) (int)(t).n, (t).p

static inline struct text
text_of(const char *s)
{
	return (struct text){ s, s ? strlen(s) : 0 };
}

static inline bool
text_equal(struct text a, struct text b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/*
 * Below 0, 0 or above, by bytes as memcmp(): of two that begin alike the
 * shorter comes first.
 */
int text_compare(struct text a, struct text b);

static inline bool
text_begins_with(struct text t, struct text begin)
{
	return t.n >= begin.n &&
	    (begin.n == 0 || memcmp(t.p, begin.p, begin.n) == 0);
}

static inline bool
text_ends_with(struct text t, struct text end)
{
	return t.n >= end.n &&
	    (end.n == 0 || memcmp(t.p + t.n - end.n, end.p, end.n) == 0);
}

/* What stands before the next '/' of *rest, which moves behind it. */
struct text text_next_segment(struct text *rest);

/*
 * The bytes of the well-formed UTF-8 character at p, of which n > 0 bytes are
 * there: 1 to 4, or 0 when what is there is none.
 */
size_t text_character_bytes(const char *p, size_t n);

/* At most that many bytes of it, ending between two characters. */
struct text text_cut(struct text t, size_t bytes_max);

/* Is it well-formed UTF-8 (RFC 3629: no surrogates, nothing overlong)? */
bool text_is_utf8(struct text t);

/* Has it line breaks, escapes and the like (C0, DEL, C1)? It is UTF-8. */
bool text_has_controls(struct text t);

/*
 * A whole decimal number, optionally signed, that fits an int64. False, and
 * *value untouched, for anything else: blanks, a fraction, an overflow.
 */
bool text_to_integer(struct text t, long long *value);

#endif
