/*
 * Is a payload what its schema describes? Value and type are walked together;
 * nothing stays in the arena but the sentence about the first value that does
 * not fit.
 *
 * A union's branches are tried in turn, those that a value of its kind may be
 * of. Where several may be, records within records say, the same values are
 * looked at again and again: steps are counted, and what takes too many is
 * refused. Where each byte of a value is looked at, it is a step.
 */
#include <math.h>
#include <stdlib.h>

#include "fcgi/limits.h"
#include "fcgi/schema_type.h"

struct walk {
	struct arena *arena;
	const char *misfit;	/* the sentence */
	size_t *steps;		/* left */
	int tries;		/* of branches, in which nothing is said */
};

static bool check(struct walk *w, const struct schema_type *type,
    const struct json *value, const struct schema_place *at);

/* Always false. */
static bool misfit(struct walk *w, const struct schema_place *at,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

static bool
misfit(struct walk *w, const struct schema_place *at, const char *format, ...)
{
	va_list args;

	if (w->tries || w->misfit)
		return false;
	va_start(args, format);
	w->misfit = arena_printf(w->arena, "%s%s", schema_path(w->arena, at),
	    arena_vprintf(w->arena, format, args));
	va_end(args);
	return false;
}

/* So many steps more; false when there were too many. */
static bool
step(struct walk *w, size_t n)
{
	if (*w->steps >= n) {
		*w->steps -= n;
		return true;
	}
	*w->steps = 0;
	if (!w->misfit)
		w->misfit = arena_printf(w->arena, "there are too many ways to "
		    "read it (SCHEMA_STEPS, SCHEMA_STEPS_PER_BYTE)");
	return false;
}

/* What a value is, for "got ...". */
static const char *
shown(struct walk *w, const struct json *value)
{
	static const char *const words[] = {
		[JSON_KIND_NULL] = "null", [JSON_KIND_BOOL] = "boolean",
		[JSON_KIND_ARRAY] = "array", [JSON_KIND_OBJECT] = "object"
	};
	const char *quote = value->kind == JSON_KIND_STRING ? "\"" : "", *more;
	struct text cut;

	if (value->kind != JSON_KIND_STRING &&
	    value->kind != JSON_KIND_NUMBER)
		return words[value->kind];
	cut = text_cut(value->string, NAME_SHOWN_BYTES);
	more = cut.n < value->string.n ? "..." : "";
	return arena_printf(w->arena, "%s%.*s%s%s", quote, TEXT_ARG(cut), more,
	    quote);
}

static const char *
kind_shown(const struct json *value)
{
	static const char *const words[] = {
		[JSON_KIND_NULL] = "null", [JSON_KIND_BOOL] = "boolean",
		[JSON_KIND_NUMBER] = "number", [JSON_KIND_STRING] = "string",
		[JSON_KIND_ARRAY] = "array", [JSON_KIND_OBJECT] = "object"
	};

	return words[value->kind];
}

/* A value of another kind than the type's. */
static bool
wrong_kind(struct walk *w, const struct schema_type *type,
    const struct json *value, const struct schema_place *at)
{
	return w->tries ? false : misfit(w, at, "expected %s, got %s",
	    schema_described(w->arena, type), kind_shown(value));
}

/* A value of the type's kind that is still none of its values. */
static bool
wrong_value(struct walk *w, const struct schema_type *type,
    const struct json *value, const struct schema_place *at)
{
	return w->tries ? false : misfit(w, at, "expected %s, got %s",
	    schema_described(w->arena, type), shown(w, value));
}

/* An integer is written as one: 1.0 is none. */
static bool
is_integer(struct text number, int64_t low, int64_t high)
{
	long long value;

	return text_to_integer(number, &value) && value >= low &&
	    value <= high;
}

/* Is the float, or the double, that is nearest to it finite? */
static bool
is_finite(struct walk *w, struct text number, bool single)
{
	struct arena_mark mark = arena_mark(w->arena);
	char *digits;
	bool finite;

	/* Most have not got the digits for more. */
	if (number.n < 38 && !memchr(number.p, 'e', number.n) &&
	    !memchr(number.p, 'E', number.n))
		return true;
	if (!step(w, number.n))
		return false;
	digits = arena_string(w->arena, number);
	finite = single ? isfinite(strtof(digits, NULL)) :
	    isfinite(strtod(digits, NULL));
	arena_rewind(w->arena, mark);
	return finite;
}

static bool
number_fits(struct walk *w, enum schema_kind kind, struct text number)
{
	switch (kind) {
	case SCHEMA_INT:
		return is_integer(number, INT32_MIN, INT32_MAX);
	case SCHEMA_LONG:
		return is_integer(number, INT64_MIN, INT64_MAX);
	default:
		return is_finite(w, number, kind == SCHEMA_FLOAT);
	}
}

/* Characters up to U+00FF, and as many of them as a fixed has bytes. */
static bool
bytes_fit(struct walk *w, const struct schema_type *type, struct text string)
{
	size_t at = 0, n = 0;
	int byte;

	if (!step(w, string.n))
		return false;
	while ((byte = schema_next_byte(string, &at)) >= 0)
		n++;
	return byte == -1 && (type->kind == SCHEMA_BYTES || n == type->size);
}

static bool
string_fits(struct walk *w, const struct schema_type *type, struct text string)
{
	switch (type->kind) {
	case SCHEMA_ENUM:
		return schema_has_symbol(type, string);
	case SCHEMA_STRING:
		return true;
	default:
		return bytes_fit(w, type, string);
	}
}

/* Members mostly come in the order of the fields: *next is tried first. */
static const struct schema_field *
find_field(const struct schema_type *type, struct text name, size_t *next)
{
	size_t low = 0, high = type->fields;

	if (*next < type->fields &&
	    text_equal(type->field[*next].name, name))
		return &type->field[(*next)++];
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct schema_field *field = type->by_name[middle];
		int order = text_compare(name, field->name);

		if (order == 0) {
			*next = (size_t)(field - type->field) + 1;
			return field;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/*
 * Members that are no fields are let be. Of one name there is one member, so
 * counting those that a record needs tells whether all are there.
 */
static bool
check_record(struct walk *w, const struct schema_type *type,
    const struct json *object, const struct schema_place *at)
{
	struct schema_place here = { at, TEXT_ABSENT, 0 };
	const struct schema_field *field;
	size_t next = 0, required = 0;

	JSON_EACH(member, object) {
		field = find_field(type, member->name, &next);
		if (!field) {
			if (!step(w, 1))
				return false;
			continue;
		}
		required += !field->has_default;
		here.name = field->name;
		if (!check(w, field->type, member, &here))
			return false;
	}
	if (required == type->required)
		return true;
	if (w->tries)
		return false;
	for (field = type->field; field->has_default ||
	    json_find(object, field->name); field++)
		;
	here.name = field->name;
	return misfit(w, &here, "expected %s, got nothing",
	    schema_described(w->arena, field->type));
}

static bool
check_items(struct walk *w, const struct schema_type *type,
    const struct json *parent, const struct schema_place *at)
{
	struct schema_place here = { at, TEXT_ABSENT, 0 };

	JSON_EACH(item, parent) {
		if (type->kind == SCHEMA_MAP)
			here.name = item->name;
		if (!check(w, type->items, item, &here))
			return false;
		here.index++;
	}
	return true;
}

/* Could a value of that kind be one of the type's? */
static bool
may_take(const struct schema_type *type, enum json_kind kind)
{
	static const enum json_kind kinds[] = {
		[SCHEMA_NULL] = JSON_KIND_NULL,
		[SCHEMA_BOOLEAN] = JSON_KIND_BOOL,
		[SCHEMA_INT] = JSON_KIND_NUMBER,
		[SCHEMA_LONG] = JSON_KIND_NUMBER,
		[SCHEMA_FLOAT] = JSON_KIND_NUMBER,
		[SCHEMA_DOUBLE] = JSON_KIND_NUMBER,
		[SCHEMA_BYTES] = JSON_KIND_STRING,
		[SCHEMA_STRING] = JSON_KIND_STRING,
		[SCHEMA_RECORD] = JSON_KIND_OBJECT,
		[SCHEMA_ENUM] = JSON_KIND_STRING,
		[SCHEMA_ARRAY] = JSON_KIND_ARRAY,
		[SCHEMA_MAP] = JSON_KIND_OBJECT,
		[SCHEMA_FIXED] = JSON_KIND_STRING,
	};

	return kinds[type->kind] == kind;
}

/*
 * When one branch alone may take the value, what is wrong with it is wrong
 * with the value. Else the sentence names those that might have.
 */
static bool
check_union(struct walk *w, const struct schema_type *type,
    const struct json *value, const struct schema_place *at)
{
	const struct schema_type *only = NULL;
	size_t candidates = 0;
	bool fits = false;

	for (size_t i = 0; i < type->branches; i++) {
		if (!step(w, 1))
			return false;
		if (may_take(type->branch[i], value->kind) && !candidates++)
			only = type->branch[i];
	}
	if (candidates == 1)
		return check(w, only, value, at);
	w->tries++;
	for (size_t i = 0; i < type->branches && candidates && !fits; i++)
		if (may_take(type->branch[i], value->kind))
			fits = check(w, type->branch[i], value, at);
	w->tries--;
	if (fits || w->tries)
		return fits;
	return candidates ? wrong_value(w, type, value, at) :
	    wrong_kind(w, type, value, at);
}

static bool
check(struct walk *w, const struct schema_type *type, const struct json *value,
    const struct schema_place *at)
{
	bool fits = true;

	if (!step(w, 1))
		return false;
	if (type->kind == SCHEMA_UNION)
		return check_union(w, type, value, at);
	if (!may_take(type, value->kind))
		return wrong_kind(w, type, value, at);
	if (type->kind == SCHEMA_RECORD)
		return check_record(w, type, value, at);
	if (type->kind == SCHEMA_ARRAY || type->kind == SCHEMA_MAP)
		return check_items(w, type, value, at);
	if (value->kind == JSON_KIND_NUMBER)
		fits = number_fits(w, type->kind, value->string);
	else if (value->kind == JSON_KIND_STRING)
		fits = string_fits(w, type, value->string);
	if (fits && type->logic != SCHEMA_PLAIN)
		fits = schema_logic_takes(type, value);
	return fits || wrong_value(w, type, value, at);
}

size_t
schema_steps(size_t bytes)
{
	return SCHEMA_STEPS + bytes * SCHEMA_STEPS_PER_BYTE;
}

const char *
schema_value_misfit(const struct schema_type *type, struct arena *arena,
    const struct json *value, size_t *steps)
{
	struct walk w = { .arena = arena, .steps = steps };

	return check(&w, type, value, NULL) ? NULL : w.misfit;
}

const char *
schema_misfit(const struct schema_type *type, struct arena *arena,
    struct text payload)
{
	struct arena_mark mark = arena_mark(arena);
	size_t steps = schema_steps(payload.n);
	struct json_complaint complaint;
	const struct json *value = json_parse_value(arena, payload,
	    &complaint);
	const char *why = value ?
	    schema_value_misfit(type, arena, value, &steps) :
	    schema_bad_json(arena, &complaint);

	if (!why)
		arena_rewind(arena, mark);
	return why;
}
