/*
 * Topic schemas: what a topic's payloads must be, in Avro's words.
 */
#include "auth/gate.h"
#include "fcgi/json_reader.h"
#include "fcgi/schema.h"
#include "handlers/handlers.h"
#include "handlers/queue/page.h"
#include "handlers/queue/topic_path.h"
#include "sql/db.h"
#include "sql/topics.h"

/* The columns of the topic_schema statements. */
enum { NAME, SCHEMA_JSON, VERSION, UPDATED_AT };

static void
write_schema(struct json_writer *w, const struct pg_result *rows, int row)
{
	json_open_object(w);
	json_name(w, "topic");
	json_text(w, row_text(rows, row, NAME));
	json_name(w, "schema_json");
	json_text(w, row_text(rows, row, SCHEMA_JSON));
	json_name(w, "version");
	json_number(w, row_integer(rows, row, VERSION));
	json_name(w, "updated_at");
	json_time(w, row_time(rows, row, UPDATED_AT));
	json_close_object(w);
}

enum verdict
topic_schema_list(struct request *r)
{
	return list_reply_all(r, STATEMENT_topic_schema_list,
	    STATEMENT_topic_schema_count, write_schema);
}

enum verdict
topic_schema_get(struct request *r)
{
	const struct pg_result *rows = base_topic_call(r,
	    STATEMENT_topic_schema_get);

	if (!rows)
		return DONE;
	if (!row_count(rows))
		return fail(r, E_NOT_FOUND, "schema not found");
	write_schema(reply_json(r, 200), rows, 0);
	return DONE;
}

/* Both readers must take it. What ours makes of it is not kept. */
static bool
is_valid(struct request *r, struct text schema)
{
	const char *why;

	if (schema_read(r->arena, r->arena, schema, &why))
		why = schema_doubt(r->arena, schema);
	if (why)
		fail(r, E_BAD_VALUE, "invalid avro schema: %s", why);
	return !why;
}

enum verdict
topic_schema_put(struct request *r)
{
	const struct pg_result *rows;
	struct json_reader j;
	struct topic topic;
	struct text schema;
	struct params p;

	if (!base_topic_in_path(r, &topic) || !json_read_body(&j, r, false))
		return DONE;
	schema = json_member_text(&j, "schema_json",
	    JSON_REQUIRED | JSON_NOT_EMPTY, SCHEMA_BYTES_MAX);
	if (!json_done(&j) || !is_valid(r, schema) || !topic_ensure(r, &topic))
		return DONE;
	params_init(&p, r->arena);
	param_bigint(&p, topic.id);
	param_text(&p, schema);
	rows = db_call(r, STATEMENT_topic_schema_put, &p);
	if (!rows)
		return DONE;
	topics_forget();
	write_schema(reply_json(r, 200), rows, 0);
	return DONE;
}

/* What is not there is as good as deleted. */
enum verdict
topic_schema_delete(struct request *r)
{
	if (!base_topic_call(r, STATEMENT_topic_schema_delete))
		return DONE;
	topics_forget();
	return reply_empty(r, 204);
}
