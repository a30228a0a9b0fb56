/*
 * The pieces of subscriptions' requests and replies.
 */
#include "handlers/subscriptions/subscription.h"

#include <ctype.h>

#include "auth/gate.h"
#include "handlers/streams/offset.h"

struct http_rules webhook_rules;

/* The columns of the statement subscription_streams. */
enum { NAME, EXPLICIT, INCARNATION, ACKED_SEQ, TAIL_SEQ, PENDING };

struct text
subscription_id(struct request *r)
{
	struct text id = r->param[0];

	for (size_t i = 0; i < id.n; i++)
		if ((unsigned char)id.p[i] < 0x20 || id.p[i] == 0x7F) {
			fail(r, E_BAD_VALUE, "a subscription's id must not "
			    "have control characters");
			return TEXT_ABSENT;
		}
	if (id.n > SUBSCRIPTION_ID_BYTES_MAX) {
		fail(r, E_BAD_VALUE, "a subscription's id must have at most "
		    "SUBSCRIPTION_ID_BYTES_MAX (%d) bytes",
		    SUBSCRIPTION_ID_BYTES_MAX);
		return TEXT_ABSENT;
	}
	return id;
}

/* May the caller consume those that were given by name? */
static bool
allow_named(struct request *r, struct text id)
{
	const struct pg_result *rows;
	struct params p;

	if (r->who->is_admin)
		return true;
	params_init(&p, r->arena);
	param_text(&p, id);
	rows = db_call(r, STATEMENT_subscription_named, &p);
	if (!rows)
		return false;
	for (int i = 0; i < row_count(rows); i++)
		if (!allow_stream(r, ACTION_CONSUME, row_text(rows, i, 0)))
			return false;
	return true;
}

const struct pg_result *
subscription_allowed(struct request *r)
{
	struct text id = subscription_id(r);
	struct subscription_pattern pattern;
	const struct pg_result *rows;
	struct params p;

	if (request_failed(r))
		return NULL;
	params_init(&p, r->arena);
	param_text(&p, id);
	rows = db_call(r, STATEMENT_subscription_get, &p);
	if (!rows)
		return NULL;
	if (row_count(rows) == 0) {
		fail(r, E_NO_SUBSCRIPTION, FAIL_SENTENCE);
		return NULL;
	}
	/* What is stored has been read before: nothing is wrong with it. */
	if (!row_null(rows, 0, SUBSCRIPTION_PATTERN) &&
	    (subscription_pattern_read(r->arena,
	    row_text(rows, 0, SUBSCRIPTION_PATTERN), &pattern) ||
	    !allow_streams(r, ACTION_CONSUME, pattern.shortest,
	    pattern.longest)))
		return NULL;
	return allow_named(r, id) ? rows : NULL;
}

struct text
subscription_stream_name(struct request *r, struct text given,
    const char *member)
{
	struct text name = without_slashes(given);

	if (request_failed(r) || !given.p)
		return TEXT_ABSENT;
	if (!name.n || name.n > STREAM_NAME_BYTES_MAX ||
	    memchr(name.p, '\0', name.n))
		fail(r, E_BAD_VALUE, "%s must be a stream's name, of 1 to "
		    "STREAM_NAME_BYTES_MAX (%d) bytes", member,
		    STREAM_NAME_BYTES_MAX);
	else if (name.n >= 4 && memcmp(name.p, "__ds", 4) == 0 &&
	    (name.n == 4 || name.p[4] == '/'))
		fail(r, E_BAD_VALUE,
		    "%s: __ds and what begins with __ds/ are "
		    "reserved names", member);
	return request_failed(r) ? TEXT_ABSENT : name;
}

int
subscription_names(struct request *r, const struct json *array,
    struct text **names)
{
	int n = 0;

	if (!array || request_failed(r))
		return 0;
	*names = arena_alloc(r->arena, array->count * sizeof **names);
	JSON_EACH(item, array) {
		if (item->kind != JSON_KIND_STRING) {
			fail(r, E_BAD_VALUE, "streams must hold strings only");
			return 0;
		}
		(*names)[n] = subscription_stream_name(r, item->string,
		    "streams");
		if (request_failed(r) ||
		    !allow_stream(r, ACTION_CONSUME, (*names)[n]))
			return 0;
		n++;
	}
	return n;
}

static void
write_offset(struct json_writer *w, const struct pg_result *rows, int row,
    int column)
{
	struct offset offset = { row_integer(rows, row, INCARNATION),
		row_bigint(rows, row, column) };
	char text[OFFSET_DIGITS + 1];

	offset_print(offset, text);
	json_cstring(w, text);
}

void
subscription_write_streams(struct json_writer *w, const struct pg_result *rows,
    bool whole)
{
	json_open_array(w);
	for (int i = 0; i < row_count(rows); i++) {
		json_open_object(w);
		json_name(w, "path");
		json_text(w, row_text(rows, i, NAME));
		json_name(w, "link_type");
		json_cstring(w, row_bool(rows, i, EXPLICIT) ? "explicit" :
		    "glob");
		json_name(w, "acked_offset");
		/* "-1" is the beginning of whatever life there will be. */
		if (row_bigint(rows, i, ACKED_SEQ) == 0)
			json_cstring(w, "-1");
		else
			write_offset(w, rows, i, ACKED_SEQ);
		if (whole) {
			json_name(w, "tail_offset");
			write_offset(w, rows, i, TAIL_SEQ);
			json_name(w, "has_pending");
			json_bool(w, row_bool(rows, i, PENDING));
		}
		json_close_object(w);
	}
	json_close_array(w);
}

const char *
subscription_url(struct arena *arena, struct text origin, struct text id,
    const char *rest)
{
	struct buffer b;

	buffer_init(&b, arena);
	buffer_add_text(&b, origin);
	buffer_add_text(&b, TEXT("/v1/stream/__ds/"));
	if (id.p)
		buffer_add_text(&b, TEXT("subscriptions/"));
	for (size_t i = 0; i < id.n; i++) {
		unsigned char c = (unsigned char)id.p[i];

		if (isalnum(c) || strchr("-._~", c))
			buffer_add_byte(&b, (char)c);
		else
			buffer_printf(&b, "%%%02X", c);
	}
	buffer_printf(&b, "%s", rest);
	buffer_add_byte(&b, '\0');
	return b.p;
}
