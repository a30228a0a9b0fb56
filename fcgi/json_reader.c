/*
 * Reading JSON bodies. jansson parses; what is here refuses what it would
 * let pass (bodies that nest too deep, foreign content types) and puts each
 * fault into a sentence that names the member.
 */
#include "fcgi/json_reader.h"

#include <strings.h>

#include "fcgi/limits.h"
#include "fcgi/must.h"

static void
drop_json(void *object)
{
	json_decref(object);
}

/*
 * How deep do brackets nest? Looked at before parsing, since jansson's own
 * limit is fixed and far higher, and it recurses.
 */
static int
nesting(struct text body)
{
	int depth = 0, deepest = 0;
	bool quoted = false;

	for (size_t i = 0; i < body.n; i++) {
		char c = body.p[i];

		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (quoted)
			continue;
		else if (c == '[' || c == '{')
			depth++;
		else if (c == ']' || c == '}')
			depth--;
		if (depth > deepest)
			deepest = depth;
	}
	return deepest;
}

/* Nothing, application/json, or something+json; parameters do not matter. */
static bool
is_json_type(struct text type)
{
	static const struct text plain = TEXT("application/json");
	static const struct text suffix = TEXT("+json");

	for (size_t i = 0; i < type.n; i++)
		if (type.p[i] == ';')
			type.n = i;
	while (type.n && (type.p[type.n - 1] == ' ' ||
	    type.p[type.n - 1] == '\t'))
		type.n--;
	if (type.n == 0)
		return true;
	if (type.n == plain.n)
		return strncasecmp(type.p, plain.p, plain.n) == 0;
	return type.n > suffix.n && memchr(type.p, '/', type.n) &&
	    strncasecmp(type.p + type.n - suffix.n, suffix.p, suffix.n) == 0;
}

