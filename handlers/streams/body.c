/*
 * yajl judges a JSON body and says how far each element reaches, so the text
 * between is ours to keep.
 */
#include "handlers/streams/body.h"

#include "fcgi/json.h"
#include "fcgi/limits.h"

struct entries {
	struct request *r;
	struct body *body;
	int room;
};

static bool
add(void *context, struct text entry)
{
	struct entries *e = context;
	struct body *body = e->body;

	if (body->count == APPEND_ENTRIES_MAX) {
		fail(e->r, E_BAD_VALUE, "an append has at most "
		    "APPEND_ENTRIES_MAX (%d) entries", APPEND_ENTRIES_MAX);
		return false;
	}
	if (body->count == e->room) {
		struct text *old = body->data;

		e->room = e->room ? e->room * 2 : 16;
		body->data = arena_alloc_raw(e->r->arena,
		    (size_t)e->room * sizeof(*old));
		if (body->count)
			memcpy(body->data, old,
			    (size_t)body->count * sizeof(*old));
	}
	body->data[body->count++] = entry;
	body->bytes += entry.n;
	return true;
}

static bool
read_json(struct entries *e, bool may_be_empty)
{
	struct json_complaint complaint;
	struct request *r = e->r;

	if (!json_split(r->body, add, e, &complaint)) {
		if (request_failed(r))
			return false;
		if (complaint.fault == JSON_FAULT_DEPTH)
			fail(r, E_BAD_JSON, "the body nests deeper than "
			    "JSON_DEPTH_MAX (%d)", JSON_DEPTH_MAX);
		else
			fail(r, E_BAD_JSON, "the body is not JSON");
		return false;
	}
	if (!e->body->count && !may_be_empty) {
		fail(r, E_BAD_VALUE, "empty JSON array");
		return false;
	}
	return true;
}

bool
body_read(struct request *r, struct text media_type, bool may_be_empty,
    struct body *body)
{
	struct entries e = { .r = r, .body = body };

	*body = (struct body){ 0 };
	if (request_failed(r))
		return false;
	if (!r->body.n)
		return true;
	if (text_equal(media_type, TEXT("application/json")))
		return read_json(&e, may_be_empty);
	return add(&e, r->body);
}
