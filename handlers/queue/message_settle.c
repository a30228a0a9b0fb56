/*
 * What a consumer says of a delivery: ack, nack, extend, one at a time or
 * many. The write goes in the turn of the messages' topic; a request that
 * names messages of several topics takes one turn after the other.
 */
#include "auth/gate.h"
#include "fcgi/json_reader.h"
#include "fcgi/settings.h"
#include "handlers/handlers.h"
#include "handlers/queue/message.h"
#include "sql/queue_writes.h"

enum { STATUS_PROCESSING = 1 };

/* One message that the request names. */
struct named {
	struct text id; /* as it was sent */
	int64_t topic_id;
	struct settlement settlement;
	bool decided; /* settled, or refused by `error` */
	enum error error;
	const char *sentence;
};

/* What a consumer may say: of messages, and for its group. */
struct saying {
	const char *verb;
	const struct turn_kind *kind, *group_kind;
};

static const struct saying acks = { "ack", &ack_kind, &delivery_ack_kind };
static const struct saying nacks = { "nack", &nack_kind,
	&delivery_nack_kind };
static const struct saying extends = { "extend", &extend_kind,
	&delivery_extend_kind };

struct settle_state {
	const struct saying *saying;
	bool batch;
	struct named *named;
	int count;
	/* The turn under way: these of the named, side by side. */
	struct settle settle;
	int *place;
};

static void
decide(struct named *named, enum error error, const char *sentence)
{
	named->decided = true;
	named->error = error;
	named->sentence = sentence;
}

static void
read_receipt(struct json_reader *j, struct settlement *s)
{
	struct text receipt = json_member_text(j, "receipt", 0,
	    RECEIPT_BYTES_MAX);

	s->has_receipt = receipt.p != NULL;
	if (receipt.p)
		message_receipt_read(receipt, &s->receipt_group, &s->receipt);
}

/* The members that ack, nack and extend each take. */
static void
read_members(struct json_reader *j, const struct saying *saying,
    struct settlement *s)
{
	int64_t visible_s;

	read_receipt(j, s);
	s->group = consumer_group_read(j);
	/* One of a group's delivery is none of the topic's own. */
	if (s->receipt_group && !s->group.p)
		s->receipt = 0;
	if (saying == &nacks) {
		s->error = json_member_text(j, "error", 0,
		    MESSAGE_ERROR_BYTES_MAX);
		s->delay_ms = 1000 * json_member_integer(j, "delay_seconds",
		    0, 0, DELAY_SECONDS_MAX);
	}
	if (saying == &extends) {
		visible_s = json_member_integer(j,
		    "visibility_timeout_seconds", 0, 1,
		    VISIBILITY_SECONDS_MAX);
		s->delay_ms = visible_s ? visible_s * 1000 :
		    settings.visibility_ms;
	}
}

static bool
read_single(struct request *r, struct settle_state *state)
{
	struct json_reader j;

	if (!json_read_body(&j, r, true))
		return false;
	state->count = 1;
	state->named = arena_alloc(r->arena, sizeof(*state->named));
	state->named->id = r->param[0];
	read_members(&j, state->saying, &state->named->settlement);
	return json_done(&j);
}

static bool
read_batch(struct request *r, struct settle_state *state)
{
	const struct json *items;
	struct json_reader j, item;
	int i = 0;

	if (!json_read_body(&j, r, false))
		return false;
	items = json_member_array(&j, "messages", BATCH_ITEMS_MAX);
	if (!json_done(&j))
		return false;
	state->count = items ? (int)items->count : 0;
	if (!state->count) {
		fail(r, E_BAD_VALUE, "messages must have 1 to %d items",
		    BATCH_ITEMS_MAX);
		return false;
	}
	state->named = arena_alloc(r->arena,
	    (size_t)state->count * sizeof(*state->named));
	JSON_EACH(object, items) {
		struct named *named = &state->named[i];

		if (!json_read_element(&item, r, object, "messages", i++))
			return false;
		named->id = json_member_text(&item, "id", JSON_REQUIRED,
		    SIZE_MAX);
		read_members(&item, state->saying, &named->settlement);
		if (!json_done(&item))
			return false;
	}
	return true;
}

