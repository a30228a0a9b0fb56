/*
 * What is done to a topic's messages as a whole, and to dead letters: purge,
 * delete by key, redrive, requeue, pause and resume.
 */
#include "auth/gate.h"
#include "fcgi/clock.h"
#include "fcgi/json_reader.h"
#include "fcgi/topic_counts.h"
#include "handlers/handlers.h"
#include "handlers/queue/message.h"
#include "handlers/queue/topic_path.h"
#include "sql/claims.h"
#include "sql/wake.h"

static enum verdict
reply_count(struct request *r, const char *name, int64_t count)
{
	struct json_writer *w = reply_json(r, 200);

	json_open_object(w);
	json_name(w, name);
	json_number(w, count);
	json_close_object(w);
	return DONE;
}

/* A purge's progress: one batch a call, so that others get their turn. */
struct purge_state {
	struct topic topic;
	int32_t status[5];
	int statuses;
	int64_t deleted;
};

/* Once each, however often they are asked for. */
static void
add_status(struct purge_state *state, int32_t status)
{
	for (int i = 0; i < state->statuses; i++)
		if (state->status[i] == status)
			return;
	state->status[state->statuses++] = status;
}

/* The statuses that a word of the request stands for. */
static bool
add_statuses(struct request *r, struct purge_state *state,
    const struct json *word)
{
	struct text name = word->kind == JSON_KIND_STRING ? word->string :
	    TEXT_ABSENT;
	bool known = false;

	for (int status = 0; name.p && status < 5; status++) {
		const char *called = message_status_name(status);

		if (!text_equal(name, text_of(called)))
			continue;
		known = true;
		add_status(state, status);
	}
	if (!known)
		fail(r, E_BAD_VALUE, "invalid status: %.*s; allowed values are "
		    "pending, processing, expired, failed",
		    TEXT_ARG(name.p ? text_cut(name, NAME_SHOWN_BYTES) :
		    TEXT("not a string")));
	return known;
}

static struct purge_state *
read_purge(struct request *r)
{
	struct purge_state *state = arena_alloc(r->arena, sizeof(*state));
	static const int32_t all[] = { 0, 1, 2, 4 };
	const struct json *words;
	struct json_reader j;

	if (!topic_in_path(r, &state->topic) ||
	    !json_read_body(&j, r, true))
		return NULL;
	words = json_member_array(&j, "statuses", 3);
	if (!json_done(&j))
		return NULL;
	JSON_EACH(word, words)
		if (!add_statuses(r, state, word))
			return NULL;
	if (!state->statuses) {
		memcpy(state->status, all, sizeof(all));
		state->statuses = 4;
	}
	return state;
}

enum verdict
topic_purge(struct request *r)
{
	struct purge_state *state = r->state;
	const struct pg_result *rows;
	struct params p;

	if (!state) {
		state = r->state = read_purge(r);
		if (!state)
			return DONE;
	}
	params_init(&p, r->arena);
	param_bigint(&p, state->topic.id);
	param_bool(&p, state->topic.dlq);
	param_integers(&p, state->status, NULL, state->statuses);
	param_bigint(&p, REAP_BATCH);
	rows = db_call(r, STATEMENT_topic_purge, &p);
	if (!rows)
		return DONE;
	state->deleted += row_bigint(rows, 0, 0);
	topic_count(state->topic.id, TOPIC_messages_deleted,
	    row_bigint(rows, 0, 0));
	if (!row_bool(rows, 0, 1) || r->last_call ||
	    clock_monotonic_us() > r->started_us + PURGE_MS_MAX * 1000)
		return reply_count(r, "deleted", state->deleted);
	r->deadline_us = clock_monotonic_us();
	return PARK;
}

enum verdict
message_delete_by_key(struct request *r)
{
	const struct pg_result *rows;
	int64_t deleted;
	struct topic topic;
	struct params p;

	if (!topic_in_path(r, &topic))
		return DONE;
	params_init(&p, r->arena);
	param_bigint(&p, topic.id);
	param_bool(&p, topic.dlq);
	param_text(&p, r->param[1]);
	rows = db_call(r, STATEMENT_message_delete_by_key, &p);
	if (!rows)
		return DONE;
	deleted = row_bigint(rows, 0, 0);
	topic_count(topic.id, TOPIC_messages_deleted, deleted);
	return reply_count(r, "deleted", deleted);
}

/* Messages are pending again, for plain consumers and for those of groups. */
static void
announce_again(struct request *r, int64_t topic_id,
    const struct pg_result *rows, uint32_t count)
{
	int64_t now = clock_wall_us(), *channel;
	int n = row_bigints(rows, 0, 1, r->arena, &channel);

	claims_due(topic_id, false, now);
	wake(topic_channel(topic_id, false), count);
	for (int i = 0; i < n; i++) {
		claims_due_on(delivery_channel(channel[i]), now);
		wake(delivery_channel(channel[i]), count);
	}
}

