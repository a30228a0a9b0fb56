/*
 * Looking at messages without taking them: GET /api/messages and
 * GET /api/messages/{id}.
 */
#include "auth/gate.h"
#include "handlers/handlers.h"
#include "handlers/queue/message.h"
#include "handlers/queue/page.h"

/* The columns behind those that all message statements share. */
enum { DLQ = 14, TOPIC_ID = 15, TOPIC_NAME = 16 };

enum verdict
message_get(struct request *r)
{
	const struct pg_result *rows;
	struct topic topic;
	struct params p;
	int64_t seq;

	if (!query_done(r))
		return DONE;
	if (!message_id_read(r->param[0], &topic.id, &seq))
		return fail(r, E_NOT_FOUND, "message not found");
	if (!topic_find_by_id(r, topic.id, &topic))
		return DONE;
	params_init(&p, r->arena);
	param_bigint(&p, topic.id);
	param_bigint(&p, seq);
	rows = db_call(r, STATEMENT_message_get, &p);
	if (!rows)
		return DONE;
	if (!row_count(rows) || !topic.exists)
		return fail(r, E_NOT_FOUND, "message not found");
	topic.dlq = row_bool(rows, 0, DLQ);
	if (!allow_topic(r, ACTION_READ,
	    topic_full_name(r, &topic, topic.dlq)))
		return DONE;
	message_write(r, reply_json(r, 200), rows, 0, &topic, false);
	return DONE;
}

static enum verdict
reply_list(struct request *r, const struct pg_result *rows,
    const struct pg_result *total, const struct list_page *page,
    const struct topic *only)
{
	struct json_writer *w = reply_json(r, 200);

	json_open_object(w);
	json_name(w, "items");
	json_open_array(w);
	for (int i = 0; i < row_count(rows); i++) {
		struct topic topic = only ? *only : (struct topic){
			.id = row_bigint(rows, i, TOPIC_ID),
			.name = row_text(rows, i, TOPIC_NAME),
			.dlq = row_bool(rows, i, DLQ) };

		message_write(r, w, rows, i, &topic, false);
	}
	json_close_array(w);
	list_page_write(w, page, row_bigint(total, 0, 0));
	json_close_object(w);
	return DONE;
}

static enum verdict
list_all(struct request *r, const struct list_page *page)
{
	const struct pg_result *rows, *total;
	struct params p;

	if (!allow_every_topic(r, ACTION_READ))
		return DONE;
	params_init(&p, r->arena);
	param_bigint(&p, page->limit);
	param_bigint(&p, page->offset);
	param_bigint(&p, DEQUEUE_BYTES_MAX);
	rows = db_call(r, STATEMENT_message_list_all, &p);
	total = db_call(r, STATEMENT_message_count_all, NULL);
	return rows && total ? reply_list(r, rows, total, page, NULL) : DONE;
}

enum verdict
message_list(struct request *r)
{
	struct text name = query_text(r, "topic");
	struct list_page page = list_page_read(r);
	const struct pg_result *rows, *total;
	struct params p, count;
	struct topic topic;

	if (!query_done(r))
		return DONE;
	if (!name.p)
		return list_all(r, &page);
	if (!allow_topic(r, ACTION_READ, name) || !topic_find(r, name, &topic))
		return DONE;
	params_init(&p, r->arena);
	param_bigint(&p, topic.id);
	param_bool(&p, topic.dlq);
	count = p;
	param_bigint(&p, page.limit);
	param_bigint(&p, page.offset);
	param_bigint(&p, DEQUEUE_BYTES_MAX);
	rows = db_call(r, STATEMENT_message_list, &p);
	total = db_call(r, STATEMENT_message_count, &count);
	return rows && total ? reply_list(r, rows, total, &page, &topic) :
	    DONE;
}