static struct settle_state *
read_request(struct request *r, const struct saying *saying, bool batch)
{
	struct settle_state *state = arena_alloc(r->arena, sizeof(*state));

	state->saying = saying;
	state->batch = batch;
	if (!query_done(r) ||
	    !(batch ? read_batch(r, state) : read_single(r, state)))
		return NULL;
	state->place = arena_alloc(r->arena,
	    (size_t)state->count * sizeof(*state->place));
	for (int i = 0; i < state->count; i++) {
		struct named *named = &state->named[i];

		if (!message_id_read(named->id, &named->topic_id,
		    &named->settlement.seq))
			decide(named, E_NOT_FOUND, "message not found");
	}
	return state;
}

/* What may the caller do to messages of the topic? False after fail(). */
static bool
look_up_rights(struct request *r, const struct topic *topic, bool *base,
    bool *dlq)
{
	*base = topic->exists &&
	    topic_allowed(r, ACTION_CONSUME, topic->name);
	*dlq = topic->exists && topic_allowed(r, ACTION_CONSUME,
	    topic_full_name(r, topic, true));
	return !request_failed(r);
}

static struct named *
first_undecided(const struct settle_state *state)
{
	for (int i = 0; i < state->count; i++)
		if (!state->named[i].decided)
			return &state->named[i];
	return NULL;
}

/* The same right for one message, whose caller may speak for a group. */
static bool
may_speak(struct request *r, bool may, struct text topic,
    const struct settlement *s)
{
	return may && group_allowed(r, topic, s->group);
}

/*
 * Gather the messages of one topic that are undecided into a turn, those of
 * groups or the others. DONE when there are none, or after fail().
 */
static enum verdict
next_turn(struct request *r, struct settle_state *state)
{
	const struct named *first = first_undecided(state);
	const struct saying *saying = state->saying;
	struct text dlq_name;
	struct settlement *s;
	struct topic topic;
	bool base, dlq;
	int n = 0;

	if (!first || !topic_find_by_id(r, first->topic_id, &topic) ||
	    !look_up_rights(r, &topic, &base, &dlq))
		return DONE;
	s = arena_alloc(r->arena, (size_t)state->count * sizeof(*s));
	dlq_name = topic_full_name(r, &topic, true);
	for (int i = 0; i < state->count; i++) {
		struct named *named = &state->named[i];
		struct settlement *one = &named->settlement;

		if (named->decided || named->topic_id != topic.id ||
		    !one->group.p != !first->settlement.group.p)
			continue;
		one->may_base = may_speak(r, base, topic.name, one);
		one->may_dlq = may_speak(r, dlq, dlq_name, one);
		state->place[n] = i;
		s[n++] = *one;
	}
	if (request_failed(r))
		return DONE;
	settle_init(&state->settle, first->settlement.group.p ?
	    saying->group_kind : saying->kind, &topic, s, n);
	r->state = state;
	r->turn = &state->settle.item;
	return TURN;
}

/* It is there, and the caller's to settle. */
static void
decide_by_status(struct named *named, int status)
{
	if (status != STATUS_PROCESSING)
		decide(named, E_NOT_FOUND,
		    "message is not in processing state");
	else
		decide(named, E_STALE_RECEIPT,
		    error_facts(E_STALE_RECEIPT)->sentence);
}

/* Why was a delivery to a group not settled? */
static bool
explain_delivery(struct request *r, struct named *named)
{
	enum { KNOWN, DLQ, STATUS };
	const struct pg_result *rows;
	struct params p;

	params_init(&p, r->arena);
	param_bigint(&p, named->topic_id);
	param_bigint(&p, named->settlement.seq);
	param_text(&p, named->settlement.group);
	rows = db_call(r, STATEMENT_delivery_state, &p);
	if (!rows)
		return false;
	if (row_null(rows, 0, DLQ))
		decide(named, E_NOT_FOUND, "message not found");
	else if (!(row_bool(rows, 0, DLQ) ? named->settlement.may_dlq :
	    named->settlement.may_base))
		decide(named, E_FORBIDDEN, error_facts(E_FORBIDDEN)->sentence);
	else if (!row_bool(rows, 0, KNOWN))
		decide(named, E_NOT_FOUND, "consumer group not found");
	else if (row_null(rows, 0, STATUS))
		decide(named, E_NOT_FOUND, "message not found");
	else
		decide_by_status(named, row_integer(rows, 0, STATUS));
	return true;
}

