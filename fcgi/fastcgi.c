/*
 * libfcgi wants to own the listening socket and to block in accept. Our engine
 * accepts instead, and keeps idle connections in epoll. What makes that
 * possible:
 *
 * - ipcFd is set by us, and keepConnection too before the first request:
 *   FCGX_Accept_r begins by finishing the request before, and would close
 *   the descriptor otherwise.
 * - listen_sock is -1, so that libfcgi, when a connection ends in the middle
 *   of a request, fails at once instead of blocking in accept on another.
 * - detached is set, so that it closes without its select() loop, which
 *   cannot take a descriptor above 1023 and may wait two seconds.
 */
#define _GNU_SOURCE /* POLLRDHUP */
#include "fcgi/fastcgi.h"

#include <fcgiapp.h>
#include <poll.h>
#include <stdio.h> /* EOF */
#include <stdlib.h>

#include "fcgi/connection.h"
#include "fcgi/must.h"

struct fastcgi {
	FCGX_Request request;
};

void
fastcgi_start(void)
{
	must(FCGX_Init() == 0);
}

struct fastcgi *
fastcgi_open(int take_fd)
{
	struct fastcgi *f = calloc(1, sizeof(*f));

	must(f);
	must(FCGX_InitRequest(&f->request, -1, FCGI_FAIL_ACCEPT_ON_INTR) == 0);
	f->request.listen_sock = -1;
	f->request.ipcFd = take_fd;
	f->request.keepConnection = 1;
	f->request.detached = 1;
	return f;
}

void
fastcgi_close(struct fastcgi *take_f)
{
	if (take_f->request.ipcFd >= 0)
		FCGX_Free(&take_f->request, 1);
	free(take_f);
}

int
fastcgi_fd(const struct fastcgi *f)
{
	return f->request.ipcFd;
}

struct text
fastcgi_variable(const struct fastcgi *f, const char *name)
{
	return text_of(FCGX_GetParam(name, f->request.envp));
}

enum fastcgi_input
fastcgi_input(const struct fastcgi *f)
{
	struct pollfd p = { f->request.ipcFd, POLLIN | POLLRDHUP, 0 };

	if (poll(&p, 1, 0) <= 0)
		return FASTCGI_NOTHING;
	return p.revents == POLLIN ? FASTCGI_BYTES : FASTCGI_END;
}

static enum method
method_of(struct text name)
{
	static const struct {
		struct text name;
		enum method method;
	} methods[] = {
		{ TEXT("GET"), METHOD_GET },
		{ TEXT("POST"), METHOD_POST },
		{ TEXT("PUT"), METHOD_PUT },
		{ TEXT("DELETE"), METHOD_DELETE },
		{ TEXT("HEAD"), METHOD_HEAD },
		{ TEXT("PATCH"), METHOD_PATCH },
		{ TEXT("OPTIONS"), METHOD_OPTIONS },
	};

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (text_equal(methods[i].name, name))
			return methods[i].method;
	return METHOD_OTHER;
}

/*
 * The body. nginx has buffered it, so it arrives as fast as we read. One that
 * is over the limit is refused by nginx; should it come nevertheless, the
 * connection ends, for its rest could be taken for the next request.
 *
 * The empty record that ends the request is read as well. libfcgi's buffer
 * may end in front of it: left in the socket it would be where the next
 * request should begin.
 */
static bool
read_body(struct fastcgi *f, struct request *r)
{
	struct text length = fastcgi_variable(f, "CONTENT_LENGTH");
	long long n = 0;
	char *body;

	if (length.n) {
		if (!text_to_integer(length, &n) || n < 0 ||
		    n > BODY_BYTES_MAX)
			return false;
		body = arena_alloc_raw(r->arena, (size_t)n + 1);
		body[n] = '\0';
		r->body = (struct text){ body, (size_t)n };
		if (FCGX_GetStr(body, (int)n, f->request.in) != (int)n)
			return false;
	}
	return FCGX_GetChar(f->request.in) == EOF &&
	    FCGX_GetError(f->request.in) == 0;
}

bool
fastcgi_read(struct fastcgi *f, struct request *r)
{
	struct text uri, id;
	const char *question;

	if (FCGX_Accept_r(&f->request) != 0)
		return false;
	r->method = method_of(fastcgi_variable(f, "REQUEST_METHOD"));
	uri = fastcgi_variable(f, "REQUEST_URI");
	question = uri.n ? memchr(uri.p, '?', uri.n) : NULL;
	r->path = uri;
	if (question) {
		r->path.n = (size_t)(question - uri.p);
		r->query = (struct text){ question + 1,
			uri.n - r->path.n - 1 };
	}
	r->content_type = fastcgi_variable(f, "CONTENT_TYPE");
	r->authorization = fastcgi_variable(f, "HTTP_AUTHORIZATION");
	r->client = fastcgi_variable(f, "REMOTE_ADDR");
	r->https = text_equal(fastcgi_variable(f, "HTTPS"), TEXT("on"));
	id = fastcgi_variable(f, "REQUEST_ID");
	r->id = id.p ? id.p : "-";
	return read_body(f, r);
}

/*
 * nginx copies the line as it is, and a status line without a blank behind
 * the number is none: some clients choke on it.
 */
static const char *
reason_of(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
		{ 200, "OK" },
		{ 201, "Created" },
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
		{ 502, "Bad Gateway" },
		{ 503, "Service Unavailable" },
		{ 504, "Gateway Timeout" },
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Other";
}

/* A write that fails shows at the end: then libfcgi closes the descriptor. */
bool
fastcgi_reply(struct fastcgi *f, struct request *r)
{
	struct reply *reply = &r->reply;
	FCGX_Stream *out = f->request.out;

	FCGX_FPrintF(out, "Status: %d %s\r\n", reply->status,
	    reason_of(reply->status));
	for (int i = 0; i < reply->headers; i++) {
		FCGX_PutS(reply->header[i].name, out);
		FCGX_PutS(": ", out);
		FCGX_PutS(reply->header[i].value, out);
		FCGX_PutS("\r\n", out);
	}
	if (reply->content_type)
		FCGX_FPrintF(out, "Content-Type: %s\r\n", reply->content_type);
	if (reply->status != 204 && reply->status != 304)
		FCGX_FPrintF(out, "Content-Length: %d\r\n",
		    (int)reply->body.n);
	FCGX_PutS("\r\n", out);
	if (r->method != METHOD_HEAD && reply->body.n)
		FCGX_PutStr(reply->body.p, (int)reply->body.n, out);
	FCGX_Finish_r(&f->request);
	return f->request.ipcFd >= 0;
}
