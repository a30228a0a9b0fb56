/*
 * Reading a schema: the JSON text is parsed into a tree, the tree is made into
 * types. What Avro's specification asks of a schema is asked here; the library
 * is asked as well (schema_doubt.c).
 */
#include "fcgi/must.h"
#include "fcgi/schema_names.h"
#include "fcgi/schema_reader.h"

static const char *const schema_words[SCHEMA_KINDS] = { "null", "boolean",
	"int", "long", "float", "double", "bytes", "string", "record", "enum",
	"array", "map", "fixed", "union" };

struct schema_type *
schema_refuse(struct reader *r, const struct schema_place *at,
    const char *format, ...)
{
	va_list args;

	if (r->why)
		return NULL;
	va_start(args, format);
	r->why = arena_printf(r->scratch, "%s%s", schema_path(r->scratch, at),
	    arena_vprintf(r->scratch, format, args));
	va_end(args);
	return NULL;
}

struct schema_type *
schema_new_type(struct reader *r, enum schema_kind kind)
{
	struct schema_type *type = arena_alloc(r->keep, sizeof(*type));

	type->kind = kind;
	type->name = text_of(schema_words[kind]);
	return type;
}

enum schema_kind
schema_kind_of(struct text word)
{
	for (int i = 0; i < SCHEMA_UNION; i++)
		if (text_equal(word, text_of(schema_words[i])))
			return i;
	return SCHEMA_UNION;
}

struct schema_type *
schema_find_named(const struct reader *r, struct text full_name)
{
	for (struct named *n = r->names; n; n = n->next)
		if (text_equal(n->type->name, full_name))
			return n->type;
	return NULL;
}

static struct schema_type *
read_reference(struct reader *r, const struct schema_place *at,
    struct text word)
{
	enum schema_kind kind = schema_kind_of(word);
	struct schema_type *type;

	if (kind < SCHEMA_PRIMITIVES)
		return schema_new_type(r, kind);
	type = schema_find_named(r,
	    schema_full_name(r->scratch, word, r->space));
	return type ? type :
	    schema_refuse(r, at, "there is no type \"%.*s\"", SHOWN(word));
}

const struct json *
schema_need(struct reader *r, const struct schema_place *at,
    const struct json *object, const char *name, enum json_kind kind)
{
	const struct json *member = json_find(object, text_of(name));

	if (member && member->kind == kind)
		return member;
	schema_refuse(r, at, member ? "\"%s\" must be %s" : "\"%s\" is missing",
	    name, kind == JSON_KIND_STRING ? "a string" : "an array");
	return NULL;
}

static struct schema_type *
read_items(struct reader *r, const struct schema_place *at,
    const struct json *object, enum schema_kind kind)
{
	struct text name = kind == SCHEMA_ARRAY ? TEXT("items") :
	    TEXT("values");
	const struct schema_place below = { at, name, 0 };
	const struct json *items = json_find(object, name);
	struct schema_type *type = schema_new_type(r, kind);

	if (!items)
		return schema_refuse(r, at,
		    "\"%.*s\" is missing", TEXT_ARG(name));
	type->items = schema_read_type(r, &below, items);
	return type->items ? type : NULL;
}

/* Of each unnamed type a union has one; so it does of each named type, which
 * is one object wherever it is named. */
static bool
is_same_branch(const struct schema_type *a, const struct schema_type *b)
{
	bool unnamed = a->kind < SCHEMA_PRIMITIVES ||
	    a->kind == SCHEMA_ARRAY || a->kind == SCHEMA_MAP;

	return a == b || (unnamed && a->kind == b->kind);
}

