/*
 * From named values to words. Like the readers of JSON that it uses, it
 * remembers the first fault by fail(), and adds words of no use after it.
 */
#include "handlers/plates/endpoint.h"

#include <strings.h>

#include "fcgi/json_reader.h"
#include "handlers/plates/arguments.h"
#include "handlers/plates/value_text.h"

struct endpoint {
	struct request *r;
	struct command *c;
	int room;		/* for words */
	bool has_body;
	struct json_reader body;
};

struct request *
endpoint_request(struct endpoint *e)
{
	return e->r;
}

void
endpoint_add(struct endpoint *e, struct text word)
{
	struct command *c = e->c;
	struct text *larger;

	if (c->words == COMMAND_WORDS_MAX) {
		fail(e->r, E_BAD_VALUE, "the command has more than "
		    "COMMAND_WORDS_MAX (%d) words", COMMAND_WORDS_MAX);
		return;
	}
	if (c->words == e->room) {
		e->room = e->room ? 2 * e->room : 16;
		larger = arena_alloc_raw(e->r->arena,
		    (size_t)e->room * sizeof(*larger));
		if (c->words)
			memcpy(larger, c->word,
			    (size_t)c->words * sizeof(*larger));
		c->word = larger;
	}
	c->word[c->words++] = word;
}

/* The same of what may be absent, or has failed. */
static void
add_present(struct endpoint *e, struct text word)
{
	if (word.p)
		endpoint_add(e, word);
}

static struct text
text_of_member(struct json_reader *j, const char *name)
{
	struct text text = text_trim(json_member_text(j, name,
	    JSON_NUL_ALLOWED, BODY_BYTES_MAX));

	return text.n ? text : TEXT_ABSENT;
}

struct text
endpoint_text(struct endpoint *e, const char *name)
{
	struct text text;

	if (e->has_body)
		return text_of_member(&e->body, name);
	text = text_trim(query_text(e->r, name));
	return text.n ? text : TEXT_ABSENT;
}

static bool
is_integer(struct text number)
{
	return !memchr(number.p, '.', number.n) &&
	    !memchr(number.p, 'e', number.n) &&
	    !memchr(number.p, 'E', number.n);
}

static struct text
integer(struct endpoint *e, const char *name)
{
	const struct json *member;

	if (!e->has_body)
		return endpoint_text(e, name);
	member = json_member(&e->body, name);
	if (!member)
		return TEXT_ABSENT;
	if (member->kind == JSON_KIND_NUMBER && is_integer(member->string))
		return member->string;
	fail(e->r, E_BAD_TYPE, "\"%s\" must be an integer", name);
	return TEXT_ABSENT;
}

static struct text
required(struct endpoint *e, struct text value, const char *name)
{
	if (!value.p && !request_failed(e->r))
		fail(e->r, e->has_body ? E_BAD_VALUE : E_BAD_QUERY,
		    "%s is required", name);
	return value;
}

/* The value, or what stands for it. */
static void
add_or_default(struct endpoint *e, const struct part *part, struct text value)
{
	if (part->word && !value.p)
		value = text_of(part->word);
	add_present(e, required(e, value, part->name));
}

static void
add_option(struct endpoint *e, const struct part *part, struct text value)
{
	if (!value.p)
		return;
	endpoint_add(e, text_of(part->word));
	endpoint_add(e, value);
}

/* Ids are let be, but none is blank. */
static void
add_texts(struct endpoint *e, const char *name)
{
	const struct json *array = json_member_array(&e->body, name,
	    COMMAND_WORDS_MAX);
	int place = 0;

	if (!request_failed(e->r) && !array)
		fail(e->r, E_BAD_VALUE, "%s is required", name);
	else if (array && !array->count)
		fail(e->r, E_BAD_VALUE, "%s must not be empty", name);
	JSON_EACH(text, array) {
		if (text->kind != JSON_KIND_STRING)
			fail(e->r, E_BAD_TYPE, "\"%s[%d]\" must be a string",
			    name, place);
		else if (!text_trim(text->string).n)
			fail(e->r, E_BAD_VALUE, "%s[%d] must not be blank",
			    name, place);
		if (request_failed(e->r))
			return;
		endpoint_add(e, text->string);
		place++;
	}
}

static void
add_streams(struct endpoint *e, const struct part *part)
{
	const struct json *array = json_member_array(&e->body, part->name,
	    COMMAND_WORDS_MAX / 2);
	struct json_reader j;
	struct text *id, key;
	int place = 0;

	if (!request_failed(e->r) && !array)
		fail(e->r, E_BAD_VALUE, "%s is required", part->name);
	else if (array && !array->count)
		fail(e->r, E_BAD_VALUE, "%s must not be empty", part->name);
	if (request_failed(e->r))
		return;
	id = arena_alloc(e->r->arena, array->count * sizeof(*id));
	endpoint_add(e, TEXT("STREAMS"));
	JSON_EACH(stream, array) {
		if (!json_read_element(&j, e->r, stream, part->name, place))
			return;
		key = text_of_member(&j, "key");
		id[place] = text_of_member(&j, "id");
		if (!json_done(&j))
			return;
		if (!key.p) {
			fail(e->r, E_BAD_VALUE, "%s[%d].key is required",
			    part->name, place);
			return;
		}
		if (!id[place].p)
			id[place] = text_of(part->word);
		endpoint_add(e, key);
		place++;
	}
	for (int i = 0; i < place; i++)
		endpoint_add(e, id[i]);
}

