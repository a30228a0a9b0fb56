/*
 * What a webhook is told, how it is signed, and what its answer means.
 */
#include "handlers/subscriptions/webhook_calls.h"

#include <stdlib.h>

#include "auth/wake_token.h"
#include "auth/webhook_key.h"
#include "fcgi/clock.h"
#include "fcgi/json.h"
#include "fcgi/log.h"
#include "fcgi/metrics.h"
#include "fcgi/must.h"
#include "handlers/subscriptions/subscription.h"

/* The key is looked up anew that often, so that one can be retired. */
enum { KEY_KNOWN_US = 1000000 };

struct delivery {
	struct delivery *next;
	struct http_call *call;
	uint8_t birth[16];
	int64_t generation;
	size_t id_bytes;
	char id[];
};

static struct {
	struct http_calls *calls;
	struct delivery *first;
	int count;
	struct webhook_key key;
	int64_t key_known_us;
} webhooks;

void
webhook_calls_start(void)
{
	webhooks.calls = http_calls_new(&webhook_rules);
}

static void
forget(struct delivery *take_delivery)
{
	struct delivery **link = &webhooks.first;

	while (*link != take_delivery)
		link = &(*link)->next;
	*link = take_delivery->next;
	webhooks.count--;
	free(take_delivery);
}

void
webhook_calls_stop(void)
{
	http_calls_free(webhooks.calls);
	while (webhooks.first)
		forget(webhooks.first);
}

int
webhook_calls_count(void)
{
	return webhooks.count;
}

void
webhook_calls_wait(int timeout_ms)
{
	http_calls_wait(webhooks.calls, timeout_ms);
}

void
webhook_calls_stir(void)
{
	http_calls_stir(webhooks.calls);
}

static void
give_up(struct text id)
{
	for (struct delivery *d = webhooks.first; d; d = d->next)
		if (text_equal((struct text){ d->id, d->id_bytes }, id)) {
			http_call_drop(webhooks.calls, d->call);
			forget(d);
			return;
		}
}

static bool
know_key(struct db *db, struct arena *arena)
{
	int64_t now = clock_monotonic_us();

	if (now < webhooks.key_known_us + KEY_KNOWN_US &&
	    webhooks.key_known_us)
		return true;
	if (webhook_key_get(db, arena, &webhooks.key) != DB_DONE)
		return false;
	webhooks.key_known_us = now;
	return true;
}

static struct text
body_of(struct arena *arena, struct text id, const struct pg_result *rows,
    const struct pg_result *streams)
{
	struct wake_token token = {
		.generation = row_bigint(rows, 0, TURN_GENERATION) };
	char text[WAKE_TOKEN_BYTES + 1];
	struct json_writer w;
	struct buffer b;

	row_uuid(rows, 0, TURN_BIRTH, token.birth);
	wake_token_issue(&token, id, text);
	buffer_init(&b, arena);
	json_start(&w, &b);
	json_open_object(&w);
	json_name(&w, "subscription_id");
	json_text(&w, id);
	json_name(&w, "wake_id");
	json_text(&w, row_text(rows, 0, TURN_WAKE_ID));
	json_name(&w, "generation");
	json_number(&w, token.generation);
	json_name(&w, "streams");
	subscription_write_streams(&w, streams, true);
	json_name(&w, "callback_url");
	json_cstring(&w, subscription_url(arena,
	    row_text(rows, 0, TURN_ORIGIN), id, "/callback"));
	json_name(&w, "callback_token");
	json_cstring(&w, text);
	json_close_object(&w);
	return (struct text){ b.p, b.n };
}

static void
write_down(struct db *db, struct arena *arena, const struct delivery *d,
    bool ok, bool done, bool *again)
{
	struct pg_result *result;
	struct params p;

	*again = false;
	metric_add(ok ? METRIC_webhooks_ok : METRIC_webhooks_failed, 1);
	params_init(&p, arena);
	param_text(&p, (struct text){ d->id, d->id_bytes });
	param_uuid(&p, d->birth);
	param_bigint(&p, d->generation);
	param_bool(&p, ok);
	param_bool(&p, done);
	/* If it cannot be written down, the call is made once more. */
	if (db_run(db, STATEMENT_subscription_called, &p, &result) == DB_DONE)
		*again = row_bool(result, 0, 0);
	rows_free(result);
}

static struct delivery *
new_delivery(struct text id, const struct pg_result *rows)
{
	struct delivery *d = calloc(1, sizeof *d + id.n);

	must(d);
	row_uuid(rows, 0, TURN_BIRTH, d->birth);
	d->generation = row_bigint(rows, 0, TURN_GENERATION);
	d->id_bytes = id.n;
	memcpy(d->id, id.p, id.n);
	d->next = webhooks.first;
	webhooks.first = d;
	webhooks.count++;
	return d;
}

void
webhook_call(struct db *db, struct arena *arena, struct text id,
    const struct pg_result *rows)
{
	struct pg_result *streams;
	struct delivery *d;
	struct text body;
	struct params p;
	bool again;

	give_up(id);
	params_init(&p, arena);
	param_text(&p, id);
	param_bigint(&p, SUBSCRIPTION_STREAMS_SHOWN);
	if (!know_key(db, arena) ||
	    db_run(db, STATEMENT_subscription_streams, &p, &streams) !=
	    DB_DONE)
		return; /* another attempt is due when this one is over */
	body = body_of(arena, id, rows, streams);
	rows_free(streams);
	d = new_delivery(id, rows);
	d->call = http_call(webhooks.calls,
	    row_text(rows, 0, TURN_WEBHOOK_URL), body,
	    arena_printf(arena, "Webhook-Signature: %s", webhook_sign(
	    &webhooks.key, arena, clock_wall_us() / 1000000, body)), d);
	if (d->call)
		return;
	log_warn("the webhook of subscription %.*s may not be called",
	    TEXT_ARG(id));
	write_down(db, arena, d, false, false, &again);
	forget(d);
}

/* {"done": true}, whatever else it says. */
static bool
says_done(struct arena *arena, struct text body)
{
	struct json_complaint complaint;
	const struct json *object, *done;

	if (!body.n)
		return false;
	object = json_parse(arena, body, &complaint);
	if (!object || object->kind != JSON_KIND_OBJECT)
		return false;
	done = json_find(object, TEXT("done"));
	return done && done->kind == JSON_KIND_BOOL && done->boolean;
}

bool
webhook_call_ended(struct db *db, struct arena *arena, struct text *again)
{
	struct http_answer answer;
	struct delivery *d;
	bool ok, look;

	if (!http_calls_next(webhooks.calls, &answer))
		return false;
	d = answer.owner;
	ok = answer.status >= 200 && answer.status < 300;
	if (!ok)
		log_info("the webhook of subscription %.*s failed: %s",
		    (int)d->id_bytes, d->id, answer.fault ? answer.fault :
		    arena_printf(arena, "it answered %d", answer.status));
	write_down(db, arena, d, ok, ok && says_done(arena, answer.body),
	    &look);
	*again = look ? arena_text(arena,
	    (struct text){ d->id, d->id_bytes }) : TEXT_ABSENT;
	forget(d);
	return true;
}