static bool
parse(struct json_reader *j, struct request *r)
{
	json_error_t why;
	json_t *document;

	if (!is_json_type(r->content_type)) {
		fail(r, E_MEDIA_TYPE, FAIL_SENTENCE);
		return false;
	}
	if (nesting(r->body) > JSON_DEPTH_MAX) {
		fail(r, E_BAD_JSON, "the body nests deeper than "
		    "JSON_DEPTH_MAX (%d)", JSON_DEPTH_MAX);
		return false;
	}
	document = json_loadb(r->body.p, r->body.n,
	    JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
	arena_defer(r->arena, drop_json, document);
	if (!document && json_error_code(&why) == json_error_duplicate_key) {
		fail(r, E_BAD_JSON, "line %d, column %d: %s", why.line,
		    why.column, why.text);
		return false;
	}
	if (!json_is_object(document)) {
		fail(r, E_BAD_JSON, FAIL_SENTENCE);
		return false;
	}
	j->object = document;
	return true;
}

bool
json_read_body(struct json_reader *j, struct request *r, bool optional)
{
	*j = (struct json_reader){ .r = r, .where = "" };
	if (request_failed(r))
		return false;
	if (r->body.n == 0 && optional)
		return true;
	return parse(j, r);
}

bool
json_read_object(struct json_reader *j, struct request *r,
    const json_t *object, const char *where)
{
	*j = (struct json_reader){ .r = r, .where = where };
	if (request_failed(r))
		return false;
	if (!json_is_object(object)) {
		fail(r, E_BAD_VALUE, "\"%.*s\" must be an object",
		    (int)strcspn(where, "."), where);
		return false;
	}
	j->object = object;
	return true;
}

/* The member, unless it is absent, null, or something failed before. */
static const json_t *
ask(struct json_reader *j, const char *name)
{
	const json_t *member;

	if (request_failed(j->r))
		return NULL;
	must(j->asked_count < JSON_MEMBERS_READ_MAX);
	j->asked[j->asked_count++] = name;
	member = json_object_get(j->object, name);
	return json_is_null(member) ? NULL : member;
}

static void
wrong_type(struct json_reader *j, const char *name, const char *wanted)
{
	fail(j->r, E_BAD_VALUE, "\"%s%s\" must be %s", j->where, name, wanted);
}

struct text
json_member_text(struct json_reader *j, const char *name, int rules,
    size_t bytes_max)
{
	const json_t *member = ask(j, name);
	struct text text;

	if (request_failed(j->r))
		return TEXT_ABSENT;
	if (!member) {
		if (rules & JSON_REQUIRED)
			fail(j->r, E_BAD_VALUE, "%s%s is required", j->where,
			    name);
		return TEXT_ABSENT;
	}
	if (!json_is_string(member)) {
		wrong_type(j, name, "a string");
		return TEXT_ABSENT;
	}
	text = (struct text){ json_string_value(member),
		json_string_length(member) };
	if (text.n == 0 && (rules & JSON_NOT_EMPTY)) {
		fail(j->r, E_BAD_VALUE, rules & JSON_REQUIRED ?
		    "%s%s is required" : "%s%s must not be empty", j->where,
		    name);
		return TEXT_ABSENT;
	}
	if (text.n > bytes_max) {
		fail(j->r, E_BAD_VALUE, "%s%s must be at most %zu bytes",
		    j->where, name, bytes_max);
		return TEXT_ABSENT;
	}
	if (!(rules & JSON_NUL_ALLOWED) && memchr(text.p, '\0', text.n)) {
		fail(j->r, E_BAD_VALUE, "%s%s must not contain U+0000",
		    j->where, name);
		return TEXT_ABSENT;
	}
	return text;
}

int64_t
json_member_integer(struct json_reader *j, const char *name, int64_t fallback,
    int64_t low, int64_t high)
{
	const json_t *member = ask(j, name);
	int64_t value;

	if (!member)
		return fallback;
	if (!json_is_integer(member)) {
		wrong_type(j, name, "an integer");
		return fallback;
	}
	value = json_integer_value(member);
	if (value < low || value > high) {
		fail_range(j->r, j->where, name, low, high);
		return fallback;
	}
	return value;
}

bool
json_member_bool(struct json_reader *j, const char *name, bool fallback)
{
	const json_t *member = ask(j, name);

	if (!member)
		return fallback;
	if (!json_is_boolean(member)) {
		wrong_type(j, name, "true or false");
		return fallback;
	}
	return json_is_true(member);
}

const json_t *
json_member_array(struct json_reader *j, const char *name, size_t items_max)
{
	const json_t *member = ask(j, name);

	if (!member)
		return NULL;
	if (!json_is_array(member)) {
		wrong_type(j, name, "an array");
		return NULL;
	}
	if (json_array_size(member) > items_max) {
		fail(j->r, E_BAD_VALUE, "%s%s must have at most %zu items",
		    j->where, name, items_max);
		return NULL;
	}
	return member;
}

const json_t *
json_member_object(struct json_reader *j, const char *name)
{
	const json_t *member = ask(j, name);

	if (member && !json_is_object(member)) {
		wrong_type(j, name, "an object");
		return NULL;
	}
	return member;
}

static bool
was_asked(const struct json_reader *j, const char *name)
{
	for (int i = 0; i < j->asked_count; i++)
		if (strcmp(j->asked[i], name) == 0)
			return true;
	return false;
}

bool
json_done(struct json_reader *j)
{
	json_t *object = (json_t *)j->object;	/* read only */

	if (request_failed(j->r))
		return false;
	for (void *i = json_object_iter(object); i;
	     i = json_object_iter_next(object, i)) {
		const char *name = json_object_iter_key(i);
		struct text shown = text_cut(text_of(name), NAME_SHOWN_BYTES);

		if (was_asked(j, name))
			continue;
		fail(j->r, E_UNKNOWN_MEMBER, "unknown member \"%s%.*s\"",
		    j->where, TEXT_ARG(shown));
		return false;
	}
	return true;
}
