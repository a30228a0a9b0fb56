/*
 * What workers say of wakes: a pull-wake is claimed, acked and given back, a
 * webhook calls back. But for the claim, the token of the wake is all that it
 * takes; who is behind it does not matter.
 */
#include "auth/gate.h"
#include "auth/wake_token.h"
#include "handlers/handlers.h"
#include "handlers/subscriptions/dispatcher.h"
#include "handlers/streams/offset.h"
#include "handlers/subscriptions/subscription.h"

/* As sql/fn/subscription_claim.sql numbers them. */
enum claim_status { CLAIMED, CLAIM_NOTHING, CLAIM_OTHER_KIND, CLAIM_HELD,
	CLAIM_NO_WORK };

/* The columns of the statement subscription_claim. */
enum { CLAIM_STATUS, BIRTH, GENERATION, WAKE_ID, HOLDER, LEASE_TTL_MS };

/* As sql/fn/subscription_settle.sql numbers them. */
enum settle_status {
	SETTLED,
	SETTLE_NOTHING,
	SETTLE_OTHER_KIND,
	SETTLE_OTHER_BIRTH,
	SETTLE_FENCED,
	ACK_UNKNOWN_STREAM,
	ACK_NO_OFFSET,
	ACK_REGRESSES,
	ACK_BEYOND_END
};

/* What becomes of the wake. */
enum how { GO_ON, BE_DONE, GIVE_BACK };

/* --- claim ---------------------------------------------------------------- */

static enum verdict
reply_held(struct request *r, const struct pg_result *rows)
{
	struct json_writer *w = reply_json(r, 409);
	const struct error_facts *facts = error_facts(E_CLAIMED);

	json_open_object(w);
	json_name(w, "error");
	json_open_object(w);
	json_name(w, "code");
	json_cstring(w, facts->code);
	json_name(w, "message");
	json_cstring(w, facts->sentence);
	json_name(w, "current_holder");
	json_text(w, row_text(rows, 0, HOLDER));
	json_name(w, "generation");
	json_number(w, row_bigint(rows, 0, GENERATION));
	json_close_object(w);
	json_close_object(w);
	return DONE;
}

static enum verdict
reply_claimed(struct request *r, const struct pg_result *rows)
{
	const struct pg_result *streams = subscription_streams(r);
	struct wake_token token = {
		.generation = row_bigint(rows, 0, GENERATION) };
	char text[WAKE_TOKEN_BYTES + 1];
	struct json_writer *w;

	if (!streams)
		return DONE;
	row_uuid(rows, 0, BIRTH, token.birth);
	wake_token_issue(&token, r->param[0], text);
	w = reply_json(r, 200);
	json_open_object(w);
	json_name(w, "wake_id");
	json_text(w, row_text(rows, 0, WAKE_ID));
	json_name(w, "generation");
	json_number(w, token.generation);
	json_name(w, "token");
	json_cstring(w, text);
	json_name(w, "streams");
	subscription_write_streams(w, streams, true);
	json_name(w, "lease_ttl_ms");
	json_number(w, row_integer(rows, 0, LEASE_TTL_MS));
	json_close_object(w);
	reply_header(r, "Cache-Control", "no-store");
	/* The lease's end is to be seen to. */
	dispatcher_tell_due();
	return DONE;
}

enum verdict
subscription_claim(struct request *r)
{
	const struct pg_result *rows = subscription_allowed(r);
	struct json_reader j;
	struct text worker;
	struct params p;

	if (!rows || !json_read_body(&j, r, false))
		return DONE;
	worker = json_member_text(&j, "worker", JSON_REQUIRED | JSON_NOT_EMPTY,
	    SUBSCRIPTION_WORKER_BYTES_MAX);
	if (!json_done(&j))
		return DONE;
	params_init(&p, r->arena);
	param_text(&p, r->param[0]);
	param_text(&p, worker);
	rows = db_call(r, STATEMENT_subscription_claim, &p);
	if (!rows)
		return DONE;
	switch ((enum claim_status)row_integer(rows, 0, CLAIM_STATUS)) {
	case CLAIMED:
		return reply_claimed(r, rows);
	case CLAIM_NOTHING:
		break;
	case CLAIM_OTHER_KIND:
		return fail(r, E_BAD_VALUE,
		    "only a subscription of type pull-wake is claimed");
	case CLAIM_HELD:
		return reply_held(r, rows);
	case CLAIM_NO_WORK:
		return fail(r, E_NO_WORK, FAIL_SENTENCE);
	}
	return fail(r, E_NO_SUBSCRIPTION, FAIL_SENTENCE);
}

/* --- ack, release, callback ----------------------------------------------- */

struct settling {
	struct text kind;
	struct wake_token token;
	int64_t generation;
	struct text wake_id;
	enum how how;
	int acks;
	struct text *name;
	int32_t *incarnation;
	int64_t *seq;
	bool *has_offset;
};

