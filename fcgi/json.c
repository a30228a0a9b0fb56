/*
 * yajl finds the tokens and checks the grammar; its events become a tree
 * here. What it takes and RFC 8259 does not is looked for beforehand, and
 * what it leaves to its caller (depth, doubled names, numbers) is done here.
 */
#include "fcgi/json.h"

#include <math.h>
#include <stdlib.h>
#include <yajl/yajl_parse.h>

#include "fcgi/limits.h"
#include "fcgi/must.h"

/* Objects with more members are sorted to see whether two share a name. */
enum { MEMBERS_COMPARED_MAX = 16 };

/* An array or object whose end is still to come. */
struct level {
	struct json *parent;
	const struct json **last;	/* where its next child is hung */
};

struct parser {
	struct arena *arena;
	yajl_handle yajl;
	struct text text;
	struct json *root;
	struct text name;	/* of the member whose value is next */
	struct level level[JSON_DEPTH_MAX];
	int depth;
	size_t end;		/* behind the outermost bracket */
	struct json_complaint *complaint;
};

/* Returns what makes yajl stop, when that is who asked. */
static int
complain(struct parser *p, enum json_fault fault, struct text name)
{
	*p->complaint = (struct json_complaint){ fault,
		p->yajl ? yajl_get_bytes_consumed(p->yajl) : 0, name };
	return 0;
}

static int
bad_syntax(struct parser *p)
{
	return complain(p, JSON_FAULT_SYNTAX, TEXT_ABSENT);
}

/* --- before yajl ---------------------------------------------------------- */

