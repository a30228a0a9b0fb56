/*
 * POST /api/messages/dequeue: claim messages in the next turn of their topic;
 * when there are none, wait in the lot for some.
 *
 * The request listens before it looks and keeps its place until it is
 * answered, so whoever came first is served first. Each time it is woken it
 * takes another turn. It takes a last one when its time is up. What is
 * delivered to a consumer group is the group's alone.
 */
#include "auth/gate.h"
#include "fcgi/clock.h"
#include "fcgi/json_reader.h"
#include "fcgi/lot.h"
#include "fcgi/settings.h"
#include "handlers/handlers.h"
#include "handlers/queue/message.h"
#include "sql/claims.h"

struct dequeue_state {
	struct claim claim;
	struct text topic_name; /* as it was asked for, .dlq included */
	struct text group; /* absent: a plain consumer's */
	struct topic topic;
	int64_t until_us; /* monotonic; when waiting ends, 0: no waiting */
};

static bool
may_dequeue(struct request *r, const struct dequeue_state *state)
{
	return allow_topic(r, ACTION_CONSUME, state->topic_name) &&
	    allow_group(r, state->topic_name, state->group);
}

static struct dequeue_state *
read_request(struct request *r)
{
	struct dequeue_state *state = arena_alloc(r->arena, sizeof(*state));
	int64_t count, visible_s, wait_s;
	struct json_reader j;

	if (!query_done(r) || !json_read_body(&j, r, false))
		return NULL;
	state->topic_name = json_member_text(&j, "topic", 0, SIZE_MAX);
	if (!request_failed(r) && !state->topic_name.n)
		fail(r, E_BAD_VALUE, "topic is required");
	state->group = consumer_group_read(&j);
	if (request_failed(r) || !may_dequeue(r, state))
		return NULL;
	count = json_member_integer(&j, "count", 1, 1, DEQUEUE_COUNT_MAX);
	visible_s = json_member_integer(&j, "visibility_timeout_seconds", 0, 1,
	    VISIBILITY_SECONDS_MAX);
	wait_s = json_member_integer(&j, "wait_seconds", 0, 0,
	    WAIT_SECONDS_MAX);
	if (!json_done(&j) ||
	    !topic_find(r, state->topic_name, &state->topic) ||
	    !message_topic_registered(r, &state->topic, "dequeue"))
		return NULL;
	claim_init(&state->claim, &state->topic, (int32_t)count,
	    visible_s ? visible_s * 1000 : settings.visibility_ms);
	if (state->group.p)
		claim_for_group(&state->claim, state->group);
	if (wait_s) {
		state->until_us = r->started_us + wait_s * 1000000;
		lot_listen(r, state->claim.channel);
	}
	return state;
}

static enum verdict
reply(struct request *r, const struct dequeue_state *state, int count)
{
	const struct claim *claim = &state->claim;
	struct json_writer *w = reply_json(r, 200);

	json_open_object(w);
	json_name(w, "messages");
	json_open_array(w);
	for (int i = 0; i < count; i++)
		message_write(r, w, claim->rows, claim->first + i,
		    &state->topic, true);
	json_close_array(w);
	json_close_object(w);
	return DONE;
}

/* Nothing was there: wait, or say so. */
static enum verdict
wait_or_leave(struct request *r, const struct dequeue_state *state)
{
	if (r->last_call || clock_monotonic_us() >= state->until_us)
		return reply(r, state, 0);
	r->deadline_us = state->until_us;
	return PARK;
}

/* The turn is over. */
static enum verdict
claimed(struct request *r, struct dequeue_state *state)
{
	const struct claim *claim = &state->claim;

	r->turn = NULL;
	if (claim->item.outcome != DB_DONE)
		return db_fail(r, claim->item.outcome);
	if (claim->unknown_group)
		return fail(r, E_NOT_FOUND, "consumer group not found");
	if (claim->got)
		return reply(r, state, claim->got);
	if (claim->again) {
		r->turn = &state->claim.item;
		return TURN;
	}
	return wait_or_leave(r, state);
}

enum verdict
message_dequeue(struct request *r)
{
	struct dequeue_state *state = r->state;

	if (r->turn)
		return claimed(r, state);
	if (!state) {
		state = r->state = read_request(r);
		if (!state)
			return DONE;
	} else if (!may_dequeue(r, state) ||
	    !topic_find(r, state->topic_name, &state->topic)) {
		return DONE;
	}
	if (state->topic.paused)
		return wait_or_leave(r, state);
	r->turn = &state->claim.item;
	return TURN;
}
