/*
 * Types and shapes as schemas. A string's length is counted in bytes here and
 * in characters there, so that the highest is never too low; the lowest is
 * said where it is 1.
 */
#include "handlers/openapi_schema.h"

static void
bound(struct json_writer *w, const char *name, int64_t value, int64_t none)
{
	if (value == none)
		return;
	json_name(w, name);
	json_number(w, value);
}

/* "type", which is a list of two where null fits as well. */
static void
type_name(struct json_writer *w, const char *name, bool or_null)
{
	json_name(w, "type");
	if (or_null)
		json_open_array(w);
	json_cstring(w, name);
	if (or_null) {
		json_cstring(w, "null");
		json_close_array(w);
	}
}

static void
type_words(struct json_writer *w, const char *words, bool or_null)
{
	json_name(w, "enum");
	json_open_array(w);
	while (*words) {
		size_t n = strcspn(words, " ");

		json_text(w, (struct text){ words, n });
		words += n + (words[n] == ' ');
	}
	if (or_null)
		json_null_value(w);
	json_close_array(w);
}

static void
bounds(struct json_writer *w, const struct api_type *type)
{
	static const struct {
		const char *low, *high;
		int64_t least;
	} names[] = {
		[API_STRING] = { "minLength", "maxLength", 0 },
		[API_INTEGER] = { "minimum", "maximum", INT64_MIN },
		[API_LIST] = { "minItems", "maxItems", 0 },
	};

	bound(w, names[type->kind].low, type->low, names[type->kind].least);
	bound(w, names[type->kind].high, type->high, INT64_MAX);
}

/* The members of a schema's object; not of a shape, which is referred to. */
static void
type_members(struct json_writer *w, const struct api_type *type, bool or_null)
{
	static const char *const names[] = {
		[API_STRING] = "string", [API_INTEGER] = "integer",
		[API_NUMBER] = "number", [API_BOOLEAN] = "boolean",
		[API_TIME] = "string", [API_UUID] = "string",
		[API_WORD] = "string", [API_LIST] = "array",
		[API_MAP] = "object",
	};

	type_name(w, names[type->kind], or_null);
	switch (type->kind) {
	case API_STRING:
	case API_INTEGER:
		bounds(w, type);
		break;
	case API_TIME:
	case API_UUID:
		json_name(w, "format");
		json_cstring(w, type->kind == API_TIME ? "date-time" : "uuid");
		break;
	case API_WORD:
		type_words(w, type->name, or_null);
		break;
	case API_LIST:
		bounds(w, type);
		json_name(w, "items");
		schema_type(w, type->of, NULL, false);
		break;
	case API_MAP:
		json_name(w, "additionalProperties");
		schema_type(w, type->of, NULL, false);
		break;
	default:
		break;
	}
}

static void
reference(struct json_writer *w, const char *kind, const char *name)
{
	json_name(w, "$ref");
	json_cstring(w, arena_printf(w->out->arena, "#/components/%s/%s",
	    kind, name));
}

void
schema_reference(struct json_writer *w, const char *kind, const char *name)
{
	json_open_object(w);
	reference(w, kind, name);
	json_close_object(w);
}

void
schema_type(struct json_writer *w, const struct api_type *type,
    const char *says, bool or_null)
{
	if (type->kind == API_OR_NULL) {
		schema_type(w, type->of, says, true);
		return;
	}
	if (type->kind == API_SHAPE && !or_null && !says) {
		schema_reference(w, "schemas", type->name);
		return;
	}
	json_open_object(w);
	if (type->kind == API_SHAPE && or_null) {
		json_name(w, "anyOf");
		json_open_array(w);
		schema_reference(w, "schemas", type->name);
		json_raw(w, TEXT("{\"type\":\"null\"}"));
		json_close_array(w);
	} else if (type->kind == API_SHAPE) {
		reference(w, "schemas", type->name);
	} else if (type->kind != API_ANY) {
		type_members(w, type, or_null);
	}
	if (says) {
		json_name(w, "description");
		json_cstring(w, says);
	}
	json_close_object(w);
}

void
schema_content(struct json_writer *w, const char *media,
    const struct api_type *type)
{
	json_name(w, "content");
	json_open_object(w);
	json_name(w, media);
	json_open_object(w);
	json_name(w, "schema");
	schema_type(w, type, NULL, false);
	json_close_object(w);
	json_close_object(w);
}

void
schema_header(struct json_writer *w, const char *name,
    const struct api_row *header)
{
	json_name(w, name);
	json_open_object(w);
	json_name(w, "description");
	json_cstring(w, header->text);
	if (header->number) {
		json_name(w, "required");
		json_bool(w, true);
	}
	json_name(w, "schema");
	schema_type(w, &header->type, NULL, false);
	json_close_object(w);
}

/* As the components call it, where each door has its own. */
static const char *
header_name(struct json_writer *w, const struct api_row *door,
    const struct api_row *header)
{
	return arena_printf(w->out->arena, "%s_%s", door->name, header->name);
}

void
schema_door_headers(struct json_writer *w, const char *door)
{
	const struct api_row *row = api_door(door);

	API_EACH(header, row) {
		json_name(w, header->name);
		schema_reference(w, "headers", header_name(w, row, header));
	}
}

void
schema_headers(struct json_writer *w)
{
	for (const struct api_row *row = api_rows; row->kind != ROW_END; row++)
		if (row->kind == ROW_DOOR)
			API_EACH(header, row)
				schema_header(w, header_name(w, row, header),
				    header);
}

static void
shape(struct json_writer *w, const struct api_row *row)
{
	bool taken = row->kind == ROW_TAKES;
	const struct api_row *first = row + 1;

	json_name(w, row->name);
	json_open_object(w);
	json_name(w, "description");
	json_cstring(w, row->text);
	json_name(w, "type");
	json_cstring(w, "object");
	json_name(w, "properties");
	json_open_object(w);
	for (row = first; row->kind == ROW_MEMBER || row->kind == ROW_OPTION;
	     row++) {
		json_name(w, row->name);
		schema_type(w, &row->type, row->text,
		    taken && row->kind == ROW_OPTION);
	}
	json_close_object(w);
	json_name(w, "required");
	json_open_array(w);
	for (row = first; row->kind == ROW_MEMBER || row->kind == ROW_OPTION;
	     row++)
		if (row->kind == ROW_MEMBER)
			json_cstring(w, row->name);
	json_close_array(w);
	/* What is given may have more one day; what is taken is all. */
	if (taken) {
		json_name(w, "additionalProperties");
		json_bool(w, false);
	}
	json_close_object(w);
}

void
schema_shapes(struct json_writer *w)
{
	for (const struct api_row *row = api_rows; row->kind != ROW_END; row++)
		if (row->kind == ROW_TAKES || row->kind == ROW_GIVES)
			shape(w, row);
}