/* The unit of UTF-16 behind "\u" at s, or -1. */
static int
read_unit(const char *s, const char *end)
{
	int value = 0;

	if (end - s < 6 || s[0] != '\\' || s[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		char c = s[i];

		if (c >= '0' && c <= '9')
			value = value << 4 | (c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			value = value << 4 | ((c | 0x20) - 'a' + 10);
		else
			return -1;
	}
	return value;
}

/*
 * Do surrogates among the escapes come in pairs? yajl makes a question mark
 * of half a pair, or bytes that are no UTF-8. Backslashes that stand where
 * none may are its own business.
 */
static bool
surrogates_are_paired(struct text text)
{
	const char *s = text.p, *end = text.p + text.n;

	while ((s = memchr(s, '\\', (size_t)(end - s)))) {
		int unit = read_unit(s, end), second;

		if (unit >= 0xD800 && unit < 0xDC00) {
			second = read_unit(s + 6, end);
			if (second < 0xDC00 || second >= 0xE000)
				return false;
			s += 12;
		} else if (unit >= 0xDC00 && unit < 0xE000) {
			return false;
		} else {
			s += end - s < 2 ? 1 : 2;
		}
	}
	return true;
}

/* yajl also takes vertical tabs and form feeds for blanks, and has a loose
 * idea of UTF-8. */
static bool
is_strict(struct text text)
{
	return text.n && !memchr(text.p, '\v', text.n) &&
	    !memchr(text.p, '\f', text.n) && text_is_utf8(text) &&
	    surrogates_are_paired(text);
}

/* --- yajl's events -------------------------------------------------------- */

static struct json *
add(struct parser *p, enum json_kind kind)
{
	struct json *value = arena_alloc(p->arena, sizeof(*value));

	value->kind = kind;
	if (p->depth) {
		struct level *level = &p->level[p->depth - 1];

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

static int
on_number(void *context, const char *start, size_t n)
{
	struct parser *p = context;
	struct text digits = { start, n };
	struct json *value;
	long long integer;

	if (memchr(start, '.', n) || memchr(start, 'e', n) ||
	    memchr(start, 'E', n)) {
		value = add(p, JSON_KIND_REAL);
		value->real = strtod(arena_string(p->arena, digits), NULL);
		return isfinite(value->real) || bad_syntax(p);
	}
	if (!text_to_integer(digits, &integer))
		return bad_syntax(p);
	add(p, JSON_KIND_INTEGER)->integer = integer;
	return 1;
}

/* A string without escapes is where it was sent; others are yajl's, for the
 * time of the call. */
static struct text
keep(struct parser *p, const unsigned char *start, size_t n)
{
	struct text string = { (const char *)start, n };
	uintptr_t offset = (uintptr_t)start - (uintptr_t)p->text.p;

	return offset < p->text.n ? string : arena_text(p->arena, string);
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
	const struct json *object = p->level[p->depth - 1].parent;

	if (memchr(start, '\0', n))
		return bad_syntax(p);
	p->name = keep(p, start, n);
	if (object->count < MEMBERS_COMPARED_MAX && json_find(object, p->name))
		return complain(p, JSON_FAULT_DOUBLED, p->name);
	return 1;
}

static int
open(struct parser *p, enum json_kind kind)
{
	struct json *parent;

	if (p->depth == JSON_DEPTH_MAX)
		return complain(p, JSON_FAULT_DEPTH, TEXT_ABSENT);
	parent = add(p, kind);
	p->level[p->depth++] = (struct level){ parent, &parent->first };
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
	if (!--p->depth)
		p->end = yajl_get_bytes_consumed(p->yajl);
	return p->level[p->depth].parent;
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
	int order = memcmp(x.p, y.p, x.n < y.n ? x.n : y.n);

	return order ? order : (x.n > y.n) - (x.n < y.n);
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
			return complain(p, JSON_FAULT_DOUBLED, all[i]->name);
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

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* yajl lets pass a token behind the value that has no end. */
static bool
ends_there(const struct parser *p)
{
	for (size_t i = p->end; i < p->text.n; i++)
		if (!is_blank(p->text.p[i]))
			return false;
	return p->end > 0;
}

/* --- cutting -------------------------------------------------------------- */

/* A text of which only the outermost values matter. */
struct cutter {
	struct parser p;
	bool (*take)(void *context, struct text value);
	void *context;
	size_t from;	/* behind the value before */
	size_t values;
};

/* Between two values of an array are blanks and a comma. */
static int
cut(struct cutter *c)
{
	size_t from = c->from, end = yajl_get_bytes_consumed(c->p.yajl);

	c->values++;
	if (!c->take)
		return 1;
	while (is_blank(c->p.text.p[from]) || c->p.text.p[from] == ',')
		from++;
	c->from = end;
	return c->take(c->context,
	    (struct text){ c->p.text.p + from, end - from });
}

static int
cut_scalar(void *context)
{
	struct cutter *c = context;

	return c->p.depth > 1 || cut(c);
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

	if (c->p.depth++ == JSON_DEPTH_MAX)
		return complain(&c->p, JSON_FAULT_DEPTH, TEXT_ABSENT);
	if (c->p.depth == 1)
		c->from = yajl_get_bytes_consumed(c->p.yajl);
	return 1;
}

static int
cut_shut(void *context)
{
	struct cutter *c = context;

	if (--c->p.depth == 0)
		c->p.end = yajl_get_bytes_consumed(c->p.yajl);
	return c->p.depth != 1 || cut(c);
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

/* --- what callers use ----------------------------------------------------- */

/* Give yajl the text, in brackets if need be. */
static bool
run(struct parser *p, const yajl_callbacks *callbacks, void *context,
    bool brackets)
{
	static const unsigned char open[] = "[", close[] = "]";
	yajl_status status = yajl_status_ok;

	if (!is_strict(p->text))
		return bad_syntax(p);
	p->yajl = yajl_alloc(callbacks, NULL, context);
	must(p->yajl);
	yajl_config(p->yajl, yajl_dont_validate_strings, 1);
	if (brackets)
		status = yajl_parse(p->yajl, open, 1);
	if (status == yajl_status_ok)
		status = yajl_parse(p->yajl, (const unsigned char *)p->text.p,
		    p->text.n);
	if (status == yajl_status_ok && brackets)
		status = yajl_parse(p->yajl, close, 1);
	if (status == yajl_status_ok)
		status = yajl_complete_parse(p->yajl);
	if (status == yajl_status_ok && !brackets && !ends_there(p))
		status = yajl_status_error;
	if (status == yajl_status_error)
		bad_syntax(p);
	yajl_free(p->yajl);
	return status == yajl_status_ok;
}

const struct json *
json_parse(struct arena *arena, struct text text,
    struct json_complaint *complaint)
{
	struct parser p = { .arena = arena, .text = text,
		.complaint = complaint };

	return run(&p, &events, &p, false) ? p.root : NULL;
}

static struct text
without_blanks(struct text text)
{
	while (text.n && is_blank(text.p[text.n - 1]))
		text.n--;
	while (text.n && is_blank(*text.p)) {
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
	struct cutter c = { .p = { .text = value, .complaint = complaint },
		.take = take, .context = context };

	if (value.n && *value.p == '[')
		return run(&c.p, &cuts, &c, false);
	/* In brackets it is an array of one, or of more than there may be. */
	c.take = NULL;
	if (!run(&c.p, &cuts, &c, true))
		return false;
	return c.values == 1 ? take(context, value) : bad_syntax(&c.p);
}

const struct json *
json_find(const struct json *object, struct text name)
{
	JSON_EACH(member, object)
		if (text_equal(member->name, name))
			return member;
	return NULL;
}
