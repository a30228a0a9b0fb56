/*
 * A request without a connection, for tests of what handlers use.
 */
#ifndef TESTS_UNIT_REQUEST_H
#define TESTS_UNIT_REQUEST_H

#include "fcgi/request.h"
#include "fcgi/route.h"

/* The envelope of tests: "CODE SENTENCE". */
static inline void
test_envelope(struct request *r, const struct error_facts *error,
    const char *sentence)
{
	buffer_printf(reply_body(r, error->status, "text/plain"), "%s %s",
	    error->code, sentence);
}

/* Added by the engine alone. */
static inline void
test_headers(struct request *r)
{
	reply_header(r, "X-Door", "test");
}

static const struct door test_door = {
	.name = "test", .envelope = test_envelope, .headers = test_headers
};
static const struct route test_no_routes[] = { { .name = NULL } };

/* The request before it is given up. */
static inline struct request *
test_request(void)
{
	static struct request request;
	static struct arena *arena;

	if (!arena)
		arena = arena_new();
	arena_reset(arena);
	request = (struct request){ .arena = arena, .id = "test" };
	return &request;
}

/* What was answered: "STATUS BODY". */
static inline const char *
test_reply(const struct request *r)
{
	return arena_printf(r->arena, "%d %.*s", r->reply.status,
	    (int)r->reply.body.n, r->reply.body.n ? r->reply.body.p : "");
}

/* The value of a header of the reply, NULL if there is none. */
static inline const char *
test_header(const struct request *r, const char *name)
{
	for (int i = 0; i < r->reply.headers; i++)
		if (strcmp(r->reply.header[i].name, name) == 0)
			return r->reply.header[i].value;
	return NULL;
}

#endif
