/*
 * What is said of schemas and of what does not fit them.
 */
#include "fcgi/buffer.h"
#include "fcgi/limits.h"
#include "fcgi/schema_type.h"

const char *
schema_bad_json(struct arena *arena, const struct json_complaint *complaint)
{
	if (complaint->fault == JSON_FAULT_DOUBLED)
		return arena_printf(arena, "\"%.*s\" is there twice in one "
		    "object", TEXT_ARG(text_cut(complaint->name,
		    NAME_SHOWN_BYTES)));
	if (complaint->fault == JSON_FAULT_DEPTH)
		return arena_printf(arena, "it nests deeper than "
		    "JSON_DEPTH_MAX (%d)", JSON_DEPTH_MAX);
	if (!complaint->at)
		return "it is no JSON";
	return arena_printf(arena, "it is no JSON, see byte %zu",
	    complaint->at);
}

/* A name in a JSON pointer (RFC 6901), cut if it is long. */
static void
add_name(struct buffer *path, struct text name)
{
	struct text cut = text_cut(name, NAME_SHOWN_BYTES);

	for (size_t i = 0; i < cut.n; i++)
		if (cut.p[i] == '~')
			buffer_add(path, "~0", 2);
		else if (cut.p[i] == '/')
			buffer_add(path, "~1", 2);
		else
			buffer_add_byte(path, cut.p[i]);
	if (cut.n < name.n)
		buffer_add(path, "...", 3);
}

static void
add_place(struct buffer *path, const struct schema_place *place)
{
	if (place->above)
		add_place(path, place->above);
	buffer_add_byte(path, '/');
	if (place->name.p)
		add_name(path, place->name);
	else
		buffer_printf(path, "%zu", place->index);
}

const char *
schema_path(struct arena *arena, const struct schema_place *place)
{
	struct buffer path;

	if (!place)
		return "";
	buffer_init(&path, arena);
	add_place(&path, place);
	buffer_add(&path, ": ", 3);
	return path.p;
}

static const char *
cut_name(struct arena *arena, struct text name)
{
	return arena_string(arena, text_cut(name, NAME_SHOWN_BYTES));
}

/* "null, string or Order" */
static const char *
described_union(struct arena *arena, const struct schema_type *type)
{
	size_t shown = type->branches;
	struct buffer words;

	if (shown > SCHEMA_BRANCHES_SHOWN)
		shown = SCHEMA_BRANCHES_SHOWN;
	buffer_init(&words, arena);
	for (size_t i = 0; i < shown; i++) {
		bool last = i + 1 == type->branches;

		buffer_printf(&words, "%s%s", i == 0 ? "" :
		    last ? " or " : ", ",
		    schema_described(arena, type->branch[i]));
	}
	if (shown < type->branches)
		buffer_printf(&words, " or %zu others",
		    type->branches - shown);
	buffer_add_byte(&words, '\0');
	return words.p;
}

const char *
schema_described(struct arena *arena, const struct schema_type *type)
{
	const char *name = cut_name(arena, type->name);

	switch (type->logic) {
	case SCHEMA_PLAIN:
		break;
	case SCHEMA_UUID:
		return "uuid";
	case SCHEMA_TIME_MILLIS:
		return "time-millis";
	case SCHEMA_TIME_MICROS:
		return "time-micros";
	case SCHEMA_DECIMAL:
		return arena_printf(arena, "%s as decimal(%d, %d)", name,
		    type->precision, type->scale);
	}
	switch (type->kind) {
	case SCHEMA_RECORD:
		return arena_printf(arena, "record %s", name);
	case SCHEMA_ENUM:
		return arena_printf(arena, "enum %s", name);
	case SCHEMA_FIXED:
		return arena_printf(arena, "fixed %s of %zu bytes", name,
		    type->size);
	case SCHEMA_UNION:
		return described_union(arena, type);
	default:
		return name;
	}
}
