/*
 * Topic configurations: what overrides the settings for one topic.
 */
#include "auth/gate.h"
#include "fcgi/json_reader.h"
#include "handlers/handlers.h"
#include "handlers/queue/page.h"
#include "handlers/queue/topic_path.h"
#include "sql/db.h"
#include "sql/topics.h"

/* The columns of the topic_config statements. */
enum {
	NAME,
	MAX_RETRIES,
	TTL_SECONDS,
	MAX_DEPTH,
	THROUGHPUT_LIMIT,
	REPLAYABLE,
	REPLAY_WINDOW_SECONDS,
	REGISTERED,
	PAUSED,
	ORDERED
};

static void
member_number(struct json_writer *w, const char *name,
    const struct pg_result *rows, int row, int column, bool wide)
{
	json_name(w, name);
	if (row_null(rows, row, column))
		json_null_value(w);
	else
		json_number(w, wide ? row_bigint(rows, row, column) :
		    row_integer(rows, row, column));
}

static void
write_config(struct json_writer *w, const struct pg_result *rows, int row)
{
	json_open_object(w);
	json_name(w, "topic");
	json_text(w, row_text(rows, row, NAME));
	member_number(w, "max_retries", rows, row, MAX_RETRIES, false);
	member_number(w, "message_ttl_seconds", rows, row, TTL_SECONDS, true);
	member_number(w, "max_depth", rows, row, MAX_DEPTH, false);
	member_number(w, "throughput_limit", rows, row, THROUGHPUT_LIMIT,
	    false);
	json_name(w, "replayable");
	json_bool(w, row_bool(rows, row, REPLAYABLE));
	member_number(w, "replay_window_seconds", rows, row,
	    REPLAY_WINDOW_SECONDS, true);
	json_name(w, "paused");
	json_bool(w, row_bool(rows, row, PAUSED));
	json_name(w, "ordered");
	json_bool(w, row_bool(rows, row, ORDERED));
	json_close_object(w);
}

enum verdict
topic_config_list(struct request *r)
{
	return list_reply_all(r, STATEMENT_topic_config_list,
	    STATEMENT_topic_config_count, write_config);
}

enum verdict
topic_config_get(struct request *r)
{
	const struct pg_result *rows = base_topic_call(r,
	    STATEMENT_topic_config_get);

	if (!rows)
		return DONE;
	if (!row_count(rows) || !row_bool(rows, 0, REGISTERED))
		return fail(r, E_NOT_FOUND, "topic config not found");
	write_config(reply_json(r, 200), rows, 0);
	return DONE;
}

/* A member that may be left out or null, as the statement's next parameter. */
static void
pass_number(struct json_reader *j, struct params *p, const char *name,
    int64_t high, bool wide)
{
	int64_t value = json_member_integer(j, name, -1, 0, high);

	if (value < 0)
		param_null(p);
	else if (wide)
		param_bigint(p, value);
	else
		param_integer(p, (int32_t)value);
}

static void
pass_throughput_limit(struct json_reader *j, struct params *p)
{
	const char *name = "throughput_limit";
	const struct json *member = json_member(j, name);

	if (member && member->kind == JSON_KIND_INTEGER && member->integer < 0)
		fail(j->r, E_BAD_VALUE, "%s must be a non-negative integer",
		    name);
	pass_number(j, p, name, INT32_MAX, false);
}

/* Its messages stand in lines, or in none. */
static enum verdict
fail_ordered(struct request *r)
{
	return fail(r, E_CONFLICT, "ordered cannot be changed while the topic "
	    "holds messages");
}

enum verdict
topic_config_put(struct request *r)
{
	const struct pg_result *rows;
	struct json_reader j;
	struct topic topic;
	struct params p;

	if (!base_topic_in_path(r, &topic) || !json_read_body(&j, r, false))
		return DONE;
	params_init(&p, r->arena);
	param_bigint(&p, topic.id);
	pass_number(&j, &p, "max_retries", RETRIES_MAX, false);
	pass_number(&j, &p, "message_ttl_seconds", TTL_SECONDS_MAX, true);
	pass_number(&j, &p, "max_depth", INT32_MAX, false);
	pass_throughput_limit(&j, &p);
	param_bool(&p, json_member_bool(&j, "replayable", false));
	pass_number(&j, &p, "replay_window_seconds", TTL_SECONDS_MAX, true);
	param_bool(&p, json_member_bool(&j, "ordered", false));
	if (!json_done(&j) || !topic_ensure(r, &topic))
		return DONE;
	rows = db_call(r, STATEMENT_topic_config_put, &p);
	if (!rows)
		return DONE;
	if (!row_count(rows))
		return fail_ordered(r);
	topics_forget();
	write_config(reply_json(r, 200), rows, 0);
	return DONE;
}

enum verdict
topic_config_delete(struct request *r)
{
	const struct pg_result *rows = base_topic_call(r,
	    STATEMENT_topic_config_delete);

	if (!rows)
		return DONE;
	if (!row_count(rows))
		return fail(r, E_NOT_FOUND, "topic config not found");
	if (!row_bool(rows, 0, 0))
		return fail_ordered(r);
	topics_forget();
	return reply_empty(r, 204);
}