/* An offset that is none is the database's to refuse, after the rest. */
static void
read_ack(struct request *r, const struct json *item, struct settling *s)
{
	struct json_reader j;
	struct text stream, path, text;
	struct offset offset = { 0, 0 };
	int i = s->acks;

	if (!json_read_element(&j, r, item, "acks", i))
		return;
	stream = json_member_text(&j, "stream", 0, STREAM_NAME_BYTES_MAX);
	path = json_member_text(&j, "path", 0, STREAM_NAME_BYTES_MAX);
	text = json_member_text(&j, "offset", JSON_REQUIRED, 64);
	if (!json_done(&j))
		return;
	if (!stream.p == !path.p) {
		fail(r, E_BAD_VALUE, "acks[%d].stream is required", i);
		return;
	}
	s->name[i] = without_slashes(stream.p ? stream : path);
	s->has_offset[i] = offset_parse(text, &offset);
	s->incarnation[i] = offset.incarnation;
	s->seq[i] = offset.seq;
	s->acks++;
}

static void
read_acks(struct request *r, const struct json *array, struct settling *s)
{
	size_t n = array ? array->count : 0;

	s->name = arena_alloc(r->arena, n * sizeof *s->name);
	s->incarnation = arena_alloc(r->arena, n * sizeof *s->incarnation);
	s->seq = arena_alloc(r->arena, n * sizeof *s->seq);
	s->has_offset = arena_alloc(r->arena, n * sizeof *s->has_offset);
	JSON_EACH(item, array) {
		read_ack(r, item, s);
		if (request_failed(r))
			return;
	}
}

/* A wake that is named wrongly, or not at all, is over. */
static bool
read_settling(struct request *r, struct settling *s)
{
	struct json_reader j;

	if (!json_read_body(&j, r, true))
		return false;
	s->wake_id = json_member_text(&j, "wake_id", 0, 255);
	s->generation = json_member_integer(&j, "generation", -1, INT64_MIN,
	    INT64_MAX);
	if (s->how != GIVE_BACK) {
		read_acks(r, json_member_array(&j, "acks",
		    SUBSCRIPTION_STREAMS_MAX), s);
		if (json_member_bool(&j, "done", false))
			s->how = BE_DONE;
	}
	return json_done(&j);
}

static bool
read_token(struct request *r, struct settling *s)
{
	struct text id = subscription_id(r), text = gate_token(r);

	if (request_failed(r))
		return false;
	if (!text.p)
		fail(r, E_WAKE_TOKEN,
		    "missing or malformed Authorization header");
	else if (!wake_token_check(text, id, &s->token))
		fail(r, E_WAKE_TOKEN, FAIL_SENTENCE);
	return !request_failed(r);
}

static enum verdict
refuse(struct request *r, const struct settling *s, enum settle_status status)
{
	switch (status) {
	case SETTLED:
	case SETTLE_NOTHING:
		break;
	case SETTLE_OTHER_KIND:
		return fail(r, E_BAD_VALUE, "the subscription is not of type "
		    "%.*s", TEXT_ARG(s->kind));
	case SETTLE_OTHER_BIRTH:
		return fail(r, E_WAKE_TOKEN, FAIL_SENTENCE);
	case SETTLE_FENCED:
		return fail(r, E_FENCED, FAIL_SENTENCE);
	case ACK_UNKNOWN_STREAM:
		return fail(r, E_ACK, "the subscription does not have a "
		    "stream that is acked");
	case ACK_NO_OFFSET:
		return fail(r, E_ACK, "what is acked is not an offset of the "
		    "stream");
	case ACK_REGRESSES:
		return fail(r, E_ACK, "the offset is before one that was "
		    "acked already");
	case ACK_BEYOND_END:
		return fail(r, E_ACK, "the offset is beyond the stream's end");
	}
	return fail(r, E_NO_SUBSCRIPTION, FAIL_SENTENCE);
}

static enum verdict
reply_settled(struct request *r, const struct settling *s, bool next)
{
	struct json_writer *w;

	/* There is a next wake to tell of, or a lease that ends later. */
	dispatcher_tell_due();
	if (s->how == GIVE_BACK)
		return reply_empty(r, 204);
	w = reply_json(r, 200);
	json_open_object(w);
	json_name(w, "ok");
	json_bool(w, true);
	json_name(w, "next_wake");
	json_bool(w, next);
	json_close_object(w);
	return DONE;
}

static enum verdict
settle(struct request *r, struct text kind, enum how how)
{
	struct settling s = { .kind = kind, .how = how };
	const struct pg_result *rows;
	struct params p;

	if (!read_token(r, &s) || !read_settling(r, &s))
		return DONE;
	params_init(&p, r->arena);
	param_text(&p, r->param[0]);
	param_text(&p, s.kind);
	param_uuid(&p, s.token.birth);
	param_bigint(&p, s.token.generation);
	param_bigint(&p, s.generation);
	param_text(&p, s.wake_id);
	param_texts(&p, s.name, s.acks);
	param_integers(&p, s.incarnation, s.has_offset, s.acks);
	param_bigints(&p, s.seq, s.has_offset, s.acks);
	param_integer(&p, (int32_t)s.how);
	rows = db_call(r, STATEMENT_subscription_settle, &p);
	if (!rows)
		return DONE;
	if (row_integer(rows, 0, 0) != SETTLED)
		return refuse(r, &s,
		    (enum settle_status)row_integer(rows, 0, 0));
	return reply_settled(r, &s, row_bool(rows, 0, 1));
}

enum verdict
subscription_ack(struct request *r)
{
	return settle(r, KIND_PULL_WAKE, GO_ON);
}

enum verdict
subscription_release(struct request *r)
{
	return settle(r, KIND_PULL_WAKE, GIVE_BACK);
}

enum verdict
subscription_callback(struct request *r)
{
	return settle(r, KIND_WEBHOOK, GO_ON);
}
