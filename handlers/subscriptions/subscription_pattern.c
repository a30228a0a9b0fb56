/*
 * Reading a pattern is one walk over its segments, which writes the regular
 * expression and the two names beside it.
 */
#include "handlers/subscriptions/subscription_pattern.h"

#include <ctype.h>

#include "fcgi/buffer.h"
#include "fcgi/limits.h"

/*
 * In place of a star: a character that no name of a grant can hold, so that
 * only a star or a question mark of the grant can match it, and so many of
 * them that question marks alone cannot.
 */
enum { STAND_IN = '\x01', STAND_INS = PATTERN_BYTES_MAX + 1 };

struct walk {
	struct buffer matcher, prefix, shortest, longest;
	bool slash;	/* one is due before what follows */
	bool literal;	/* so far nothing but literal segments */
};

struct text
without_slashes(struct text name)
{
	while (name.n && name.p[0] == '/') {
		name.p++;
		name.n--;
	}
	while (name.n && name.p[name.n - 1] == '/')
		name.n--;
	return name;
}

static void
stand_in(struct buffer *b, int n)
{
	while (n-- > 0)
		buffer_add_byte(b, STAND_IN);
}

static void
add_slash(struct walk *w)
{
	buffer_add_byte(&w->matcher, '/');
	buffer_add_byte(&w->shortest, '/');
	buffer_add_byte(&w->longest, '/');
	if (w->literal)
		buffer_add_byte(&w->prefix, '/');
}

/* One character; all but letters and digits mean themselves behind a \. */
static void
add_character(struct walk *w, char c)
{
	if ((unsigned char)c < 0x80 && !isalnum((unsigned char)c) && c != '_')
		buffer_add_byte(&w->matcher, '\\');
	buffer_add_byte(&w->matcher, c);
	buffer_add_byte(&w->shortest, c);
	buffer_add_byte(&w->longest, c);
	if (w->literal)
		buffer_add_byte(&w->prefix, c);
}

/* False when a star stands beside something else. */
static bool
add_literal(struct walk *w, struct text segment)
{
	if (w->slash)
		add_slash(w);
	for (size_t i = 0; i < segment.n; i++) {
		char c = segment.p[i];

		if (c == '*')
			return false;
		if (segment.n - i >= 3 && c == '%' && segment.p[i + 1] == '2' &&
		    (segment.p[i + 2] == 'A' || segment.p[i + 2] == 'a')) {
			c = '*';
			i += 2;
		}
		add_character(w, c);
	}
	w->slash = true;
	return true;
}

static void
add_star(struct walk *w)
{
	if (w->slash)
		add_slash(w);
	w->literal = false;
	buffer_add_text(&w->matcher, TEXT("[^/]+"));
	stand_in(&w->shortest, 1);
	stand_in(&w->longest, STAND_INS);
	w->slash = true;
}

/* Of several in a row the first is as good as all. */
static void
add_stars(struct walk *w, bool last)
{
	w->literal = false;
	if (w->slash) {
		buffer_add_text(&w->matcher, TEXT("(?:/[^/]+)*"));
		buffer_add_byte(&w->longest, '/');
	} else if (last) {
		buffer_add_text(&w->matcher, TEXT("[^/]+(?:/[^/]+)*"));
		stand_in(&w->shortest, 1);
	} else {
		buffer_add_text(&w->matcher, TEXT("(?:[^/]+/)*"));
	}
	stand_in(&w->longest, STAND_INS);
	if (!w->slash && !last)
		buffer_add_byte(&w->longest, '/');
}

static bool
only_stars(struct text rest)
{
	while (rest.n)
		if (!text_equal(text_next_segment(&rest), TEXT("**")))
			return false;
	return true;
}

static const char *
walk_segments(struct walk *w, struct text rest)
{
	bool stars = false;
	int n = 0;

	while (rest.n) {
		struct text segment = text_next_segment(&rest);
		bool before = stars;

		if (segment.n == 0)
			return "must not have an empty segment";
		if (++n > SUBSCRIPTION_PATTERN_SEGMENTS_MAX)
			return "has too many segments "
			    "(SUBSCRIPTION_PATTERN_SEGMENTS_MAX)";
		stars = text_equal(segment, TEXT("**"));
		if (stars && !before) {
			add_stars(w, only_stars(rest));
		} else if (text_equal(segment, TEXT("*"))) {
			add_star(w);
		} else if (!stars && !add_literal(w, segment)) {
			return "may have a * only as a whole segment; "
			    "one that is meant is written %2A";
		}
	}
	return NULL;
}

static struct text
text_in(const struct buffer *b)
{
	return (struct text){ b->p ? b->p : "", b->n };
}

const char *
subscription_pattern_read(struct arena *arena, struct text text,
    struct subscription_pattern *pattern)
{
	struct walk w = { .literal = true };
	const char *why;

	text = without_slashes(text);
	if (text.n == 0)
		return "must not be empty";
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] < 0x20 || text.p[i] == 0x7F)
			return "must not have control characters";
	buffer_init(&w.matcher, arena);
	buffer_init(&w.prefix, arena);
	buffer_init(&w.shortest, arena);
	buffer_init(&w.longest, arena);
	buffer_add_text(&w.matcher, TEXT("^(?:"));
	why = walk_segments(&w, text);
	buffer_add_text(&w.matcher, TEXT(")$"));
	*pattern = (struct subscription_pattern){ text, text_in(&w.matcher),
		text_in(&w.prefix), text_in(&w.shortest),
		text_in(&w.longest) };
	return why;
}
