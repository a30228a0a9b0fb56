/*
 * nginx copies the status as it is, and one without a blank and a reason
 * behind the number makes no status line: some clients choke on it.
 */
#include "fcgi/reply_head.h"

enum { HEAD_BYTES = 512 }; /* of most of them */

static const char *
reason_of(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
		{ 200, "OK" },
		{ 201, "Created" },
		{ 202, "Accepted" },
		{ 204, "No Content" },
		{ 304, "Not Modified" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 408, "Request Timeout" },
		{ 409, "Conflict" },
		{ 410, "Gone" },
		{ 412, "Precondition Failed" },
		{ 413, "Content Too Large" },
		{ 414, "URI Too Long" },
		{ 415, "Unsupported Media Type" },
		{ 422, "Unprocessable Content" },
		{ 429, "Too Many Requests" },
		{ 500, "Internal Server Error" },
		{ 501, "Not Implemented" },
		{ 503, "Service Unavailable" },
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Other";
}

static void
add_line(struct buffer *b, const char *name, const char *value)
{
	buffer_add_text(b, text_of(name));
	buffer_add_text(b, TEXT(": "));
	buffer_add_text(b, text_of(value));
	buffer_add_text(b, TEXT("\r\n"));
}

/* A handler that serves HEAD alone does not know how long GET's body is. */
static bool
has_length(const struct request *r)
{
	const struct reply *reply = &r->reply;

	return !reply->streams && reply->status != 204 &&
	    reply->status != 304 &&
	    !(r->method == METHOD_HEAD && reply->body.n == 0);
}

struct text
reply_head(struct request *r)
{
	const struct reply *reply = &r->reply;
	struct buffer b;

	buffer_init(&b, r->arena);
	buffer_reserve(&b, HEAD_BYTES);
	buffer_printf(&b, "Status: %d %s\r\n", reply->status,
	    reason_of(reply->status));
	for (int i = 0; i < reply->headers; i++)
		add_line(&b, reply->header[i].name, reply->header[i].value);
	if (reply->content_type)
		add_line(&b, "Content-Type", reply->content_type);
	if (has_length(r))
		buffer_printf(&b, "Content-Length: %zu\r\n", reply->body.n);
	buffer_add_text(&b, TEXT("\r\n"));
	return (struct text){ b.p, b.n };
}
