/*
 * PUT /v1/stream/__ds/subscriptions/{id}: create a subscription, or confirm
 * that it is there as it is wanted.
 */
#include <openssl/sha.h>
#include <stdlib.h>

#include "auth/gate.h"
#include "fcgi/settings.h"
#include "fcgi/uuid.h"
#include "handlers/handlers.h"
#include "handlers/subscriptions/dispatcher.h"
#include "handlers/subscriptions/subscription.h"

/* As sql/fn/subscription_create.sql numbers them. */
enum create_status { CREATED, IS_THERE, IS_OTHERWISE, TOO_MANY_STREAMS };

enum { HOST_BYTES_MAX = 255 };

struct wish {
	struct text id;
	struct text kind;
	bool has_pattern;
	struct subscription_pattern pattern;
	struct text *streams;
	int stream_count;
	struct text webhook_url;
	struct text wake_stream;
	int64_t lease_ttl_ms;
	struct text description;
};

static void
read_pattern(struct request *r, struct json_reader *j, struct wish *wish)
{
	struct text text = json_member_text(j, "pattern", JSON_NOT_EMPTY,
	    SUBSCRIPTION_PATTERN_BYTES_MAX);
	const char *why;

	if (!text.p)
		return;
	why = subscription_pattern_read(r->arena, text, &wish->pattern);
	wish->has_pattern = true;
	if (why)
		fail(r, E_BAD_VALUE, "pattern %s", why);
	else
		(void)allow_streams(r, ACTION_CONSUME, wish->pattern.shortest,
		    wish->pattern.longest);
}

static void
read_webhook(struct request *r, struct json_reader *j, struct wish *wish)
{
	const struct json *object = json_member_object(j, "webhook");
	struct json_reader webhook;
	const char *why;

	if (request_failed(r))
		return;
	if (!text_equal(wish->kind, KIND_WEBHOOK)) {
		if (object)
			fail(r, E_BAD_VALUE,
			    "webhook is for subscriptions of type webhook");
		return;
	}
	if (!object) {
		fail(r, E_BAD_VALUE, "webhook.url is required");
		return;
	}
	json_read_member(&webhook, r, object, "webhook");
	wish->webhook_url = json_member_text(&webhook, "url",
	    JSON_REQUIRED | JSON_NOT_EMPTY, HTTP_URL_BYTES_MAX);
	if (!json_done(&webhook))
		return;
	why = http_url_refused(wish->webhook_url, &webhook_rules);
	if (why)
		fail(r, E_WEBHOOK_URL, "webhook.url %s", why);
}

static void
read_wake_stream(struct request *r, struct json_reader *j, struct wish *wish)
{
	struct text name = json_member_text(j, "wake_stream", JSON_NOT_EMPTY,
	    STREAM_NAME_BYTES_MAX);

	if (request_failed(r))
		return;
	if (!text_equal(wish->kind, KIND_PULL_WAKE)) {
		if (name.p)
			fail(r, E_BAD_VALUE, "wake_stream is for "
			    "subscriptions of type pull-wake");
		return;
	}
	if (!name.p) {
		fail(r, E_BAD_VALUE, "wake_stream is required");
		return;
	}
	wish->wake_stream = subscription_stream_name(r, name, "wake_stream");
	if (wish->wake_stream.p)
		(void)allow_stream(r, ACTION_WRITE, wish->wake_stream);
}

static int
compare_texts(const void *a, const void *b)
{
	const struct text *one = a, *other = b;

	return text_compare(*one, *other);
}

/* In order, and none twice. */
static void
sort_streams(struct request *r, struct wish *wish)
{
	int kept = 0;

	if (!wish->stream_count)
		return;
	qsort(wish->streams, (size_t)wish->stream_count,
	    sizeof *wish->streams, compare_texts);
	for (int i = 0; i < wish->stream_count; i++) {
		if (text_equal(wish->streams[i], wish->wake_stream))
			fail(r, E_BAD_VALUE, "a subscription cannot be woken "
			    "by its own wake_stream");
		if (!kept || !text_equal(wish->streams[i],
		    wish->streams[kept - 1]))
			wish->streams[kept++] = wish->streams[i];
	}
	wish->stream_count = kept;
}

