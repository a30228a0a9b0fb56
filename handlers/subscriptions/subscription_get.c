/*
 * What may be seen of subscriptions, their end, and the keys that sign the
 * calls of their webhooks.
 */
#include "auth/base64url.h"
#include "auth/webhook_key.h"
#include "handlers/handlers.h"
#include "handlers/subscriptions/dispatcher.h"
#include "handlers/subscriptions/subscription.h"

/* The columns of the statement subscription_list. */
enum { LIST_ID, LIST_KIND, LIST_PATTERN, LIST_CREATED_AT, LIST_FAILED };

enum { KEYS_MAX = 16, JWKS_SECONDS = 300 };

const struct pg_result *
subscription_streams(struct request *r)
{
	struct params p;

	params_init(&p, r->arena);
	param_text(&p, r->param[0]);
	param_bigint(&p, SUBSCRIPTION_STREAMS_SHOWN);
	return db_call(r, STATEMENT_subscription_streams, &p);
}

static void
write_webhook(struct request *r, struct json_writer *w,
    const struct pg_result *rows, const struct webhook_key *key)
{
	struct text url = row_text(rows, 0, SUBSCRIPTION_WEBHOOK_URL);

	json_name(w, "webhook");
	if (!url.p) {
		json_null_value(w);
		return;
	}
	json_open_object(w);
	json_name(w, "url");
	json_text(w, url);
	json_name(w, "signing");
	json_open_object(w);
	json_name(w, "alg");
	json_cstring(w, "ed25519");
	json_name(w, "kid");
	json_cstring(w, key->id);
	json_name(w, "jwks_url");
	json_cstring(w, subscription_url(r->arena,
	    row_text(rows, 0, SUBSCRIPTION_ORIGIN), TEXT_ABSENT, "jwks.json"));
	json_close_object(w);
	json_close_object(w);
}

static void
write_subscription(struct request *r, struct json_writer *w,
    const struct pg_result *rows, const struct pg_result *streams,
    const struct webhook_key *key)
{
	json_open_object(w);
	json_name(w, "id");
	json_text(w, row_text(rows, 0, SUBSCRIPTION_ID));
	json_name(w, "subscription_id");
	json_text(w, row_text(rows, 0, SUBSCRIPTION_ID));
	json_name(w, "type");
	json_text(w, row_text(rows, 0, SUBSCRIPTION_KIND));
	json_name(w, "pattern");
	json_text_or_null(w, row_text(rows, 0, SUBSCRIPTION_PATTERN));
	json_name(w, "streams");
	subscription_write_streams(w, streams, false);
	write_webhook(r, w, rows, key);
	json_name(w, "wake_stream");
	json_text_or_null(w, row_text(rows, 0, SUBSCRIPTION_WAKE_STREAM));
	json_name(w, "lease_ttl_ms");
	json_number(w, row_integer(rows, 0, SUBSCRIPTION_LEASE_TTL_MS));
	json_name(w, "created_at");
	json_time(w, row_time(rows, 0, SUBSCRIPTION_CREATED_AT));
	json_name(w, "status");
	json_cstring(w, row_bool(rows, 0, SUBSCRIPTION_FAILED) ? "failed" :
	    "active");
	json_name(w, "description");
	json_text_or_null(w, row_text(rows, 0, SUBSCRIPTION_DESCRIPTION));
	json_close_object(w);
}

static enum verdict
reply_row(struct request *r, const struct pg_result *rows, int status)
{
	const struct pg_result *streams = subscription_streams(r);
	enum db_outcome outcome;
	struct webhook_key key;

	if (!streams)
		return DONE;
	outcome = webhook_key_get(r->db, r->arena, &key);
	if (outcome != DB_DONE)
		return db_fail(r, outcome);
	write_subscription(r, reply_json(r, status), rows, streams, &key);
	reply_header(r, "Cache-Control", "no-store");
	return DONE;
}

