/*
 * The consumer groups of a topic: GET and POST /api/topics/{}/consumer-groups,
 * and DELETE with a name. What a group is delivered is the affair of the
 * handlers of messages.
 *
 * Registering and unregistering may take many statements on a long topic. The
 * request is parked between them, so that it holds no thread; what it leaves
 * undone the reaper of groups does.
 */
#include "auth/gate.h"
#include "fcgi/clock.h"
#include "handlers/handlers.h"
#include "handlers/queue/message.h"
#include "handlers/queue/page.h"
#include "handlers/queue/topic_path.h"
#include "sql/consumer_groups.h"
#include "sql/message_seq.h"
#include "sql/wake.h"

/* Between two looks at those who are waited for. */
enum { WRITERS_LOOK_MS = 5 };

static void
write_name(struct json_writer *w, const struct pg_result *rows, int row)
{
	json_text(w, row_text(rows, row, 0));
}

enum verdict
consumer_group_list(struct request *r)
{
	struct list_page page = list_page_read(r);
	struct topic topic;
	struct params p;

	if (!base_topic_in_path(r, &topic))
		return DONE;
	params_init(&p, r->arena);
	param_bigint(&p, topic.id);
	return list_reply(r, &page, &p, STATEMENT_consumer_group_list,
	    STATEMENT_consumer_group_count, write_name);
}

/* Begin, or go on with what somebody has begun. NULL after fail(). */
static struct group_join *
begin(struct request *r, const struct topic *topic, struct text name)
{
	int64_t channel = group_dequeue_channel(topic->id, name, false).id;
	struct group_join *join = arena_alloc(r->arena, sizeof(*join));
	const struct pg_result *rows;
	struct text outcome;
	struct params p;

	params_init(&p, r->arena);
	param_bigint(&p, topic->id);
	param_bigint(&p, message_seq_take(1));
	param_text(&p, name);
	param_bigint(&p, channel);
	param_bigint(&p, GROUPS_PER_TOPIC_MAX);
	rows = db_call(r, STATEMENT_consumer_group_create, &p);
	if (!rows)
		return NULL;
	outcome = row_text(rows, 0, 0);
	if (text_equal(outcome, TEXT("registered")))
		fail(r, E_CONFLICT, "consumer group already registered");
	if (text_equal(outcome, TEXT("full")))
		fail(r, E_CONFLICT, "a topic has at most %d consumer groups "
		    "(GROUPS_PER_TOPIC_MAX)", GROUPS_PER_TOPIC_MAX);
	if (request_failed(r))
		return NULL;
	join->topic_id = topic->id;
	join->group_id = row_bigint(rows, 0, 1);
	return join;
}

static struct group_join *
read_registration(struct request *r)
{
	struct json_reader j;
	struct topic topic;
	struct text name;

	if (!base_topic_in_path(r, &topic) ||
	    !json_read_body(&j, r, false))
		return NULL;
	name = consumer_group_read(&j);
	if (!json_done(&j))
		return NULL;
	if (!name.p) {
		fail(r, E_BAD_VALUE, "consumer_group is required");
		return NULL;
	}
	if (!message_topic_registered(r, &topic, "register") ||
	    !topic_ensure(r, &topic))
		return NULL;
	return begin(r, &topic, name);
}

enum verdict
consumer_group_create(struct request *r)
{
	struct group_join *join = r->state;
	int64_t now, until_us;
	enum db_outcome outcome;

	if (!join) {
		join = read_registration(r);
		if (!join)
			return DONE;
		r->state = join;
	}
	outcome = group_join_step(r->db, r->arena, join);
	if (outcome != DB_DONE)
		return db_fail(r, outcome);
	if (join->state == GROUP_JOINED)
		return reply_empty(r, 201);
	if (join->state == GROUP_GONE)
		return fail(r, E_CONFLICT,
		    "the consumer group was unregistered meanwhile");
	now = clock_monotonic_us();
	until_us = r->started_us + (join->state == GROUP_JOIN_WAITS ?
	    GROUP_WRITERS_WAIT : GROUP_JOIN_MS_MAX) * 1000;
	if (r->last_call || now > until_us)
		return fail(r, E_BUSY, join->state == GROUP_JOIN_WAITS ?
		    "transactions that write messages have not come to their "
		    "end; ask again" :
		    "there are many messages to give out; ask again");
	r->deadline_us = join->state == GROUP_JOIN_WAITS ?
	    now + WRITERS_LOOK_MS * 1000 : now;
	return PARK;
}

/* An unregistered group that has deliveries left. */
struct group_end {
	int64_t topic_id, group_id;
	int64_t removed;
};

static struct group_end *
end_group(struct request *r)
{
	struct group_end *end = arena_alloc(r->arena, sizeof(*end));
	const struct pg_result *rows;
	struct topic topic;
	struct params p;

	if (!base_topic_in_path(r, &topic))
		return NULL;
	params_init(&p, r->arena);
	param_bigint(&p, topic.id);
	param_text(&p, r->param[1]);
	rows = db_call(r, STATEMENT_consumer_group_end, &p);
	if (!rows)
		return NULL;
	if (!row_count(rows)) {
		fail(r, E_NOT_FOUND, "consumer group not found");
		return NULL;
	}
	/* Who waits there is to hear that there is nothing to wait for. */
	wake(group_dequeue_channel(topic.id, r->param[1], false), WAKE_ALL);
	end->topic_id = topic.id;
	end->group_id = row_bigint(rows, 0, 0);
	return end;
}

enum verdict
consumer_group_delete(struct request *r)
{
	struct group_end *end = r->state;
	enum db_outcome outcome;
	bool more;

	if (!end) {
		end = end_group(r);
		if (!end)
			return DONE;
		r->state = end;
	}
	/* It is unregistered; what does not work here is the reaper's. */
	outcome = group_clear_step(r->db, r->arena, end->topic_id,
	    end->group_id, &end->removed, &more);
	if (outcome != DB_DONE || !more || r->last_call ||
	    clock_monotonic_us() > r->started_us + GROUP_CLEAR_MS_MAX * 1000)
		return reply_empty(r, 204);
	r->deadline_us = clock_monotonic_us();
	return PARK;
}
