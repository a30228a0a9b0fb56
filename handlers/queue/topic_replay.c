/*
 * POST /api/topics/{}/replay: what was acknowledged of a replayable topic is
 * enqueued once more, as new messages, in the order of the acks.
 *
 * It goes in batches, each a transaction of its own, and parks between them,
 * so that others get their turn. Nothing that is acknowledged after it began
 * is replayed, or it would meet its own messages and never end. A request
 * that ends early, because its time is up or this process is asked to stop,
 * says so, and where to go on.
 */
#include <inttypes.h>

#include "auth/gate.h"
#include "fcgi/clock.h"
#include "fcgi/json_reader.h"
#include "fcgi/topic_counts.h"
#include "handlers/handlers.h"
#include "handlers/queue/message_log.h"
#include "sql/db.h"
#include "sql/message_seq.h"
#include "sql/topics.h"
#include "sql/wake.h"

/* The columns of topic_replay. */
enum { COUNT, UNTIL, LAST_AT, LAST_SEQ, MORE, CHANNELS };

struct replay_state {
	struct topic topic;
	struct text from;	/* as it was sent; absent: not at all */
	/* Where it is: behind these, up to until_us. */
	int64_t at_us, seq;
	int64_t until_us;	/* INT64_MIN: it has not begun */
	int64_t enqueued;
	bool more;
};

/* Nothing was acked before 1970. */
static int64_t
window_opens_us(const struct topic *topic)
{
	return topic->replay_window_ms ?
	    clock_wall_us() - topic->replay_window_ms * 1000 : 0;
}

static bool
read_from(struct request *r, struct replay_state *state, int64_t opens_us)
{
	const struct topic *topic = &state->topic;

	if (state->from.p && !clock_parse(state->from, &state->at_us)) {
		fail(r, E_UNPROCESSABLE, "from_time must be RFC 3339");
		return false;
	}
	if (!topic->replayable || topic->dlq) {
		fail(r, E_UNPROCESSABLE,
		    "replay: topic is not configured as replayable");
		return false;
	}
	if (state->from.p && topic->replay_window_ms &&
	    state->at_us < opens_us) {
		fail(r, E_UNPROCESSABLE, "replay: from_time is before the "
		    "start of the replay window");
		return false;
	}
	return true;
}

static bool
read_after(struct request *r, struct text after, struct replay_state *state)
{
	int64_t place[3];

	if (!after.p)
		return true;
	if (!log_place_read(after, place, 3)) {
		fail(r, E_BAD_VALUE, "after must be the next of a reply");
		return false;
	}
	state->at_us = place[0];
	state->seq = place[1];
	state->until_us = place[2];
	return true;
}

/* From where on: by default all that can be replayed, and never more. */
static bool
read_place(struct request *r, struct text after, struct replay_state *state)
{
	int64_t opens_us = window_opens_us(&state->topic);

	state->seq = -1;
	state->until_us = INT64_MIN;
	if (!read_from(r, state, opens_us) || !read_after(r, after, state))
		return false;
	if (state->at_us < opens_us) {
		state->at_us = opens_us;
		state->seq = -1;
	}
	return true;
}

static struct replay_state *
read_request(struct request *r)
{
	struct replay_state *state = arena_alloc(r->arena, sizeof(*state));
	struct json_reader j;
	struct text after;

	if (!query_done(r) || !allow_topic(r, ACTION_ADMIN, r->param[0]) ||
	    !json_read_body(&j, r, true))
		return NULL;
	state->from = json_member_text(&j, "from_time", 0,
	    TIME_BYTES_MAX);
	after = json_member_text(&j, "after", 0, REPLAY_PLACE_BYTES_MAX);
	if (!json_done(&j) || !topic_find(r, r->param[0], &state->topic))
		return NULL;
	return read_place(r, after, state) ? state : NULL;
}

/* Messages are there, for plain consumers and for those of groups. */
static void
announce(struct request *r, const struct replay_state *state,
    const struct pg_result *rows, uint32_t count)
{
	int64_t *channel;
	int n = row_bigints(rows, 0, CHANNELS, r->arena, &channel);

	wake(topic_channel(state->topic.id, false), count);
	for (int i = 0; i < n; i++)
		wake(delivery_channel(channel[i]), count);
}

/* The next batch; false after fail(). */
static bool
replay_some(struct request *r, struct replay_state *state)
{
	int64_t *seq = arena_alloc(r->arena, REPLAY_BATCH * sizeof(*seq));
	int64_t next = message_seq_take(REPLAY_BATCH);
	const struct topic *topic = &state->topic;
	const struct pg_result *rows;
	struct params p;
	int32_t count;

	for (int i = 0; i < REPLAY_BATCH; i++, next += MESSAGE_SEQ_STEP)
		seq[i] = next;
	params_init(&p, r->arena);
	param_bigint(&p, topic->id);
	param_time_or_beginning(&p, state->at_us);
	param_bigint(&p, state->seq);
	if (state->until_us == INT64_MIN)
		param_null(&p);
	else
		param_time_or_end(&p, state->until_us);
	param_bigints(&p, seq, NULL, REPLAY_BATCH);
	param_bigint(&p, REPLAY_BYTES);
	param_bigint(&p, topic_ttl_ms(topic));
	param_integer(&p, topic_max_retries(topic));
	rows = db_call(r, STATEMENT_topic_replay, &p);
	if (!rows)
		return false;
	state->until_us = row_time(rows, 0, UNTIL);
	state->more = row_bool(rows, 0, MORE);
	if (row_null(rows, 0, COUNT) || !row_integer(rows, 0, COUNT))
		return true;
	count = row_integer(rows, 0, COUNT);
	state->at_us = row_time(rows, 0, LAST_AT);
	state->seq = row_bigint(rows, 0, LAST_SEQ);
	state->enqueued += count;
	topic_count(topic->id, TOPIC_messages_replayed, count);
	announce(r, state, rows, (uint32_t)count);
	return true;
}

static enum verdict
reply(struct request *r, const struct replay_state *state)
{
	struct json_writer *w = reply_json(r, 200);

	json_open_object(w);
	json_name(w, "topic");
	json_text(w, state->topic.name);
	json_name(w, "enqueued");
	json_number(w, state->enqueued);
	json_name(w, "from_time");
	json_text(w, state->from.p ? state->from : TEXT(""));
	json_name(w, "complete");
	json_bool(w, !state->more);
	json_name(w, "next");
	if (state->more)
		json_cstring(w, arena_printf(r->arena,
		    "%" PRId64 "-%" PRId64 "-%" PRId64, state->at_us,
		    state->seq, state->until_us));
	else
		json_null_value(w);
	json_close_object(w);
	return DONE;
}

enum verdict
topic_replay(struct request *r)
{
	struct replay_state *state = r->state;

	if (!state) {
		state = r->state = read_request(r);
		if (!state)
			return DONE;
	} else if (!allow_topic(r, ACTION_ADMIN, r->param[0])) {
		return DONE;
	}
	if (!replay_some(r, state))
		return DONE;
	if (!state->more || r->last_call ||
	    clock_monotonic_us() > r->started_us + REPLAY_MS_MAX * 1000)
		return reply(r, state);
	r->deadline_us = clock_monotonic_us();
	return PARK;
}
