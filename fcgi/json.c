/*
 * A JSON text as a tree: yajl finds the tokens and checks the grammar, and its
 * events hang values into the arena. What it leaves to its caller is done here
 * (doubled names, numbers) and in json_yajl.c.
 */
#include "fcgi/json.h"

#include <math.h>
#include <stdlib.h>

#include "fcgi/json_yajl.h"
#include "fcgi/limits.h"

/* Objects with more members are sorted to see whether two share a name. */
enum { MEMBERS_COMPARED_MAX = 16 };

/* An array or object whose end is still to come. */
struct level {
	struct json *parent;
	const struct json **last;	/* where its next child is hung */
};

struct parser {
	struct json_run run;
	struct arena *arena;
	bool verbatim;		/* numbers are let be */
	struct json *root;
	struct text name;	/* of the member whose value is next */
	struct level level[JSON_DEPTH_MAX];
};

static struct json *
add(struct parser *p, enum json_kind kind)
{
	struct json *value = arena_alloc(p->arena, sizeof(*value));

	value->kind = kind;
	if (p->run.depth) {
		struct level *level = &p->level[p->run.depth - 1];

		*level->last = value;
		level->last = &value->next;
		level->parent->count++;
		if (level->parent->kind == JSON_KIND_OBJECT)
			value->name = p->name;
	} else {
		p->root = value;
	}
	return value;
}

static int
on_null(void *context)
{
	add(context, JSON_KIND_NULL);
	return 1;
}

static int
on_boolean(void *context, int boolean)
{
	add(context, JSON_KIND_BOOL)->boolean = boolean;
	return 1;
}

/* A string without escapes is where it was sent, a number too; others are
 * yajl's, for the time of the call. */
static struct text
keep(struct parser *p, const unsigned char *start, size_t n)
{
	struct text string = { (const char *)start, n };
	uintptr_t offset = (uintptr_t)start - (uintptr_t)p->run.text.p;

	return offset < p->run.text.n ? string : arena_text(p->arena, string);
}

static int
on_number(void *context, const char *start, size_t n)
{
	struct parser *p = context;
	struct text digits = { start, n };
	struct json *value;
	long long integer;

	if (p->verbatim) {
		add(p, JSON_KIND_NUMBER)->string = keep(p,
		    (const unsigned char *)start, n);
		return 1;
	}
	if (memchr(start, '.', n) || memchr(start, 'e', n) ||
	    memchr(start, 'E', n)) {
		value = add(p, JSON_KIND_REAL);
		value->real = strtod(arena_string(p->arena, digits), NULL);
		return isfinite(value->real) || json_run_bad_syntax(&p->run);
	}
	if (!text_to_integer(digits, &integer))
		return json_run_bad_syntax(&p->run);
	add(p, JSON_KIND_INTEGER)->integer = integer;
	return 1;
}

static int
on_string(void *context, const unsigned char *start, size_t n)
{
	struct parser *p = context;

	add(p, JSON_KIND_STRING)->string = keep(p, start, n);
	return 1;
}

static int
on_name(void *context, const unsigned char *start, size_t n)
{
	struct parser *p = context;
	const struct json *object = p->level[p->run.depth - 1].parent;

	if (memchr(start, '\0', n))
		return json_run_bad_syntax(&p->run);
	p->name = keep(p, start, n);
	if (object->count < MEMBERS_COMPARED_MAX && json_find(object, p->name))
		return json_run_complain(&p->run, JSON_FAULT_DOUBLED,
		    p->name);
	return 1;
}

static int
open(struct parser *p, enum json_kind kind)
{
	struct json *parent = add(p, kind);

	if (!json_run_open(&p->run))
		return 0;
	p->level[p->run.depth - 1] = (struct level){ parent, &parent->first };
	return 1;
}

static int
on_array(void *context)
{
	return open(context, JSON_KIND_ARRAY);
}

static int
on_object(void *context)
{
	return open(context, JSON_KIND_OBJECT);
}

static const struct json *
shut(struct parser *p)
{
	json_run_shut(&p->run);
	return p->level[p->run.depth].parent;
}

static int
on_array_end(void *context)
{
	shut(context);
	return 1;
}

static int
by_name(const void *a, const void *b)
{
	const struct text x = (*(const struct json *const *)a)->name;
	const struct text y = (*(const struct json *const *)b)->name;

	return text_compare(x, y);
}

/* In an object of many members, no two may share a name. */
static int
on_object_end(void *context)
{
	struct parser *p = context;
	const struct json *object = shut(p), **all;
	size_t n = 0;

	if (object->count <= MEMBERS_COMPARED_MAX)
		return 1;
	all = arena_alloc_raw(p->arena, object->count * sizeof(*all));
	JSON_EACH(member, object)
		all[n++] = member;
	qsort(all, n, sizeof(*all), by_name);
	for (size_t i = 1; i < n; i++)
		if (text_equal(all[i - 1]->name, all[i]->name))
			return json_run_complain(&p->run, JSON_FAULT_DOUBLED,
			    all[i]->name);
	return 1;
}

static const yajl_callbacks events = {
	.yajl_null = on_null,
	.yajl_boolean = on_boolean,
	.yajl_number = on_number,
	.yajl_string = on_string,
	.yajl_start_map = on_object,
	.yajl_map_key = on_name,
	.yajl_end_map = on_object_end,
	.yajl_start_array = on_array,
	.yajl_end_array = on_array_end,
};

const struct json *
json_parse(struct arena *arena, struct text text,
    struct json_complaint *complaint)
{
	struct parser p = { .arena = arena,
		.run = { .text = text, .complaint = complaint } };

	return json_run(&p.run, &events, &p, false) ? p.root : NULL;
}

const struct json *
json_parse_verbatim(struct arena *arena, struct text text,
    struct json_complaint *complaint)
{
	struct parser p = { .arena = arena, .verbatim = true,
		.run = { .text = text, .complaint = complaint } };

	return json_run(&p.run, &events, &p, false) ? p.root : NULL;
}

/* In brackets it is an array of one, or of more than there may be. */
const struct json *
json_parse_value(struct arena *arena, struct text text,
    struct json_complaint *complaint)
{
	struct parser p = { .arena = arena, .verbatim = true,
		.run = { .text = text, .complaint = complaint } };

	if (!json_run(&p.run, &events, &p, true))
		return NULL;
	if (p.root->count == 1)
		return p.root->first;
	json_run_bad_syntax(&p.run);
	return NULL;
}

const struct json *
json_find(const struct json *object, struct text name)
{
	JSON_EACH(member, object)
		if (text_equal(member->name, name))
			return member;
	return NULL;
}
