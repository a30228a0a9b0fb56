/*
 * A FastCGI client for tests of the engine: it sends one request after the
 * other on a connection, with padded records as nginx does, and reads replies.
 */
#ifndef TESTS_UNIT_FASTCGI_CLIENT_H
#define TESTS_UNIT_FASTCGI_CLIENT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "fcgi/must.h"
#include "fcgi/text.h"

enum { CLIENT_REQUEST_BYTES_MAX = 60000 };

struct client_bytes {
	unsigned char p[CLIENT_REQUEST_BYTES_MAX];
	size_t n;
};

enum client_record {
	CLIENT_GONE = 0, /* no record: the connection ended */
	CLIENT_BEGIN = 1, CLIENT_END = 3, CLIENT_PARAMS = 4, CLIENT_STDIN = 5,
	CLIENT_STDOUT = 6
};

static inline int
client_connect(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	must(fd >= 0);
	must(strlen(path) < sizeof(address.sun_path));
	strcpy(address.sun_path, path);
	must(connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0);
	return fd;
}

static inline void
client_add(struct client_bytes *to, const void *p, size_t n)
{
	must(to->n + n <= sizeof(to->p));
	memcpy(to->p + to->n, p, n);
	to->n += n;
}

static inline void
client_add_record(struct client_bytes *to, enum client_record type,
    const void *p, size_t n)
{
	unsigned char padding = (unsigned char)(-n & 7);
	unsigned char head[8] = { 1, (unsigned char)type, 0, 1,
		(unsigned char)(n >> 8), (unsigned char)n, padding, 0 };

	client_add(to, head, sizeof(head));
	client_add(to, p, n);
	client_add(to, "\0\0\0\0\0\0\0", padding);
}

static inline void
client_add_length(struct client_bytes *to, size_t n)
{
	unsigned char length[4] = { (unsigned char)(n >> 24 | 0x80),
		(unsigned char)(n >> 16), (unsigned char)(n >> 8),
		(unsigned char)n };

	client_add(to, length, sizeof(length));
}

static inline void
client_add_variable(struct client_bytes *to, const char *name,
    struct text value)
{
	client_add_length(to, strlen(name));
	client_add_length(to, value.n);
	client_add(to, name, strlen(name));
	client_add(to, value.p, value.n);
}

/* A request to be kept alive after, with so many bytes that mean nothing. */
static inline void
client_request_as(struct client_bytes *to, const char *method,
    const char *uri, struct text body, size_t filler_bytes)
{
	static const unsigned char begin[8] = { 0, 1, 1 };
	static const char filler[CLIENT_REQUEST_BYTES_MAX];
	static __thread struct client_bytes variables;
	char length[24];

	variables.n = 0;
	snprintf(length, sizeof(length), "%zu", body.n);
	client_add_variable(&variables, "REQUEST_METHOD", text_of(method));
	client_add_variable(&variables, "REQUEST_URI", text_of(uri));
	client_add_variable(&variables, "CONTENT_LENGTH", text_of(length));
	client_add_variable(&variables, "FILLER",
	    (struct text){ filler, filler_bytes });

	to->n = 0;
	client_add_record(to, CLIENT_BEGIN, begin, sizeof(begin));
	client_add_record(to, CLIENT_PARAMS, variables.p, variables.n);
	client_add_record(to, CLIENT_PARAMS, "", 0);
	if (body.n)
		client_add_record(to, CLIENT_STDIN, body.p, body.n);
	client_add_record(to, CLIENT_STDIN, "", 0);
}

static inline void
client_request(struct client_bytes *to, const char *uri, struct text body,
    size_t filler_bytes)
{
	client_request_as(to, "POST", uri, body, filler_bytes);
}

static inline bool
client_write(int fd, const struct client_bytes *request)
{
	return send(fd, request->p, request->n, MSG_NOSIGNAL) ==
	    (ssize_t)request->n;
}

static inline bool
client_send(int fd, const char *uri)
{
	static __thread struct client_bytes request;

	client_request(&request, uri, TEXT("{}"), 0);
	return client_write(fd, &request);
}

static inline bool
client_read(int fd, void *to, size_t n)
{
	return n == 0 || recv(fd, to, n, MSG_WAITALL) == (ssize_t)n;
}

/* The next record; its content is there until the next call. */
static inline enum client_record
client_record(int fd, struct text *content)
{
	static __thread char p[1 << 16];
	unsigned char head[8], padding[256];

	if (!client_read(fd, head, sizeof(head)))
		return CLIENT_GONE;
	*content = (struct text){ p, (size_t)(head[4] << 8 | head[5]) };
	if (!client_read(fd, p, content->n) ||
	    !client_read(fd, padding, head[6]))
		return CLIENT_GONE;
	p[content->n] = '\0'; /* at most 65535 bytes */
	return (enum client_record)head[1];
}

/* The status of the next reply; 0 if the connection ended instead. */
static inline int
client_receive(int fd)
{
	enum client_record record;
	struct text content;
	int status = 0;

	while ((record = client_record(fd, &content)) != CLIENT_GONE) {
		if (record == CLIENT_END)
			return status;
		if (!status && strncmp(content.p, "Status: ", 8) == 0)
			status = atoi(content.p + 8);
	}
	return 0;
}

static inline int
client_call(int fd, const char *uri)
{
	return client_send(fd, uri) ? client_receive(fd) : 0;
}

/* Bound the waiting of a test that fails. */
static inline void
client_patience(int fd, int seconds)
{
	struct timeval wait = { .tv_sec = seconds };

	must(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) ==
	    0);
}

#endif
