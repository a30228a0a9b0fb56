/*
 * Records, enums and fixed, which have names. A name is known from where its
 * definition begins, so that a record can hold records of its own kind. For
 * the same reason the defaults of fields are kept for the end, when all types
 * are whole.
 */
#include <stdlib.h>

#include "fcgi/schema_names.h"
#include "fcgi/schema_reader.h"

static void
check_aliases(struct reader *r, const struct schema_place *at,
    const struct json *object, bool (*is_valid)(struct text name))
{
	const struct json *aliases = json_find(object, TEXT("aliases"));

	if (aliases && aliases->kind != JSON_KIND_ARRAY)
		schema_refuse(r, at, "\"aliases\" must be an array");
	else
		JSON_EACH(alias, aliases)
			if (alias->kind != JSON_KIND_STRING ||
			    !is_valid(alias->string))
				schema_refuse(r, at,
				    "\"aliases\" must be names");
}

/*
 * The name of a type that is defined here: known from now on. NULL after
 * refusing.
 */
static struct schema_type *
define(struct reader *r, const struct schema_place *at,
    const struct json *object, enum schema_kind kind)
{
	const struct json *name = schema_need(r, at, object, "name",
	    JSON_KIND_STRING);
	const struct json *own = json_find(object, TEXT("namespace"));
	struct text space = r->space, full;
	struct schema_type *type;
	struct named *named;

	if (!name)
		return NULL;
	if (!schema_is_full_name(name->string))
		return schema_refuse(r, at,
		    "\"%.*s\" is no name", SHOWN(name->string));
	if (own && own->kind != JSON_KIND_STRING)
		return schema_refuse(r, at, "\"namespace\" must be a string");
	if (own)
		space = own->string;
	if (space.n && !schema_is_full_name(space))
		return schema_refuse(r, at,
		    "\"%.*s\" is no namespace", SHOWN(space));
	full = schema_full_name(r->keep, name->string, space);
	if (schema_kind_of(schema_last_name(full)) < SCHEMA_PRIMITIVES)
		return schema_refuse(r, at,
		    "\"%.*s\" is Avro's own name", SHOWN(full));
	if (schema_find_named(r, full))
		return schema_refuse(r, at,
		    "\"%.*s\" is defined twice", SHOWN(full));
	check_aliases(r, at, object, schema_is_full_name);
	type = schema_new_type(r, kind);
	type->name = full;
	named = arena_alloc(r->scratch, sizeof(*named));
	*named = (struct named){ r->names, type };
	r->names = named;
	return type;
}

static int
by_field_name(const void *a, const void *b)
{
	const struct schema_field *const *x = a, *const *y = b;

	return text_compare((*x)->name, (*y)->name);
}

static int
by_symbol(const void *a, const void *b)
{
	const struct text *x = a, *y = b;

	return text_compare(*x, *y);
}

bool
schema_has_symbol(const struct schema_type *type, struct text word)
{
	return bsearch(&word, type->symbol, type->symbols,
	    sizeof(*type->symbol), by_symbol);
}

static void
check_order(struct reader *r, const struct schema_place *at,
    const struct json *field)
{
	const struct json *order = json_find(field, TEXT("order"));

	if (order && (order->kind != JSON_KIND_STRING ||
	    (!text_equal(order->string, TEXT("ascending")) &&
	    !text_equal(order->string, TEXT("descending")) &&
	    !text_equal(order->string, TEXT("ignore")))))
		schema_refuse(r, at, "\"order\" must be ascending, "
		    "descending or ignore");
}

static void
read_field(struct reader *r, const struct schema_place *at,
    const struct json *json, struct schema_field *field)
{
	const struct schema_place below = { at, TEXT("type"), 0 };
	const struct json *name, *type, *value;
	struct fallback *fallback;

	if (json->kind != JSON_KIND_OBJECT) {
		schema_refuse(r, at, "a field must be an object");
		return;
	}
	name = schema_need(r, at, json, "name", JSON_KIND_STRING);
	type = json_find(json, TEXT("type"));
	if (!name)
		return;
	if (!schema_is_name(name->string))
		schema_refuse(r, at,
		    "\"%.*s\" is no name", SHOWN(name->string));
	if (!type)
		schema_refuse(r, at, "\"type\" is missing");
	check_order(r, at, json);
	check_aliases(r, at, json, schema_is_name);
	if (r->why)
		return;
	field->name = arena_text(r->keep, name->string);
	field->type = schema_read_type(r, &below, type);
	value = json_find(json, TEXT("default"));
	field->has_default = value != NULL;
	if (!value || !field->type)
		return;
	fallback = arena_alloc(r->scratch, sizeof(*fallback));
	*fallback = (struct fallback){ NULL, field->type, value,
		schema_path(r->scratch, at) };
	*r->last_fallback = fallback;
	r->last_fallback = &fallback->next;
}

