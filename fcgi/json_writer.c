/*
 * JSON, written as it is said. The writer keeps one small record for each
 * open bracket, which is all that commas and colons need; level[0] is the
 * page itself, which takes exactly one value.
 */
#include "fcgi/json_writer.h"

#include "fcgi/clock.h"
#include "fcgi/must.h"

void
json_start(struct json_writer *w, struct buffer *out)
{
	*w = (struct json_writer){ .out = out };
}

/* A value comes now: check that it may, and write the comma before it. */
static void
before_value(struct json_writer *w)
{
	if (w->level[w->depth].object) {
		must(w->level[w->depth].named);
		w->level[w->depth].named = false;
		return;
	}
	if (w->level[w->depth].filled) {
		must(w->depth > 0);
		buffer_add_byte(w->out, ',');
	}
	w->level[w->depth].filled = true;
}

static void
open_level(struct json_writer *w, bool object)
{
	before_value(w);
	must(w->depth + 1 < JSON_WRITER_DEPTH_MAX);
	w->depth++;
	w->level[w->depth].object = object;
	w->level[w->depth].filled = false;
	w->level[w->depth].named = false;
	buffer_add_byte(w->out, object ? '{' : '[');
}

static void
close_level(struct json_writer *w, bool object)
{
	must(w->depth > 0);
	must(w->level[w->depth].object == object);
	must(!w->level[w->depth].named);
	w->depth--;
	buffer_add_byte(w->out, object ? '}' : ']');
}

void
json_open_object(struct json_writer *w)
{
	open_level(w, true);
}

void
json_close_object(struct json_writer *w)
{
	close_level(w, true);
}

void
json_open_array(struct json_writer *w)
{
	open_level(w, false);
}

void
json_close_array(struct json_writer *w)
{
	close_level(w, false);
}

static void
add_escape(struct buffer *out, unsigned char byte)
{
	static const char hex[] = "0123456789abcdef";
	static const char letter[256] = {
		['"'] = '"', ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
		['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't',
	};
	char longest[6] = { '\\', 'u', '0', '0', hex[byte >> 4],
		hex[byte & 15] };

	if (letter[byte]) {
		longest[1] = letter[byte];
		buffer_add(out, longest, 2);
	} else {
		buffer_add(out, longest, sizeof longest);
	}
}

static bool
is_plain(unsigned char byte)
{
	return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

static void
add_quoted(struct buffer *out, struct text t)
{
	size_t from = 0, i = 0;

	buffer_reserve(out, t.n + 2);
	buffer_add_byte(out, '"');
	while (i < t.n) {
		unsigned char byte = (unsigned char)t.p[i];
		size_t bytes;

		if (is_plain(byte)) {
			i++;
			continue;
		}
		bytes = text_character_bytes(t.p + i, t.n - i);
		if (bytes > 1) {
			i += bytes;
			continue;
		}
		/* What may not stand as it is: the run before it goes first. */
		buffer_add(out, t.p + from, i - from);
		if (bytes == 1)
			add_escape(out, byte);
		else
			buffer_add_text(out, TEXT("\xEF\xBF\xBD"));
		from = ++i;
	}
	buffer_add(out, t.p + from, i - from);
	buffer_add_byte(out, '"');
}

void
json_name(struct json_writer *w, const char *name)
{
	json_name_text(w, text_of(name));
}

void
json_name_text(struct json_writer *w, struct text name)
{
	must(w->level[w->depth].object);
	must(!w->level[w->depth].named);
	if (w->level[w->depth].filled)
		buffer_add_byte(w->out, ',');
	w->level[w->depth].filled = true;
	w->level[w->depth].named = true;
	add_quoted(w->out, name);
	buffer_add_byte(w->out, ':');
}

void
json_text(struct json_writer *w, struct text value)
{
	before_value(w);
	add_quoted(w->out, value);
}

void
json_text_or_null(struct json_writer *w, struct text value)
{
	if (value.p)
		json_text(w, value);
	else
		json_null_value(w);
}

void
json_cstring(struct json_writer *w, const char *value)
{
	json_text(w, text_of(value));
}

void
json_number(struct json_writer *w, int64_t value)
{
	before_value(w);
	buffer_printf(w->out, "%lld", (long long)value);
}

void
json_bool(struct json_writer *w, bool value)
{
	before_value(w);
	buffer_add_text(w->out, value ? TEXT("true") : TEXT("false"));
}

void
json_null_value(struct json_writer *w)
{
	before_value(w);
	buffer_add_text(w->out, TEXT("null"));
}

void
json_raw(struct json_writer *w, struct text value)
{
	must(value.n > 0);
	before_value(w);
	buffer_add_text(w->out, value);
}

void
json_time(struct json_writer *w, int64_t unix_us)
{
	char text[CLOCK_TEXT_BYTES + 1];

	if (unix_us == INT64_MIN) {
		json_null_value(w);
		return;
	}
	clock_print(unix_us, text);
	json_cstring(w, text);
}