static void
add_values(struct endpoint *e, const char *name)
{
	const struct json *values = json_member_object(&e->body, name);

	if (!request_failed(e->r) && !values)
		fail(e->r, E_BAD_VALUE, "%s is required", name);
	else if (values && !values->count)
		fail(e->r, E_BAD_VALUE,
		    "%s must contain at least one field", name);
	JSON_EACH(value, values) {
		if (value->kind == JSON_KIND_NULL)
			fail(e->r, E_BAD_VALUE, "\"%s.%.*s\" must not be null",
			    name, TEXT_ARG(text_cut(value->name,
			    NAME_SHOWN_BYTES)));
		if (request_failed(e->r))
			return;
		endpoint_add(e, value->name);
		endpoint_add(e, value_text(e->r->arena, value));
	}
}

static bool
is_word(struct text text, const char *word)
{
	return text.n == strlen(word) &&
	    strncasecmp(text.p, word, text.n) == 0;
}

/* A threshold is a length or an id: a number or a string. */
static struct text
threshold_of(struct endpoint *e)
{
	const struct json *member = json_member(&e->body, "threshold");

	if (!member)
		return TEXT_ABSENT;
	if (member->kind == JSON_KIND_STRING ||
	    member->kind == JSON_KIND_NUMBER)
		return text_trim(member->string);
	fail(e->r, E_BAD_TYPE, "\"threshold\" must be a string or a number");
	return TEXT_ABSENT;
}

static void
add_trim(struct endpoint *e, bool always)
{
	struct text strategy = endpoint_text(e, "strategy");
	struct text threshold = threshold_of(e);
	bool about = json_member_bool(&e->body, "approximate", false);
	struct text limit = integer(e, "limit");

	if (!always && !strategy.p && !threshold.p && !about && !limit.p)
		return;
	required(e, strategy, "strategy");
	if (strategy.p && !is_word(strategy, "maxlen") &&
	    !is_word(strategy, "minid"))
		fail(e->r, E_BAD_VALUE, "strategy must be maxlen or minid");
	required(e, threshold, "threshold");
	add_present(e, strategy);
	if (about)
		endpoint_add(e, TEXT("~"));
	add_present(e, threshold);
	add_option(e, &(struct part){ .word = "LIMIT" }, limit);
}

static void
add_part(struct endpoint *e, const struct part *part)
{
	switch (part->kind) {
	case PART_END:
		break;
	case PART_WORD:
		endpoint_add(e, text_of(part->word));
		break;
	case PART_PATH:
		endpoint_add(e, e->r->param[part->place]);
		break;
	case PART_TEXT:
		add_or_default(e, part, endpoint_text(e, part->name));
		break;
	case PART_INTEGER:
		add_or_default(e, part, integer(e, part->name));
		break;
	case PART_TEXT_OPTION:
		add_option(e, part, endpoint_text(e, part->name));
		break;
	case PART_INTEGER_OPTION:
		add_option(e, part, integer(e, part->name));
		break;
	case PART_FLAG:
		if (json_member_bool(&e->body, part->name, false))
			endpoint_add(e, text_of(part->word));
		break;
	case PART_TEXTS:
		add_texts(e, part->name);
		break;
	case PART_STREAMS:
		add_streams(e, part);
		break;
	case PART_VALUES:
		add_values(e, part->name);
		break;
	case PART_TRIM:
		add_trim(e, part->place);
		break;
	case PART_OTHER:
		part->other(e);
		break;
	}
}

static bool
read_parts(struct request *r, struct command *c, const void *how)
{
	const struct part *part = how;
	struct endpoint e = { .r = r, .c = c,
		.has_body = r->method == METHOD_POST };

	if (e.has_body) {
		e.body = (struct json_reader){ .r = r,
			.object = json_read_verbatim(r) };
		if (e.body.object &&
		    e.body.object->kind != JSON_KIND_OBJECT)
			fail(r, E_BAD_JSON, "the body must be an object");
	}
	for (; part->kind != PART_END && !request_failed(r); part++)
		add_part(&e, part);
	return query_done(r) && (!e.has_body || json_done(&e.body));
}

enum verdict
endpoint_serve(struct request *r, const struct part *parts)
{
	return command_serve(r, read_parts, parts);
}
