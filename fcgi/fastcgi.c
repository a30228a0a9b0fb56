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
 *
 * It reads requests for us, and no more. Its writes block until the other side
 * has taken them, and its streams hold 17 KiB for each request: a reader that
 * is slow would hold a thread, one that waits a buffer. So its streams go once
 * a request is read, and replies are framed by fcgi/records.c and sent as far
 * as the socket takes them.
 */
#define _GNU_SOURCE /* POLLRDHUP */
#include "fcgi/fastcgi.h"

#include <errno.h>
#include <fcgiapp.h>
#include <poll.h>
#include <stdio.h> /* EOF */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "fcgi/must.h"
#include "fcgi/records.h"
#include "fcgi/reply_head.h"

struct variable {
	struct text name, value;
};

struct fastcgi {
	FCGX_Request request;
	struct variable *variables; /* of the request being served */
	size_t variable_count;
	struct records records;	/* being sent */
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
	struct text wanted = text_of(name);

	for (size_t i = 0; i < f->variable_count; i++)
		if (text_equal(f->variables[i].name, wanted))
			return f->variables[i].value;
	return TEXT_ABSENT;
}

/*
 * Where names and values are in what libfcgi has read, once for all who ask:
 * a handler asks for a dozen names, most of them in vain.
 */
static void
index_variables(struct fastcgi *f, struct arena *arena)
{
	char **pairs = f->request.envp;
	size_t n = 0;

	while (pairs[n])
		n++;
	f->variables = arena_alloc(arena, n * sizeof(*f->variables));
	f->variable_count = n;
	for (size_t i = 0; i < n; i++) {
		const char *equals = strchr(pairs[i], '=');

		must(equals); /* libfcgi has put it there */
		f->variables[i] = (struct variable){
			.name = { pairs[i], (size_t)(equals - pairs[i]) },
			.value = text_of(equals + 1)
		};
	}
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

/* All is read; what is left are the variables. */
static void
drop_streams(FCGX_Request *request)
{
	FCGX_FreeStream(&request->in);
	FCGX_FreeStream(&request->out);
	FCGX_FreeStream(&request->err);
}

bool
fastcgi_read(struct fastcgi *f, struct request *r)
{
	struct text uri, id;
	const char *question;

	if (FCGX_Accept_r(&f->request) != 0)
		return false;
	index_variables(f, r->arena);
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
	if (!read_body(f, r))
		return false;
	drop_streams(&f->request);
	return true;
}

void
fastcgi_put(struct fastcgi *f, struct request *r, bool begins, bool ends)
{
	f->records = (struct records){
		.head = begins ? reply_head(r) : TEXT(""),
		.ends = ends,
		.id = (uint16_t)f->request.requestId
	};
	if (r->method != METHOD_HEAD)
		f->records.body = (struct text){ r->reply.body.p,
			r->reply.body.n };
}

enum fastcgi_sent
fastcgi_send(struct fastcgi *f)
{
	unsigned char frames[RECORD_PIECES][RECORD_HEAD_BYTES];
	struct iovec pieces[RECORD_PIECES];
	struct msghdr message = { .msg_iov = pieces };
	enum fastcgi_sent sent = FASTCGI_SENT_NONE;
	ssize_t n;

	while (records_left(&f->records)) {
		message.msg_iovlen = (size_t)records_gather(&f->records,
		    pieces, frames);
		n = sendmsg(f->request.ipcFd, &message,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? sent : FASTCGI_SENT_FAILED;
		f->records.sent += (size_t)n;
		sent = FASTCGI_SENT_SOME;
	}
	return FASTCGI_SENT_ALL;
}

bool
fastcgi_end(struct fastcgi *f)
{
	bool kept = f->request.keepConnection;

	f->records = (struct records){ 0 };
	f->variable_count = 0; /* their memory is the request's */
	FCGX_Free(&f->request, !kept);
	return kept;
}
