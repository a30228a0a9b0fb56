/*
 * Making the reply, good or bad. A reply is one status, some headers and a
 * body in the arena; each function here that begins one drops the body that
 * was there before.
 */
#include <inttypes.h>
#include <strings.h>

#include "fcgi/must.h"
#include "fcgi/request.h"
#include "fcgi/route.h"

static const char JSON_TYPE[] = "application/json";

/* What the protocol asks of some statuses, whoever answers with them. */
static const struct {
	int status;
	const char *name, *value;
} owed[] = {
	{ 401, "WWW-Authenticate", "Bearer" },
	{ 429, "Retry-After", "1" },
	{ 503, "Retry-After", "1" },
};

static void
begin(struct request *r, int status, const char *type)
{
	must(status >= 100 && status <= 599);
	r->reply.status = status;
	r->reply.error = E_NONE;
	r->reply.content_type = type;
	r->reply.streams = false;
	buffer_init(&r->reply.body, r->arena);
}

struct json_writer *
reply_json(struct request *r, int status)
{
	begin(r, status, JSON_TYPE);
	json_start(&r->reply.json, &r->reply.body);
	return &r->reply.json;
}

enum verdict
reply_empty(struct request *r, int status)
{
	begin(r, status, NULL);
	return DONE;
}

struct buffer *
reply_body(struct request *r, int status, const char *type)
{
	begin(r, status, type);
	return &r->reply.body;
}

struct buffer *
reply_stream(struct request *r, int status, const char *type)
{
	begin(r, status, type);
	r->reply.streams = true;
	reply_header(r, "X-Accel-Buffering", "no"); /* for nginx alone */
	return &r->reply.body;
}

void
request_keep(struct request *r)
{
	r->keeps = true;
	r->kept = arena_mark(r->arena);
	r->kept_query = r->parsed_query;
}

enum verdict
fail(struct request *r, enum error error, const char *format, ...)
{
	const struct error_facts *facts = error_facts(error);
	const char *sentence = facts->sentence;

	must(error != E_NONE);
	if (format) {
		va_list args;

		va_start(args, format);
		sentence = arena_vprintf(r->arena, format, args);
		va_end(args);
	}
	r->reply.headers = 0;
	route_door(r)->envelope(r, facts, sentence);
	r->reply.status = facts->status;
	r->reply.error = error;
	for (size_t i = 0; i < sizeof owed / sizeof *owed; i++)
		if (owed[i].status == facts->status)
			reply_header(r, owed[i].name, "%s", owed[i].value);
	return DONE;
}

enum verdict
fail_range(struct request *r, const char *where, const char *name, int64_t low,
    int64_t high)
{
	if (high == INT64_MAX)
		return fail(r, E_BAD_VALUE, "%s%s must be at least %" PRId64,
		    where, name, low);
	return fail(r, E_BAD_VALUE,
	    "%s%s must be between %" PRId64 " and %" PRId64, where, name, low,
	    high);
}

bool
request_failed(const struct request *r)
{
	return r->reply.error != E_NONE;
}

/* RFC 9110, 5.6.2. */
static bool
is_token(const char *s)
{
	return *s && s[strspn(s, "!#$%&'*+-.^_`|~0123456789"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")] == '\0';
}

static const char *
formatted(struct request *r, const char *format, va_list args)
{
	char *value = arena_vprintf(r->arena, format, args);

	for (char *c = value; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7F)
			*c = ' ';
	return value;
}

void
reply_header(struct request *r, const char *name, const char *format, ...)
{
	int i = 0;
	const char *value = format; /* most are as they stand */
	va_list args;

	must(is_token(name));
	va_start(args, format);
	if (strchr(format, '%'))
		value = formatted(r, format, args);
	va_end(args);

	while (i < r->reply.headers &&
	    strcasecmp(r->reply.header[i].name, name) != 0)
		i++;
	must(i < REPLY_HEADERS_MAX);
	r->reply.header[i] = (struct reply_header){ name, value };
	if (i == r->reply.headers)
		r->reply.headers++;
}
