/*
 * What the handlers of subscriptions and the dispatcher have in common. The
 * protocol's words are in docs/streams.md, why it is as it is in
 * docs/decisions/subscriptions.md.
 */
#ifndef HANDLERS_STREAMS_SUBSCRIPTION_H
#define HANDLERS_STREAMS_SUBSCRIPTION_H

#include "fcgi/http_call.h"
#include "fcgi/json_reader.h"
#include "fcgi/lot.h"
#include "handlers/subscriptions/subscription_pattern.h"
#include "sql/db.h"

/* The columns of the statement subscription_get. */
enum subscription_column {
	SUBSCRIPTION_ID,
	SUBSCRIPTION_KIND,
	SUBSCRIPTION_PATTERN,
	SUBSCRIPTION_WEBHOOK_URL,
	SUBSCRIPTION_WAKE_STREAM,
	SUBSCRIPTION_LEASE_TTL_MS,
	SUBSCRIPTION_DESCRIPTION,
	SUBSCRIPTION_ORIGIN,
	SUBSCRIPTION_CREATED_AT,
	SUBSCRIPTION_FAILED
};

#define KIND_WEBHOOK TEXT("webhook")
#define KIND_PULL_WAKE TEXT("pull-wake")

/* Which webhooks may be called: the settings'. */
extern struct http_rules webhook_rules;

/* The subscription's id in the path; absent after fail(). */
struct text subscription_id(struct request *r);

/*
 * The subscription, if the caller may use it: whoever may consume all streams
 * that it can have. NULL after fail().
 */
const struct pg_result *subscription_allowed(struct request *r);

/*
 * Names of streams from an array of the body, without slashes at their ends
 * and not the protocol's own. Fails for anything else; `consume` also when
 * the caller may not consume one of them. The count; *names is r's arena's.
 */
int subscription_names(struct request *r, const struct json *array,
    struct text **names);

/* The same for one name, which is the member's of that name. */
struct text subscription_stream_name(struct request *r, struct text given,
    const char *member);

/*
 * The array of a subscription's streams, as rows of subscription_streams have
 * them; `whole` with their ends.
 */
void subscription_write_streams(struct json_writer *w,
    const struct pg_result *rows, bool whole);

/*
 * Reply with the subscription of the path, as it is now; 404 if it has gone.
 */
enum verdict subscription_reply(struct request *r, int status);

/* Its streams, at most SUBSCRIPTION_STREAMS_SHOWN; NULL after fail(). */
const struct pg_result *subscription_streams(struct request *r);

/* An address of ours below /v1/stream/__ds, in the arena. */
const char *subscription_url(struct arena *arena, struct text origin,
    struct text id, const char *rest);

#endif
