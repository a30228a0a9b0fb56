/*
 * Any bytes as a request body. What is taken must be what jansson takes from
 * the same bytes, within our limits, and must survive being written by our
 * writer and read again. What is refused must have been refused in a reply.
 */
#include <jansson.h>

#include <stdlib.h>

#include "fcgi/json_reader.h"
#include "fcgi/must.h"
#include "handlers/plates/value_text.h"
#include "tests/unit/request.h"

enum { TEXT_BYTES_MAX = 20 };

static const char *const names[] = { "", "a", "b", "payload", "metadata",
	"count", "\xC3\xA4" };

enum { NAMES = sizeof names / sizeof *names };

static struct request *
request_with(struct text body)
{
	struct request *r = test_request();

	r->body = body;
	return r;
}

static int
depth_of(const json_t *value)
{
	const char *name;
	json_t *child;
	int deepest = 0;
	size_t i;

	json_object_foreach((json_t *)value, name, child) {
		int depth = depth_of(child);

		deepest = depth > deepest ? depth : deepest;
	}
	json_array_foreach(value, i, child) {
		int depth = depth_of(child);

		deepest = depth > deepest ? depth : deepest;
	}
	return deepest + (json_is_object(value) || json_is_array(value));
}

static bool
same_number(struct text number, const json_t *wanted)
{
	char *digits = strndup(number.p, number.n);
	double real = strtod(digits, NULL);
	long long integer;

	free(digits);
	if (json_is_real(wanted))
		return real == json_real_value(wanted);
	return json_is_integer(wanted) && text_to_integer(number, &integer) &&
	    integer == json_integer_value(wanted);
}

/* Is it the same value? Members may come in another order. */
static bool
same(const struct json *value, const json_t *wanted)
{
	size_t i = 0;

	switch (value->kind) {
	case JSON_KIND_NULL:
		return json_is_null(wanted);
	case JSON_KIND_BOOL:
		return json_is_boolean(wanted) &&
		    value->boolean == json_is_true(wanted);
	case JSON_KIND_INTEGER:
		return json_is_integer(wanted) &&
		    value->integer == json_integer_value(wanted);
	case JSON_KIND_REAL:
		return json_is_real(wanted) &&
		    value->real == json_real_value(wanted);
	case JSON_KIND_NUMBER:
		return same_number(value->string, wanted);
	case JSON_KIND_STRING:
		return json_is_string(wanted) && text_equal(value->string,
		    (struct text){ json_string_value(wanted),
		    json_string_length(wanted) });
	case JSON_KIND_ARRAY:
		if (value->count != json_array_size(wanted))
			return false;
		JSON_EACH(child, value)
			if (!same(child, json_array_get(wanted, i++)))
				return false;
		return json_is_array(wanted);
	case JSON_KIND_OBJECT:
		if (value->count != json_object_size(wanted))
			return false;
		JSON_EACH(child, value) {
			json_t *member = json_object_getn(wanted,
			    child->name.p, child->name.n);

			if (!member || !same(child, member))
				return false;
		}
		return json_is_object(wanted);
	}
	return false;
}

static void
write(struct json_writer *w, const struct json *value)
{
	char real[32];

	switch (value->kind) {
	case JSON_KIND_OBJECT:
		json_open_object(w);
		JSON_EACH(child, value) {
			json_name_text(w, child->name);
			write(w, child);
		}
		json_close_object(w);
		break;
	case JSON_KIND_ARRAY:
		json_open_array(w);
		JSON_EACH(child, value)
			write(w, child);
		json_close_array(w);
		break;
	case JSON_KIND_NUMBER:
		json_raw(w, value->string);
		break;
	case JSON_KIND_STRING:
		json_text(w, value->string);
		break;
	case JSON_KIND_INTEGER:
		json_number(w, value->integer);
		break;
	case JSON_KIND_REAL:
		snprintf(real, sizeof real, "%.17e", value->real);
		json_raw(w, text_of(real));
		break;
	case JSON_KIND_BOOL:
		json_bool(w, value->boolean);
		break;
	case JSON_KIND_NULL:
		json_null_value(w);
		break;
	}
}