static struct schema_type *
read_union(struct reader *r, const struct schema_place *at,
    const struct json *list)
{
	struct schema_type *type = schema_new_type(r, SCHEMA_UNION);
	struct schema_place here = { at, TEXT_ABSENT, 0 };

	if (!list->count)
		return schema_refuse(r, at, "a union must have a branch");
	type->branch = arena_alloc(r->keep,
	    list->count * sizeof(*type->branch));
	JSON_EACH(json, list) {
		const struct schema_type *branch;

		here.index = type->branches;
		branch = schema_read_type(r, &here, json);
		if (!branch)
			return NULL;
		if (branch->kind == SCHEMA_UNION)
			return schema_refuse(r, &here,
			    "a union must not be a branch of another");
		for (size_t i = 0; i < type->branches; i++)
			if (is_same_branch(type->branch[i], branch))
				return schema_refuse(r, &here,
				    "\"%.*s\" is a branch already",
				    SHOWN(branch->name));
		type->branch[type->branches++] = branch;
	}
	return type;
}

static struct schema_type *
read_object(struct reader *r, const struct schema_place *at,
    const struct json *object)
{
	const struct json *word = schema_need(r, at, object, "type",
	    JSON_KIND_STRING);
	struct schema_type *type;
	const char *why;

	switch (word ? schema_kind_of(word->string) : SCHEMA_KINDS) {
	case SCHEMA_KINDS:
		return NULL;
	case SCHEMA_RECORD:
		return schema_read_record(r, at, object);
	case SCHEMA_ENUM:
		return schema_read_enum(r, at, object);
	case SCHEMA_ARRAY:
	case SCHEMA_MAP:
		return read_items(r, at, object, schema_kind_of(word->string));
	case SCHEMA_FIXED:
		type = schema_read_fixed(r, at, object);
		break;
	case SCHEMA_UNION:
		/* What a reference adds to a type is not the type's. */
		return read_reference(r, at, word->string);
	default:
		type = schema_new_type(r, schema_kind_of(word->string));
	}
	why = type ? schema_add_logic(r->keep, object, type) : NULL;
	return why ? schema_refuse(r, at, "%s", why) : type;
}

struct schema_type *
schema_read_type(struct reader *r, const struct schema_place *at,
    const struct json *json)
{
	struct schema_type *type;

	if (r->depth == SCHEMA_DEPTH_MAX)
		return schema_refuse(r, NULL, "types nest deeper than "
		    "SCHEMA_DEPTH_MAX (%d)", SCHEMA_DEPTH_MAX);
	r->depth++;
	if (json->kind == JSON_KIND_STRING)
		type = read_reference(r, at, json->string);
	else if (json->kind == JSON_KIND_ARRAY)
		type = read_union(r, at, json);
	else if (json->kind == JSON_KIND_OBJECT)
		type = read_object(r, at, json);
	else
		type = schema_refuse(r, at, "a type must be a string, an "
		    "object or an array");
	r->depth--;
	return type;
}

/* All of them together take no more steps than one payload may. */
static void
check_fallbacks(struct reader *r, size_t bytes)
{
	size_t steps = schema_steps(bytes);
	const char *misfit;

	for (struct fallback *f = r->fallbacks; f && !r->why; f = f->next) {
		misfit = schema_value_misfit(f->type, r->scratch, f->value,
		    &steps);
		if (misfit)
			r->why = arena_printf(r->scratch, "%sthe default: %s",
			    f->where, misfit);
	}
}

const struct schema_type *
schema_read(struct arena *keep, struct arena *scratch, struct text schema,
    const char **why)
{
	struct reader r = { .keep = keep, .scratch = scratch,
		.last_fallback = &r.fallbacks };
	const struct schema_type *type = NULL;
	struct json_complaint complaint;
	const struct json *json;

	if (schema.n > SCHEMA_BYTES_MAX) {
		*why = arena_printf(scratch, "it has more than %d bytes "
		    "(SCHEMA_BYTES_MAX)", SCHEMA_BYTES_MAX);
		return NULL;
	}
	json = json_parse_value(scratch, schema, &complaint);
	if (json) {
		type = schema_read_type(&r, NULL, json);
		check_fallbacks(&r, schema.n);
	} else {
		r.why = schema_bad_json(scratch, &complaint);
	}
	must(type || r.why);
	*why = r.why;
	return r.why ? NULL : type;
}
