/*
 * The streams door's envelope: {"error":{"code":"...","message":"..."}}, and
 * the headers of all its replies, by which browsers let the scripts of other
 * sites use it.
 */
#include "handlers/handlers.h"

/* What scripts of other sites may send: all that is read. */
static const char cors_headers[] =
	"authorization, content-type, if-none-match, last-event-id, "
	"cache-control, stream-key, stream-timestamp, stream-seq, stream-ttl, "
	"stream-expires-at, stream-closed, stream-forked-from, "
	"stream-fork-offset, stream-fork-sub-offset, "
	"producer-id, producer-epoch, producer-seq";

static void
write_error(struct request *r, int status, const char *code,
    const char *sentence)
{
	struct json_writer *w = reply_json(r, status);

	json_open_object(w);
	json_name(w, "error");
	json_open_object(w);
	json_name(w, "code");
	json_cstring(w, code);
	json_name(w, "message");
	json_cstring(w, sentence);
	json_close_object(w);
	json_close_object(w);
	reply_header(r, "Cache-Control", "no-store");
}

static const char *
code_of(const struct error_facts *error)
{
	return error->code;
}

static void
envelope(struct request *r, const struct error_facts *error,
    const char *sentence)
{
	write_error(r, error->status, code_of(error), sentence);
}

/* The protocol has one code for all that is wrong with such a request. */
static const char *
subscription_code_of(const struct error_facts *error)
{
	return error->status == 400 && error != error_facts(E_WEBHOOK_URL) ?
	    "INVALID_REQUEST" : error->code;
}

static void
subscription_envelope(struct request *r, const struct error_facts *error,
    const char *sentence)
{
	write_error(r, error->status, subscription_code_of(error), sentence);
}

/*
 * What is read may be kept by a browser and given to another page, so it says
 * who may have it in any case; other replies say so to a page that asks.
 */
static void
headers(struct request *r)
{
	reply_header(r, "X-Content-Type-Options", "nosniff");
	if (r->method != METHOD_GET && r->method != METHOD_HEAD &&
	    !request_variable(r, "HTTP_ORIGIN").p)
		return;
	reply_header(r, "Cross-Origin-Resource-Policy", "cross-origin");
	reply_header(r, "Access-Control-Allow-Origin", "*");
	reply_header(r, "Access-Control-Expose-Headers", "*");
}

const struct door streams_door = {
	.name = "streams",
	.envelope = envelope,
	.code = code_of,
	.headers = headers,
	.cors_headers = cors_headers
};

const struct door subscriptions_door = {
	.name = "subscriptions",
	.envelope = subscription_envelope,
	.code = subscription_code_of,
	.headers = headers,
	.cors_headers = cors_headers
};
