/*
 * The message object, and message ids.
 */
#include "handlers/queue/message.h"

#include "fcgi/must.h"
#include "fcgi/settings.h"
#include "fcgi/uuid.h"

/* The columns that all message statements begin with. */
enum {
	SEQ,
	TRIES,
	RETRIES,
	MAX_RETRIES,
	STATUS,
	VISIBLE_AT,
	CREATED_AT,
	EXPIRES_AT,
	DLQ_MOVED_AT,
	KEY,
	LAST_ERROR,
	METADATA,
	PAYLOAD,
	GROUP,
	GROUP_ID	/* of message_dequeue and delivery_dequeue */
};

const char *
message_status_name(int status)
{
	static const char *const names[] = { "pending", "processing",
		"pending", "failed", "expired" };

	must(status >= 0 && status < 5);
	return names[status];
}

bool
message_id_read(struct text id, int64_t *topic_id, int64_t *seq)
{
	uint8_t uuid[16];

	return uuid_parse(id, uuid) && uuid_to_message(uuid, topic_id, seq);
}

void
message_id_write(struct json_writer *w, int64_t topic_id, int64_t seq)
{
	uint8_t uuid[16];
	char text[UUID_TEXT_BYTES + 1];

	uuid_from_message(uuid, topic_id, seq);
	uuid_print(uuid, text);
	json_cstring(w, text);
}

/* The number of the delivery; to a group, the group's number before it. */
static const char *
receipt_text(struct arena *arena, const struct pg_result *rows, int row)
{
	int tries = row_integer(rows, row, TRIES);

	if (row_null(rows, row, GROUP_ID))
		return arena_printf(arena, "%d", tries);
	return arena_printf(arena, "%lld.%d",
	    (long long)row_bigint(rows, row, GROUP_ID), tries);
}

void
message_receipt_read(struct text text, int64_t *group_id, int32_t *tries)
{
	const char *dot = memchr(text.p, '.', text.n);
	size_t before = dot ? (size_t)(dot - text.p) + 1 : 0;
	long long group = 0, number;

	*group_id = 0;
	*tries = 0;
	if (dot && (!text_to_integer((struct text){ text.p, before - 1 },
	    &group) || group < 1))
		return;
	if (!text_to_integer((struct text){ text.p + before,
	    text.n - before }, &number) || number < 1 || number > INT32_MAX)
		return;
	*group_id = group;
	*tries = (int32_t)number;
}

static void
member_text(struct json_writer *w, const char *name, struct text value)
{
	json_name(w, name);
	json_text(w, value);
}

static void
member_time(struct json_writer *w, const char *name, int64_t unix_us)
{
	json_name(w, name);
	json_time(w, unix_us);
}

static void
member_number(struct json_writer *w, const char *name, int64_t value)
{
	json_name(w, name);
	json_number(w, value);
}

void
message_write(struct request *r, struct json_writer *w,
    const struct pg_result *rows, int row, const struct topic *topic,
    bool delivered)
{
	struct text metadata = row_text(rows, row, METADATA);
	struct text last_error = row_text(rows, row, LAST_ERROR);

	json_open_object(w);
	json_name(w, "id");
	message_id_write(w, topic->id, row_bigint(rows, row, SEQ));
	member_text(w, "topic", topic_full_name(r, topic, topic->dlq));
	json_name(w, "key");
	json_text_or_null(w, row_text(rows, row, KEY));
	member_text(w, "payload", row_text(rows, row, PAYLOAD));
	json_name(w, "metadata");
	json_raw(w, metadata.p ? metadata : TEXT("{}"));
	member_text(w, "status", text_of(
	    message_status_name(row_integer(rows, row, STATUS))));
	member_number(w, "retry_count", row_integer(rows, row, RETRIES));
	member_number(w, "max_retries", row_integer(rows, row, MAX_RETRIES));
	member_text(w, "last_error", last_error.p ? last_error : TEXT(""));
	member_time(w, "expires_at", row_time(rows, row, EXPIRES_AT));
	member_time(w, "created_at", row_time(rows, row, CREATED_AT));
	member_text(w, "original_topic", topic->dlq ? topic->name : TEXT(""));
	member_time(w, "dlq_moved_at", row_time(rows, row, DLQ_MOVED_AT));
	if (!row_null(rows, row, GROUP))
		member_text(w, "consumer_group", row_text(rows, row, GROUP));
	if (delivered) {
		json_name(w, "receipt");
		json_cstring(w, receipt_text(r->arena, rows, row));
		member_time(w, "visible_until",
		    row_time(rows, row, VISIBLE_AT));
	}
	json_close_object(w);
}

struct text
consumer_group_read(struct json_reader *j)
{
	struct text group = json_member_text(j, "consumer_group", 0,
	    GROUP_BYTES_MAX);

	if (!request_failed(j->r) && text_has_controls(group))
		fail(j->r, E_BAD_VALUE, "%sconsumer_group must not have "
		    "control characters", json_where(j));
	return group.n ? group : TEXT_ABSENT;
}

bool
message_topic_registered(struct request *r, const struct topic *topic,
    const char *verb)
{
	if (!settings.require_topic_registration || topic->registered)
		return true;
	fail(r, E_UNPROCESSABLE,
	    "%s: topic is not registered; an admin must create it first",
	    verb);
	return false;
}
