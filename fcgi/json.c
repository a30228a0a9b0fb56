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

/* yajl lets pass a token behind the value that has no end. */
static bool
ends_there(const struct parser *p)
{
	for (size_t i = p->end; i < p->text.n; i++)
		if (!memchr(" \t\r\n", p->text.p[i], 4))
			return false;
	return p->end > 0;
}

/* --- what callers use ----------------------------------------------------- */

const struct json *
json_parse(struct arena *arena, struct text text,
    struct json_complaint *complaint)
{
	struct parser p = { .arena = arena, .text = text,
		.complaint = complaint };
	yajl_status status;

	if (!is_strict(text)) {
		bad_syntax(&p);
		return NULL;
	}
	p.yajl = yajl_alloc(&events, NULL, &p);
	must(p.yajl);
	yajl_config(p.yajl, yajl_dont_validate_strings, 1);
	status = yajl_parse(p.yajl, (const unsigned char *)text.p, text.n);
	if (status == yajl_status_ok)
		status = yajl_complete_parse(p.yajl);
	if (status == yajl_status_ok && !ends_there(&p))
		status = yajl_status_error;
	if (status == yajl_status_error)
		bad_syntax(&p);
	yajl_free(p.yajl);
	return status == yajl_status_ok ? p.root : NULL;
}

const struct json *
json_find(const struct json *object, struct text name)
{
	JSON_EACH(member, object)
		if (text_equal(member->name, name))
			return member;
	return NULL;
}
