/*
 * Whether a field repeats is seen when they are sorted: a caller may send a
 * hundred thousand of them.
 */
#include "handlers/plates/fields.h"

#include <stdlib.h>

#include "fcgi/json_writer.h"

/* In any order, as long as equal ones are neighbours. */
static int
compare(const void *a, const void *b)
{
	const struct text *x = *(const struct text *const *)a;
	const struct text *y = *(const struct text *const *)b;

	if (x->n != y->n)
		return x->n < y->n ? -1 : 1;
	return x->n ? memcmp(x->p, y->p, x->n) : 0;
}

static bool
repeats(struct arena *arena, const struct text *words, int pairs)
{
	const struct text **field = arena_alloc_raw(arena,
	    (size_t)pairs * sizeof(*field));

	for (int i = 0; i < pairs; i++)
		field[i] = &words[2 * i];
	qsort(field, (size_t)pairs, sizeof(*field), compare);
	for (int i = 1; i < pairs; i++)
		if (compare(&field[i - 1], &field[i]) == 0)
			return true;
	return false;
}

struct text
fields_json(struct arena *arena, const struct text *words, int pairs)
{
	bool as_pairs = pairs > 1 && repeats(arena, words, pairs);
	struct json_writer w;
	struct buffer out;

	buffer_init(&out, arena);
	json_start(&w, &out);
	if (as_pairs)
		json_open_array(&w);
	else
		json_open_object(&w);
	for (int i = 0; i < 2 * pairs; i += 2) {
		if (as_pairs) {
			json_open_array(&w);
			json_text(&w, words[i]);
			json_text(&w, words[i + 1]);
			json_close_array(&w);
		} else {
			json_name_text(&w, words[i]);
			json_text(&w, words[i + 1]);
		}
	}
	if (as_pairs)
		json_close_array(&w);
	else
		json_close_object(&w);
	return (struct text){ out.p, out.n };
}