enum verdict
subscription_reply(struct request *r, int status)
{
	const struct pg_result *rows;
	struct params p;

	params_init(&p, r->arena);
	param_text(&p, r->param[0]);
	rows = db_call(r, STATEMENT_subscription_get, &p);
	if (!rows)
		return DONE;
	if (!row_count(rows))
		return fail(r, E_NO_SUBSCRIPTION, FAIL_SENTENCE);
	return reply_row(r, rows, status);
}

enum verdict
subscription_get(struct request *r)
{
	const struct pg_result *rows = subscription_allowed(r);

	return rows ? reply_row(r, rows, 200) : DONE;
}

/* One that is not there is as good as deleted. */
enum verdict
subscription_delete(struct request *r)
{
	const struct pg_result *rows = subscription_allowed(r);
	struct params p;

	if (rows) {
		params_init(&p, r->arena);
		param_text(&p, r->param[0]);
		rows = db_call(r, STATEMENT_subscription_delete, &p);
	}
	if (!rows && r->reply.error != E_NO_SUBSCRIPTION)
		return DONE;
	if (rows)
		dispatcher_tell_changed();
	return reply_empty(r, 204);
}

enum verdict
subscription_list(struct request *r)
{
	int64_t limit = query_integer(r, "limit", LIST_LIMIT_DEFAULT, 1,
	    LIST_LIMIT_MAX);
	struct text after = query_text(r, "after");
	const struct pg_result *rows;
	struct json_writer *w;
	struct params p;
	int n;

	if (!query_done(r))
		return DONE;
	params_init(&p, r->arena);
	param_text(&p, after.p ? after : TEXT(""));
	param_bigint(&p, limit + 1);
	rows = db_call(r, STATEMENT_subscription_list, &p);
	if (!rows)
		return DONE;
	n = row_count(rows) > limit ? (int)limit : row_count(rows);
	w = reply_json(r, 200);
	json_open_object(w);
	json_name(w, "subscriptions");
	json_open_array(w);
	for (int i = 0; i < n; i++) {
		json_open_object(w);
		json_name(w, "id");
		json_text(w, row_text(rows, i, LIST_ID));
		json_name(w, "type");
		json_text(w, row_text(rows, i, LIST_KIND));
		json_name(w, "pattern");
		json_text_or_null(w, row_text(rows, i, LIST_PATTERN));
		json_name(w, "created_at");
		json_time(w, row_time(rows, i, LIST_CREATED_AT));
		json_name(w, "status");
		json_cstring(w, row_bool(rows, i, LIST_FAILED) ? "failed" :
		    "active");
		json_close_object(w);
	}
	json_close_array(w);
	/* What to ask for as `after`, if there is more. */
	json_name(w, "next");
	json_text_or_null(w, n < row_count(rows) ?
	    row_text(rows, n - 1, LIST_ID) : TEXT_ABSENT);
	json_close_object(w);
	return DONE;
}

enum verdict
webhook_jwks(struct request *r)
{
	struct webhook_key keys[KEYS_MAX];
	char x[BASE64URL_BYTES(WEBHOOK_KEY_BYTES) + 1];
	enum db_outcome outcome;
	struct json_writer *w;
	int n;

	outcome = webhook_keys_get(r->db, r->arena, keys, KEYS_MAX, &n);
	if (outcome != DB_DONE)
		return db_fail(r, outcome);
	w = reply_json(r, 200);
	r->reply.content_type = "application/jwk-set+json";
	json_open_object(w);
	json_name(w, "keys");
	json_open_array(w);
	for (int i = 0; i < n; i++) {
		base64url_print(keys[i].public, WEBHOOK_KEY_BYTES, x);
		json_open_object(w);
		json_name(w, "kty");
		json_cstring(w, "OKP");
		json_name(w, "crv");
		json_cstring(w, "Ed25519");
		json_name(w, "x");
		json_cstring(w, x);
		json_name(w, "kid");
		json_cstring(w, keys[i].id);
		json_name(w, "use");
		json_cstring(w, "sig");
		json_name(w, "alg");
		json_cstring(w, "EdDSA");
		json_close_object(w);
	}
	json_close_array(w);
	json_close_object(w);
	reply_header(r, "Cache-Control", "public, max-age=%d", JWKS_SECONDS);
	return DONE;
}