struct schema_type *
schema_read_record(struct reader *r, const struct schema_place *at,
    const struct json *object)
{
	const struct schema_place list = { at, TEXT("fields"), 0 };
	struct schema_place here = { &list, TEXT_ABSENT, 0 };
	struct schema_type *type = define(r, at, object, SCHEMA_RECORD);
	struct text outer = r->space;
	const struct json *fields;
	size_t n = 0;

	fields = type ?
	    schema_need(r, at, object, "fields", JSON_KIND_ARRAY) : NULL;
	if (!fields)
		return NULL;
	r->space = schema_namespace(type->name);
	type->field = arena_alloc(r->keep,
	    fields->count * sizeof(*type->field));
	type->by_name = arena_alloc(r->keep,
	    fields->count * sizeof(*type->by_name));
	JSON_EACH(json, fields) {
		struct schema_field *field = &type->field[n];

		here.index = n;
		read_field(r, &here, json, field);
		if (r->why)
			return NULL;
		type->required += !field->has_default;
		type->by_name[n++] = field;
	}
	type->fields = n;
	qsort(type->by_name, n, sizeof(*type->by_name), by_field_name);
	for (size_t i = 1; i < n; i++)
		if (text_equal(type->by_name[i - 1]->name,
		    type->by_name[i]->name))
			return schema_refuse(r, at,
			    "there are two fields \"%.*s\"",
			    SHOWN(type->by_name[i]->name));
	r->space = outer;
	return type;
}

struct schema_type *
schema_read_enum(struct reader *r, const struct schema_place *at,
    const struct json *object)
{
	struct schema_type *type = define(r, at, object, SCHEMA_ENUM);
	const struct json *symbols, *fallback;
	size_t n = 0;

	symbols = type ?
	    schema_need(r, at, object, "symbols", JSON_KIND_ARRAY) : NULL;
	if (!symbols)
		return NULL;
	if (!symbols->count)
		return schema_refuse(r, at, "\"symbols\" must not be empty");
	type->symbol = arena_alloc(r->keep,
	    symbols->count * sizeof(*type->symbol));
	JSON_EACH(symbol, symbols) {
		if (symbol->kind != JSON_KIND_STRING ||
		    !schema_is_name(symbol->string))
			return schema_refuse(r, at,
			    "\"symbols\" must be names");
		type->symbol[n++] = arena_text(r->keep, symbol->string);
	}
	type->symbols = n;
	qsort(type->symbol, n, sizeof(*type->symbol), by_symbol);
	for (size_t i = 1; i < n; i++)
		if (text_equal(type->symbol[i - 1], type->symbol[i]))
			return schema_refuse(r, at,
			    "there are two symbols \"%.*s\"",
			    SHOWN(type->symbol[i]));
	fallback = json_find(object, TEXT("default"));
	if (fallback && (fallback->kind != JSON_KIND_STRING ||
	    !schema_has_symbol(type, fallback->string)))
		return schema_refuse(r, at,
		    "\"default\" must be one of the symbols");
	return type;
}

struct schema_type *
schema_read_fixed(struct reader *r, const struct schema_place *at,
    const struct json *object)
{
	struct schema_type *type = define(r, at, object, SCHEMA_FIXED);
	const struct json *size = json_find(object, TEXT("size"));
	long long bytes;

	if (!type)
		return NULL;
	if (!size || size->kind != JSON_KIND_NUMBER ||
	    !text_to_integer(size->string, &bytes) || bytes < 0 ||
	    bytes > INT32_MAX)
		return schema_refuse(r, at, "\"size\" must be an integer "
		    "from 0 to %d", INT32_MAX);
	type->size = (size_t)bytes;
	return type;
}
