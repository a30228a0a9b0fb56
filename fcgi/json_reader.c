/*
 * Reading JSON bodies. fcgi/json.c parses; what is here puts each fault into
 * a sentence that names the member.
 */
#include "fcgi/json_reader.h"

#include <strings.h>

#include "fcgi/limits.h"
#include "fcgi/must.h"

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

/* Lines and columns are counted from 1, columns in bytes. */
static void
fail_doubled(struct request *r, const struct json_complaint *complaint)
{
	int line = 1, column = 1;

	for (size_t i = 0; i < complaint->at; i++) {
		column++;
		if (r->body.p[i] == '\n') {
			line++;
			column = 1;
		}
	}
	fail(r, E_BAD_JSON, "line %d, column %d: duplicate object key near "
	    "'\"%.*s\"'", line, column,
	    TEXT_ARG(text_cut(complaint->name, NAME_SHOWN_BYTES)));
}

static void
fail_complaint(struct request *r, const struct json_complaint *complaint)
{
	if (complaint->fault == JSON_FAULT_DOUBLED)
		fail_doubled(r, complaint);
	else if (complaint->fault == JSON_FAULT_DEPTH)
		fail(r, E_BAD_JSON, "the body nests deeper than "
		    "JSON_DEPTH_MAX (%d)", JSON_DEPTH_MAX);
	else
		fail(r, E_BAD_JSON, FAIL_SENTENCE);
}

static bool
parse(struct json_reader *j, struct request *r)
{
	struct json_complaint complaint;

	if (!is_json_type(r->content_type)) {
		fail(r, E_MEDIA_TYPE, FAIL_SENTENCE);
		return false;
	}
	j->object = json_parse(r->arena, r->body, &complaint);
	if (!j->object)
		fail_complaint(r, &complaint);
	else if (j->object->kind != JSON_KIND_OBJECT)
		fail(r, E_BAD_JSON, FAIL_SENTENCE);
	return !request_failed(r);
}

const struct json *
json_read_verbatim(struct request *r)
{
	struct json_complaint complaint;
	const struct json *json;

	if (request_failed(r))
		return NULL;
	json = json_parse_verbatim(r->arena, r->body, &complaint);
	if (!json)
		fail_complaint(r, &complaint);
	return json;
}

bool
json_read_body(struct json_reader *j, struct request *r, bool optional)
{
	*j = (struct json_reader){ .r = r };
	if (request_failed(r))
		return false;
	if (r->body.n == 0 && optional)
		return true;
	return parse(j, r);
}

bool
json_read_element(struct json_reader *j, struct request *r,
    const struct json *object, const char *list, int place)
{
	*j = (struct json_reader){ .r = r, .list = list, .place = place };
	if (request_failed(r))
		return false;
	if (object->kind != JSON_KIND_OBJECT) {
		fail(r, E_BAD_TYPE, "\"%s[%d]\" must be an object", list,
		    place);
		return false;
	}
	j->object = object;
	return true;
}

void
json_read_member(struct json_reader *j, struct request *r,
    const struct json *object, const char *name)
{
	*j = (struct json_reader){ .r = r, .object = object, .list = name,
		.place = -1 };
}

const char *
json_where(const struct json_reader *j)
{
	if (j->list && j->place < 0)
		return arena_printf(j->r->arena, "%s.", j->list);
	return j->list ? arena_printf(j->r->arena, "%s[%d].", j->list,
	    j->place) : "";
}

/* NULL too when something failed before. */
const struct json *
json_member(struct json_reader *j, const char *name)
{
	const struct json *member;

	if (request_failed(j->r))
		return NULL;
	must(j->asked_count < JSON_MEMBERS_READ_MAX);
	j->asked[j->asked_count++] = name;
	member = json_find(j->object, text_of(name));
	return member && member->kind == JSON_KIND_NULL ? NULL : member;
}

static void
wrong_type(struct json_reader *j, const char *name, const char *wanted)
{
	fail(j->r, E_BAD_TYPE, "\"%s%s\" must be %s", json_where(j), name,
	    wanted);
}

struct text
json_member_text(struct json_reader *j, const char *name, int rules,
    size_t bytes_max)
{
	const struct json *member = json_member(j, name);
	struct text text;

	if (request_failed(j->r))
		return TEXT_ABSENT;
	if (!member) {
		if (rules & JSON_REQUIRED)
			fail(j->r, E_BAD_VALUE, "%s%s is required",
			    json_where(j), name);
		return TEXT_ABSENT;
	}
	if (member->kind != JSON_KIND_STRING) {
		wrong_type(j, name, "a string");
		return TEXT_ABSENT;
	}
	text = member->string;
	if (text.n == 0 && (rules & JSON_NOT_EMPTY)) {
		fail(j->r, E_BAD_VALUE, rules & JSON_REQUIRED ?
		    "%s%s is required" : "%s%s must not be empty",
		    json_where(j), name);
		return TEXT_ABSENT;
	}
	if (text.n > bytes_max) {
		fail(j->r, E_BAD_VALUE, "%s%s must be at most %zu bytes",
		    json_where(j), name, bytes_max);
		return TEXT_ABSENT;
	}
	if (!(rules & JSON_NUL_ALLOWED) && memchr(text.p, '\0', text.n)) {
		fail(j->r, E_BAD_VALUE, "%s%s must not contain U+0000",
		    json_where(j), name);
		return TEXT_ABSENT;
	}
	return text;
}

int64_t
json_member_integer(struct json_reader *j, const char *name, int64_t fallback,
    int64_t low, int64_t high)
{
	const struct json *member = json_member(j, name);
	int64_t value;

	if (!member)
		return fallback;
	if (member->kind != JSON_KIND_INTEGER) {
		wrong_type(j, name, "an integer");
		return fallback;
	}
	value = member->integer;
	if (value < low || value > high) {
		fail_range(j->r, json_where(j), name, low, high);
		return fallback;
	}
	return value;
}

bool
json_member_bool(struct json_reader *j, const char *name, bool fallback)
{
	const struct json *member = json_member(j, name);

	if (!member)
		return fallback;
	if (member->kind != JSON_KIND_BOOL) {
		wrong_type(j, name, "true or false");
		return fallback;
	}
	return member->boolean;
}

const struct json *
json_member_array(struct json_reader *j, const char *name, size_t items_max)
{
	const struct json *member = json_member(j, name);

	if (!member)
		return NULL;
	if (member->kind != JSON_KIND_ARRAY) {
		wrong_type(j, name, "an array");
		return NULL;
	}
	if (member->count > items_max) {
		fail(j->r, E_BAD_VALUE, "%s%s must have at most %zu items",
		    json_where(j), name, items_max);
		return NULL;
	}
	return member;
}

const struct json *
json_member_object(struct json_reader *j, const char *name)
{
	const struct json *member = json_member(j, name);

	if (member && member->kind != JSON_KIND_OBJECT) {
		wrong_type(j, name, "an object");
		return NULL;
	}
	return member;
}

static bool
was_asked(const struct json_reader *j, struct text name)
{
	for (int i = 0; i < j->asked_count; i++)
		if (text_equal(text_of(j->asked[i]), name))
			return true;
	return false;
}

bool
json_done(struct json_reader *j)
{
	if (request_failed(j->r))
		return false;
	JSON_EACH(member, j->object) {
		if (was_asked(j, member->name))
			continue;
		fail(j->r, E_UNKNOWN_MEMBER, "unknown member \"%s%.*s\"",
		    json_where(j),
		    TEXT_ARG(text_cut(member->name, NAME_SHOWN_BYTES)));
		return false;
	}
	return true;
}
