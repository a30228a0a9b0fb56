/*
 * Values as texts; nested ones as the JSON that they were.
 */
#include "handlers/plates/value_text.h"

#include "fcgi/json_writer.h"
#include "fcgi/must.h"

static void
write_string(struct buffer *b, struct text string)
{
	struct json_writer w;

	json_start(&w, b);
	json_text(&w, string);
}

/* As deep as JSON_DEPTH_MAX, which the writer's own levels are not. */
static void
write_value(struct buffer *b, const struct json *value)
{
	bool object = value->kind == JSON_KIND_OBJECT;

	switch (value->kind) {
	case JSON_KIND_NULL:
		buffer_printf(b, "null");
		return;
	case JSON_KIND_BOOL:
		buffer_printf(b, value->boolean ? "true" : "false");
		return;
	case JSON_KIND_NUMBER:
		buffer_add(b, value->string.p, value->string.n);
		return;
	case JSON_KIND_STRING:
		write_string(b, value->string);
		return;
	case JSON_KIND_ARRAY:
	case JSON_KIND_OBJECT:
		break;
	case JSON_KIND_INTEGER:
	case JSON_KIND_REAL:
		must(!"a number as it was sent");
	}
	buffer_add_byte(b, object ? '{' : '[');
	JSON_EACH(child, value) {
		if (child != value->first)
			buffer_add_byte(b, ',');
		if (object) {
			write_string(b, child->name);
			buffer_add_byte(b, ':');
		}
		write_value(b, child);
	}
	buffer_add_byte(b, object ? '}' : ']');
}

struct text
value_text(struct arena *arena, const struct json *value)
{
	struct buffer b;

	if (value->kind == JSON_KIND_STRING || value->kind == JSON_KIND_NUMBER)
		return value->string;
	buffer_init(&b, arena);
	write_value(&b, value);
	return (struct text){ b.p, b.n };
}