/* Who may be some of the groups of a topic only redrives for these alone. */
static bool
allow_redrive(struct request *r, const struct topic *topic, struct text group)
{
	return allow_group(r, topic_full_name(r, topic, false), group) &&
	    allow_group(r, topic_full_name(r, topic, true), group);
}

enum verdict
topic_redrive(struct request *r)
{
	const struct pg_result *rows;
	struct json_reader j;
	struct topic topic;
	struct params p;
	struct text group;
	int64_t limit, moved;

	if (!query_done(r) || !topic_find(r, r->param[0], &topic) ||
	    !allow_topic(r, ACTION_WRITE, topic_full_name(r, &topic, true)) ||
	    !json_read_body(&j, r, true))
		return DONE;
	limit = json_member_integer(&j, "limit", BATCH_ITEMS_MAX, 1,
	    BATCH_ITEMS_MAX);
	group = consumer_group_read(&j);
	if (!json_done(&j) || !allow_redrive(r, &topic, group))
		return DONE;
	params_init(&p, r->arena);
	param_bigint(&p, topic.id);
	param_integer(&p, (int32_t)limit);
	param_integer(&p, topic_max_retries(&topic));
	param_text(&p, group);
	rows = db_call(r, STATEMENT_topic_redrive, &p);
	if (!rows)
		return DONE;
	moved = row_bigint(rows, 0, 0);
	topic_count(topic.id, TOPIC_messages_requeued, moved);
	if (moved)
		announce_again(r, topic.id, rows, (uint32_t)moved);
	return reply_count(r, "requeued", moved);
}

enum verdict
message_requeue(struct request *r)
{
	const struct pg_result *rows;
	struct text outcome;
	struct topic topic;
	struct json_reader j;
	struct params p;
	int64_t seq;

	if (!query_done(r) || !json_read_body(&j, r, true) || !json_done(&j))
		return DONE;
	if (!message_id_read(r->param[0], &topic.id, &seq))
		return fail(r, E_NOT_FOUND, "requeue: message not found");
	if (!topic_find_by_id(r, topic.id, &topic))
		return DONE;
	if (!topic.exists)
		return fail(r, E_NOT_FOUND, "requeue: message not found");
	if (!allow_topic(r, ACTION_WRITE, topic_full_name(r, &topic, true)))
		return DONE;
	params_init(&p, r->arena);
	param_bigint(&p, topic.id);
	param_bigint(&p, seq);
	param_integer(&p, topic_max_retries(&topic));
	rows = db_call(r, STATEMENT_message_requeue, &p);
	if (!rows)
		return DONE;
	outcome = row_text(rows, 0, 0);
	if (text_equal(outcome, TEXT("missing")))
		return fail(r, E_NOT_FOUND, "requeue: message not found");
	if (text_equal(outcome, TEXT("not_dlq")))
		return fail(r, E_NOT_FOUND,
		    "requeue: message is not a dead-letter message");
	if (text_equal(outcome, TEXT("expired")))
		return fail(r, E_NOT_FOUND, "requeue: message has expired");
	topic_count(topic.id, TOPIC_messages_requeued, 1);
	announce_again(r, topic.id, rows, 1);
	return reply_empty(r, 204);
}

static enum verdict
set_paused(struct request *r, bool paused)
{
	struct topic topic;
	struct json_reader j;
	struct params p;

	if (!topic_in_path(r, &topic) ||
	    !json_read_body(&j, r, true) || !json_done(&j))
		return DONE;
	/* A topic and its dead letters pause together, and the right to the
	 * dead letters is not the right to the topic. */
	if (topic.dlq)
		return fail(r, E_BAD_VALUE, "topic name may not end in .dlq");
	if (!topic_ensure(r, &topic))
		return DONE;
	params_init(&p, r->arena);
	param_bigint(&p, topic.id);
	param_bool(&p, paused);
	if (!db_call(r, STATEMENT_topic_pause, &p))
		return DONE;
	topics_forget();
	/* Who waits on a topic that goes on looks again; elsewhere the epoch
	 * does the same. */
	if (!paused) {
		lot_wake(topic_channel(topic.id, false), WAKE_ALL);
		lot_wake(topic_channel(topic.id, true), WAKE_ALL);
	}
	return reply_empty(r, 204);
}

enum verdict
topic_pause(struct request *r)
{
	return set_paused(r, true);
}

enum verdict
topic_resume(struct request *r)
{
	return set_paused(r, false);
}