static void
round_trip(struct text body, const json_t *wanted)
{
	struct arena *arena = arena_new();
	struct json_writer w;
	struct json_reader j;
	struct buffer b;

	must(json_read_body(&j, request_with(body), false));
	buffer_init(&b, arena);
	json_start(&w, &b);
	write(&w, j.object);
	must(json_read_body(&j, request_with((struct text){ b.p, b.n }),
	    false));
	must(same(j.object, wanted));
	arena_free(arena);
}

/* With its numbers as they were sent; and as the text of one value. */
static void
verbatim(struct text body, const json_t *wanted)
{
	struct arena *arena = arena_new();
	struct json_complaint complaint;
	const struct json *object = json_read_verbatim(request_with(body));

	must(object && same(object, wanted));
	object = json_parse_verbatim(arena, value_text(arena, object),
	    &complaint);
	must(object && same(object, wanted));
	arena_free(arena);
}

/* Read one member as a text, in every way there is. */
static void
read_texts(struct text body, const char *name)
{
	for (int rules = 0; rules < 8; rules++) {
		struct json_reader j;
		struct request *r = request_with(body);
		const struct json *member;
		struct text text;
		bool there, fits;

		must(json_read_body(&j, r, false));
		text = json_member_text(&j, name, rules, TEXT_BYTES_MAX);
		member = json_find(j.object, text_of(name));
		there = member && member->kind != JSON_KIND_NULL;
		must(request_failed(r) ? text.p == NULL :
		    there == (text.p != NULL));
		if (!there) {
			must(request_failed(r) == !!(rules & JSON_REQUIRED));
			continue;
		}
		fits = member->kind == JSON_KIND_STRING &&
		    member->string.n <= TEXT_BYTES_MAX &&
		    (member->string.n || !(rules & JSON_NOT_EMPTY)) &&
		    ((rules & JSON_NUL_ALLOWED) ||
		     !memchr(member->string.p, '\0', member->string.n));
		must(fits == !request_failed(r));
		must(text_is_utf8(text));
	}
}

static void
read_others(struct text body, const char *name)
{
	struct json_reader j;
	struct request *r = request_with(body);
	const struct json *member;
	int64_t number;

	must(json_read_body(&j, r, false));
	member = json_find(j.object, text_of(name));
	number = json_member_integer(&j, name, -7, 0, 1000);
	must(number == -7 || (number >= 0 && number <= 1000 &&
	    member && number == member->integer));
	if (member && member->kind != JSON_KIND_NULL)
		must(request_failed(r) == (number == -7));

	r = request_with(body);
	must(json_read_body(&j, r, false));
	must(!json_member_array(&j, name, 3) || !request_failed(r));
	must(!json_member_object(&j, name) || !request_failed(r));
	json_member_bool(&j, name, true);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text body = { (const char *)data, size };
	struct json_reader j;
	struct request *r;
	json_t *wanted;
	bool taken, all_known = true;
	const char *name;
	json_t *child;

	route_table(test_no_routes, &test_door);
	r = request_with(body);
	wanted = json_loadb(body.p, body.n,
	    JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	taken = json_read_body(&j, r, false);
	must(taken == !request_failed(r));
	/* jansson overlooks a NUL behind a number; JSON has none anywhere. */
	must(taken == (json_is_object(wanted) &&
	    depth_of(wanted) <= JSON_DEPTH_MAX &&
	    !(size && memchr(body.p, '\0', size))));
	if (!taken) {
		must(r->reply.status == 400 && r->reply.body.n > 0);
		json_decref(wanted);
		return 0;
	}
	must(text_is_utf8(body));
	must(same(j.object, wanted));
	for (int i = 0; i < NAMES; i++)
		json_member_text(&j, names[i], JSON_NUL_ALLOWED, size);
	json_object_foreach(wanted, name, child) {
		bool known = false;

		for (int i = 0; i < NAMES; i++)
			known |= strcmp(name, names[i]) == 0;
		all_known &= known;
	}
	must(!json_done(&j) || all_known);

	for (int i = 0; i < NAMES; i++) {
		read_texts(body, names[i]);
		read_others(body, names[i]);
	}
	if (depth_of(wanted) < JSON_WRITER_DEPTH_MAX)
		round_trip(body, wanted);
	verbatim(body, wanted);
	json_decref(wanted);
	return 0;
}