static bool
read_wish(struct request *r, struct wish *wish)
{
	struct json_reader j;

	if (!json_read_body(&j, r, false))
		return false;
	wish->kind = json_member_text(&j, "type", JSON_REQUIRED, 32);
	if (wish->kind.p && !text_equal(wish->kind, KIND_WEBHOOK) &&
	    !text_equal(wish->kind, KIND_PULL_WAKE))
		fail(r, E_BAD_VALUE, "type must be webhook or pull-wake");
	read_pattern(r, &j, wish);
	wish->stream_count = subscription_names(r, json_member_array(&j,
	    "streams", SUBSCRIPTION_NAMED_MAX), &wish->streams);
	wish->lease_ttl_ms = json_member_integer(&j, "lease_ttl_ms", LEASE_TTL,
	    LEASE_TTL_MIN, LEASE_TTL_MAX);
	wish->description = json_member_text(&j, "description", 0,
	    SUBSCRIPTION_DESCRIPTION_BYTES_MAX);
	read_wake_stream(r, &j, wish);
	read_webhook(r, &j, wish);
	if (!json_done(&j))
		return false;
	if (!wish->has_pattern && !wish->stream_count)
		fail(r, E_BAD_VALUE, "pattern or streams is required");
	sort_streams(r, wish);
	return !request_failed(r);
}

/* Each part with its length before it, so that none runs into another. */
static void
hash_part(struct buffer *b, struct text part)
{
	if (part.p)
		buffer_printf(b, "%zu:", part.n);
	else
		buffer_printf(b, "-:");
	buffer_add_text(b, part);
}

static struct text
config_hash(struct request *r, const struct wish *wish)
{
	unsigned char *digest = arena_alloc(r->arena, SHA256_DIGEST_LENGTH);
	struct buffer b;

	buffer_init(&b, r->arena);
	hash_part(&b, wish->kind);
	hash_part(&b, wish->pattern.text);
	hash_part(&b, wish->webhook_url);
	hash_part(&b, wish->wake_stream);
	hash_part(&b, wish->description);
	buffer_printf(&b, "%lld:", (long long)wish->lease_ttl_ms);
	for (int i = 0; i < wish->stream_count; i++)
		hash_part(&b, wish->streams[i]);
	SHA256((unsigned char *)b.p, b.n, digest);
	return (struct text){ (char *)digest, SHA256_DIGEST_LENGTH };
}

/* Where the caller has reached us, unless the settings know better. */
static struct text
origin_of(struct request *r)
{
	struct text host = request_variable(r, "HTTP_HOST");
	struct text set = text_of(settings.public_url);

	while (set.n && set.p[set.n - 1] == '/')
		set.n--;
	if (set.n)
		return set;
	for (size_t i = 0; i < host.n; i++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv"
		    "wxyz0123456789-._~:[]", host.p[i]))
			host.n = 0;
	if (!host.n || host.n > HOST_BYTES_MAX) {
		fail(r, E_BAD_VALUE, "the Host header is not the name of a "
		    "host");
		return TEXT_ABSENT;
	}
	return text_of(arena_printf(r->arena, "%s://%.*s",
	    r->https ? "https" : "http", TEXT_ARG(host)));
}

static const struct pg_result *
create(struct request *r, const struct wish *wish, struct text origin)
{
	struct params p;
	uint8_t birth[16];

	uuid_random(birth);
	params_init(&p, r->arena);
	param_text(&p, wish->id);
	param_uuid(&p, birth);
	param_text(&p, wish->kind);
	param_text(&p, wish->pattern.text);
	param_text(&p, wish->pattern.matcher);
	param_text(&p, wish->pattern.prefix);
	param_text(&p, wish->webhook_url);
	param_text(&p, wish->wake_stream);
	param_integer(&p, (int32_t)wish->lease_ttl_ms);
	param_text(&p, wish->description);
	param_text(&p, config_hash(r, wish));
	param_text(&p, origin);
	param_texts(&p, wish->streams, wish->stream_count);
	param_integer(&p, SUBSCRIPTION_LOOK);
	param_integer(&p, SUBSCRIPTION_STREAMS_MAX);
	return db_call(r, STATEMENT_subscription_create, &p);
}

enum verdict
subscription_put(struct request *r)
{
	struct wish wish = { .id = subscription_id(r) };
	const struct pg_result *rows;
	enum create_status status;
	struct text origin;

	if (request_failed(r) || !read_wish(r, &wish))
		return DONE;
	origin = origin_of(r);
	if (request_failed(r))
		return DONE;
	rows = create(r, &wish, origin);
	if (!rows)
		return DONE;
	status = (enum create_status)row_integer(rows, 0, 0);
	if (status == IS_OTHERWISE)
		return fail(r, E_SUBSCRIPTION, FAIL_SENTENCE);
	if (status == TOO_MANY_STREAMS)
		return fail(r, E_BAD_VALUE, "pattern fits more than "
		    "SUBSCRIPTION_STREAMS_MAX (%d) streams",
		    SUBSCRIPTION_STREAMS_MAX);
	if (status == CREATED)
		dispatcher_tell_changed();
	return subscription_reply(r, status == CREATED ? 201 : 200);
}