/* Why was a message not settled? Looked up only then. */
static bool
explain(struct request *r, struct named *named)
{
	const struct pg_result *rows;
	struct params p;

	if (named->settlement.group.p)
		return explain_delivery(r, named);
	params_init(&p, r->arena);
	param_bigint(&p, named->topic_id);
	param_bigint(&p, named->settlement.seq);
	rows = db_call(r, STATEMENT_message_state, &p);
	if (!rows)
		return false;
	if (!row_count(rows))
		decide(named, E_NOT_FOUND, "message not found");
	else if (!(row_bool(rows, 0, 1) ? named->settlement.may_dlq :
	    named->settlement.may_base))
		decide(named, E_FORBIDDEN, error_facts(E_FORBIDDEN)->sentence);
	else
		decide_by_status(named, row_integer(rows, 0, 0));
	return true;
}

/* The turn is over: who was settled, and why not the others? */
static bool
take_results(struct request *r, struct settle_state *state)
{
	const struct settle *settle = &state->settle;

	r->turn = NULL;
	if (settle->item.outcome != DB_DONE) {
		db_fail(r, settle->item.outcome);
		return false;
	}
	for (int i = 0; i < settle->count; i++) {
		struct named *named = &state->named[state->place[i]];

		named->settlement = settle->settlement[i];
		if (named->settlement.settled)
			decide(named, E_NONE, NULL);
		else if (!explain(r, named))
			return false;
	}
	return true;
}

static const char *
sentence_of(struct request *r, const struct settle_state *state,
    const struct named *named)
{
	if (named->error != E_NOT_FOUND)
		return named->sentence;
	return arena_printf(r->arena, "%s: %s", state->saying->verb,
	    named->sentence);
}

static enum verdict
reply_single(struct request *r, const struct settle_state *state)
{
	const struct named *named = state->named;
	struct json_writer *w;

	if (named->error)
		return fail(r, named->error, "%s",
		    sentence_of(r, state, named));
	if (state->saying != &extends)
		return reply_empty(r, 204);
	w = reply_json(r, 200);
	json_open_object(w);
	json_name(w, "id");
	message_id_write(w, named->topic_id, named->settlement.seq);
	json_name(w, "visible_until");
	json_time(w, named->settlement.visible_until_us);
	json_close_object(w);
	return DONE;
}

static enum verdict
reply_batch(struct request *r, const struct settle_state *state)
{
	struct json_writer *w = reply_json(r, 200);

	json_open_object(w);
	json_name(w, "results");
	json_open_array(w);
	for (int i = 0; i < state->count; i++) {
		const struct named *named = &state->named[i];

		json_open_object(w);
		json_name(w, "id");
		json_text(w, named->id);
		json_name(w, "ok");
		json_bool(w, !named->error);
		if (named->error) {
			json_name(w, "code");
			json_cstring(w, error_facts(named->error)->code);
			json_name(w, "error");
			json_cstring(w, sentence_of(r, state, named));
		}
		json_close_object(w);
	}
	json_close_array(w);
	json_close_object(w);
	return DONE;
}

static enum verdict
settle(struct request *r, const struct saying *saying, bool batch)
{
	struct settle_state *state = r->state;

	if (!state)
		state = read_request(r, saying, batch);
	else if (!take_results(r, state))
		return DONE;
	if (!state)
		return DONE;
	if (next_turn(r, state) == TURN)
		return TURN;
	if (request_failed(r))
		return DONE;
	return batch ? reply_batch(r, state) : reply_single(r, state);
}

enum verdict
message_ack(struct request *r)
{
	return settle(r, &acks, false);
}

enum verdict
message_ack_batch(struct request *r)
{
	return settle(r, &acks, true);
}

enum verdict
message_nack(struct request *r)
{
	return settle(r, &nacks, false);
}

enum verdict
message_nack_batch(struct request *r)
{
	return settle(r, &nacks, true);
}

enum verdict
message_extend(struct request *r)
{
	return settle(r, &extends, false);
}
