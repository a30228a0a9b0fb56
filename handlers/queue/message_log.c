/*
 * GET and DELETE /api/topics/{}/message-log: what was acknowledged of a
 * replayable topic, newest first, and forgetting what is old.
 *
 * Besides the dialect's limit and offset a page has a `next`, the place where
 * it ends: with it as `after` the following page costs what its rows do, and
 * nothing is counted.
 */
#include <inttypes.h>

#include "auth/gate.h"
#include "fcgi/base64.h"
#include "fcgi/clock.h"
#include "handlers/handlers.h"
#include "handlers/queue/message.h"
#include "handlers/queue/message_log.h"
#include "handlers/queue/page.h"
#include "handlers/queue/topic_path.h"

/* The columns of message_log_list. */
enum {
	SEQ,
	ACKED_AT,
	CREATED_AT,
	RETRIES,
	MAX_RETRIES,
	KEY,
	LAST_ERROR,
	CONSUMER_GROUP,
	METADATA,
	PAYLOAD
};

bool
log_place_read(struct text text, int64_t *number, int n)
{
	for (int i = 0; i < n; i++) {
		const char *dash = text.n ? memchr(text.p, '-', text.n) : NULL;
		struct text part = text;
		long long value;

		if ((dash != NULL) != (i < n - 1))
			return false;
		if (dash) {
			part.n = (size_t)(dash - text.p);
			text.n -= part.n + 1;
			text.p = dash + 1;
		}
		if (!text_to_integer(part, &value))
			return false;
		number[i] = value;
	}
	return true;
}

static void
member_text(struct json_writer *w, const char *name, struct text value)
{
	json_name(w, name);
	json_text(w, value.p ? value : TEXT(""));
}

static void
member_number(struct json_writer *w, const char *name, int64_t value)
{
	json_name(w, name);
	json_number(w, value);
}

static void
member_time(struct json_writer *w, const char *name, int64_t unix_us)
{
	json_name(w, name);
	json_time(w, unix_us);
}

static void
write_entry(struct request *r, struct json_writer *w,
    const struct pg_result *rows, int row, const struct topic *topic)
{
	struct text metadata = row_text(rows, row, METADATA);
	struct buffer payload;

	buffer_init(&payload, r->arena);
	base64_add(&payload, row_text(rows, row, PAYLOAD));
	json_open_object(w);
	json_name(w, "id");
	message_id_write(w, topic->id, row_bigint(rows, row, SEQ));
	member_text(w, "topic", topic_full_name(r, topic, topic->dlq));
	json_name(w, "key");
	json_text_or_null(w, row_text(rows, row, KEY));
	member_text(w, "payload", (struct text){ payload.p, payload.n });
	json_name(w, "metadata");
	json_raw(w, metadata.p ? metadata : TEXT("{}"));
	member_number(w, "retry_count", row_integer(rows, row, RETRIES));
	member_number(w, "max_retries", row_integer(rows, row, MAX_RETRIES));
	member_text(w, "last_error", row_text(rows, row, LAST_ERROR));
	member_text(w, "original_topic", topic->dlq ? topic->name : TEXT(""));
	member_text(w, "consumer_group", row_text(rows, row, CONSUMER_GROUP));
	member_time(w, "created_at", row_time(rows, row, CREATED_AT));
	member_time(w, "acked_at", row_time(rows, row, ACKED_AT));
	json_close_object(w);
}

/* Where the following page begins; null when there can be none. */
static void
write_next(struct request *r, struct json_writer *w,
    const struct pg_result *rows)
{
	int last = row_count(rows) - 1;

	json_name(w, "next");
	if (last < 0)
		json_null_value(w);
	else
		json_cstring(w, arena_printf(r->arena, "%" PRId64 "-%" PRId64,
		    row_time(rows, last, ACKED_AT),
		    row_bigint(rows, last, SEQ)));
}

static enum verdict
reply_log(struct request *r, const struct pg_result *rows,
    const struct pg_result *total, const struct list_page *page,
    const struct topic *topic)
{
	struct json_writer *w = reply_json(r, 200);

	json_open_object(w);
	json_name(w, "items");
	json_open_array(w);
	for (int i = 0; i < row_count(rows); i++)
		write_entry(r, w, rows, i, topic);
	json_close_array(w);
	if (total)
		list_page_write(w, page, row_bigint(total, 0, 0));
	else
		member_number(w, "limit", page->limit);
	write_next(r, w, rows);
	json_close_object(w);
	return DONE;
}

/* The place to go on from: behind the newest one, unless told otherwise. */
static bool
read_after(struct request *r, struct text after, int64_t offset,
    int64_t place[2])
{
	place[0] = place[1] = INT64_MAX;
	if (after.n && !log_place_read(after, place, 2))
		fail(r, E_BAD_VALUE, "after must be the next of a reply");
	else if (after.p && offset)
		fail(r, E_BAD_VALUE, "after and offset exclude each other");
	return !request_failed(r);
}

enum verdict
message_log_list(struct request *r)
{
	const struct pg_result *rows, *total = NULL;
	struct text after = query_text(r, "after");
	struct list_page page = list_page_read(r);
	struct params p, count;
	struct topic topic;
	int64_t place[2];

	if (!topic_in_path(r, &topic) ||
	    !read_after(r, after, page.offset, place))
		return DONE;
	params_init(&p, r->arena);
	param_bigint(&p, topic.id);
	param_bool(&p, topic.dlq);
	count = p;
	param_time_or_end(&p, place[0]);
	param_bigint(&p, place[1]);
	param_bigint(&p, page.limit);
	param_bigint(&p, page.offset);
	param_bigint(&p, DEQUEUE_BYTES_MAX);
	rows = db_call(r, STATEMENT_message_log_list, &p);
	if (rows && !after.p)
		total = db_call(r, STATEMENT_message_log_count, &count);
	return request_failed(r) ? DONE :
	    reply_log(r, rows, total, &page, &topic);
}

/* A trim's progress: one batch a call, so that others get their turn. */
struct trim_state {
	struct topic topic;
	int64_t before_us, deleted;
};

static struct trim_state *
read_trim(struct request *r)
{
	struct trim_state *state = arena_alloc(r->arena, sizeof(*state));
	struct text before = query_text(r, "before");

	if (!topic_in_path(r, &state->topic))
		return NULL;
	if (!before.n)
		fail(r, E_BAD_VALUE, "before query parameter is required");
	else if (!clock_parse(before, &state->before_us))
		fail(r, E_BAD_VALUE, "before must be RFC 3339");
	return request_failed(r) ? NULL : state;
}

enum verdict
message_log_trim(struct request *r)
{
	struct trim_state *state = r->state;
	const struct pg_result *rows;
	struct json_writer *w;
	struct params p;

	if (!state) {
		state = r->state = read_trim(r);
		if (!state)
			return DONE;
	}
	params_init(&p, r->arena);
	param_bigint(&p, state->topic.id);
	param_bool(&p, state->topic.dlq);
	param_time_or_beginning(&p, state->before_us);
	param_bigint(&p, REAP_BATCH);
	rows = db_call(r, STATEMENT_message_log_trim, &p);
	if (!rows)
		return DONE;
	state->deleted += row_bigint(rows, 0, 0);
	if (row_bool(rows, 0, 1) && !r->last_call &&
	    clock_monotonic_us() < r->started_us + PURGE_MS_MAX * 1000) {
		r->deadline_us = clock_monotonic_us();
		return PARK;
	}
	w = reply_json(r, 200);
	json_open_object(w);
	member_number(w, "deleted", state->deleted);
	json_close_object(w);
	return DONE;
}
