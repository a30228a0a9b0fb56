/*
 * Cutting a JSON text. yajl says how far each token reaches, so the bytes
 * between are the caller's, as they came.
 */
#include "fcgi/json_yajl.h"

/* A text of which only the outermost values matter. */
struct cutter {
	struct json_run run;
	bool (*take)(void *context, struct text value);
	void *context;
	size_t from;	/* behind the value before */
	size_t values;
};

/* Between two values of an array are blanks and a comma. */
static int
cut(struct cutter *c)
{
	size_t from = c->from, end = json_run_at(&c->run);

	c->values++;
	if (!c->take)
		return 1;
	while (from < end && (json_is_blank(c->run.text.p[from]) ||
	    c->run.text.p[from] == ','))
		from++;
	/* yajl tells of a number at the end of the text, where the array has
	 * none, when there is no more text: it counts anew by then. */
	if (from >= end)
		return json_run_bad_syntax(&c->run);
	c->from = end;
	return c->take(c->context,
	    (struct text){ c->run.text.p + from, end - from });
}

static int
cut_scalar(void *context)
{
	struct cutter *c = context;

	return c->run.depth > 1 || cut(c);
}

static int
cut_boolean(void *context, int boolean)
{
	(void)boolean; /* only where it stands matters */
	return cut_scalar(context);
}

static int
cut_number(void *context, const char *start, size_t n)
{
	(void)start, (void)n;
	return cut_scalar(context);
}

static int
cut_string(void *context, const unsigned char *start, size_t n)
{
	(void)start, (void)n;
	return cut_scalar(context);
}

static int
cut_name(void *context, const unsigned char *start, size_t n)
{
	(void)context, (void)start, (void)n;
	return 1;
}

static int
cut_open(void *context)
{
	struct cutter *c = context;

	if (!json_run_open(&c->run))
		return 0;
	if (c->run.depth == 1)
		c->from = json_run_at(&c->run);
	return 1;
}

static int
cut_shut(void *context)
{
	struct cutter *c = context;

	json_run_shut(&c->run);
	return c->run.depth != 1 || cut(c);
}

static const yajl_callbacks cuts = {
	.yajl_null = cut_scalar,
	.yajl_boolean = cut_boolean,
	.yajl_number = cut_number,
	.yajl_string = cut_string,
	.yajl_start_map = cut_open,
	.yajl_map_key = cut_name,
	.yajl_end_map = cut_shut,
	.yajl_start_array = cut_open,
	.yajl_end_array = cut_shut,
};

static struct text
without_blanks(struct text text)
{
	while (text.n && json_is_blank(text.p[text.n - 1]))
		text.n--;
	while (text.n && json_is_blank(*text.p)) {
		text.p++;
		text.n--;
	}
	return text;
}

bool
json_split(struct text text, bool (*take)(void *context, struct text value),
    void *context, struct json_complaint *complaint)
{
	struct text value = without_blanks(text);
	struct cutter c = { .run = { .text = value, .complaint = complaint },
		.take = take, .context = context };

	if (value.n && *value.p == '[')
		return json_run(&c.run, &cuts, &c, false);
	/* In brackets it is an array of one, or of more than there may be. */
	c.take = NULL;
	if (!json_run(&c.run, &cuts, &c, true))
		return false;
	return c.values == 1 ? take(context, value) :
	    json_run_bad_syntax(&c.run);
}
