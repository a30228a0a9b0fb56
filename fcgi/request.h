/*
 * One request and its reply, as a handler sees them.
 *
 * A handler is called once or more, always by one thread at a time, each time
 * with a thread's database connection in `db`. It returns
 *
 *	DONE	the reply is complete; send it and forget the request;
 *	PARK	call me again when a channel I listen on (fcgi/lot.h) wakes,
 *		at `deadline_us`, when the client's rights change or at
 *		shutdown: all of these are one more call;
 *	TURN	`turn` is my write (sql/turn.h); call me again with its outcome.
 *
 * What must survive between calls hangs on `state`, in the arena. A request
 * may look in vain for hours, so what it allocates for a look goes when it
 * parks: the arena goes back to where it was at the first PARK or, if that was
 * called before, at request_keep(), and what was deferred since is dropped.
 * What the reply held goes too. A TURN drops nothing.
 *
 * A reply may be a stream (reply_stream): then PARK means as well that the
 * bytes in its buffer are to be sent now, and DONE that they are the last. The
 * handler is not called while bytes wait for the client to take them, whatever
 * happens: what was said when the client had the right to it is sent, and a
 * client that takes nothing for SEND_STALL_MS is hung up on. So a slow reader
 * costs what one call has written, and no thread.
 */
#ifndef FCGI_REQUEST_H
#define FCGI_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/arena.h"
#include "fcgi/buffer.h"
#include "fcgi/error.h"
#include "fcgi/json_writer.h"
#include "fcgi/limits.h"
#include "fcgi/text.h"

struct db;
struct door;
struct identity;
struct principal;
struct query;
struct route;
struct turn_item;

enum verdict { DONE, PARK, TURN };

enum method {
	METHOD_GET,
	METHOD_HEAD,
	METHOD_POST,
	METHOD_PUT,
	METHOD_DELETE,
	METHOD_PATCH,
	METHOD_OPTIONS,
	METHOD_OTHER
};

struct reply_header {
	const char *name;
	const char *value;
};

struct reply {
	int status;
	enum error error;	/* E_NONE unless fail() made this reply */
	const char *content_type;
	struct reply_header header[REPLY_HEADERS_MAX];
	int headers;
	struct buffer body;
	struct json_writer json;
	bool streams;		/* reply_stream() made it */
	size_t streamed_bytes;	/* of its body, sent or being sent */
};

struct request {
	struct arena *arena;

	/* Set once, before the first call. */
	enum method method;
	struct text path;	/* raw, as REQUEST_URI had it, no query */
	struct text query;	/* raw, without '?' */
	struct text body;
	struct text content_type;
	struct text authorization;
	struct text client;	/* the client's address, as nginx saw it */
	const char *id;		/* nginx's request id */
	bool https;
	const struct route *route;	/* NULL while there is none */
	const struct door *door;	/* whose envelope its errors wear */
	struct text param[ROUTE_PARAMETERS_MAX]; /* decoded, in path order */
	struct query *parsed_query;	/* made by the first query_... */
	int64_t started_us;	/* monotonic */
	struct text user;	/* the caller's name, once known: for the log */

	/* Set anew before each call. */
	struct db *db;		/* this thread's */
	const struct principal *who;	/* NULL on open routes */
	bool last_call;		/* the process drains: do not PARK again */

	/* The gate's own (auth/gate.h), NULL and 0 before the first call. */
	struct identity *identity;
	int64_t token_expires_us; /* monotonic; 0 never. Ends a PARK */

	/* The handler's own. */
	void *state;
	int64_t deadline_us;	/* monotonic; when PARK ends at the latest */
	struct turn_item *turn;

	struct reply reply;

	/* The engine's own: how long it has waited for something to come, and
	 * what a PARK leaves (request_keep). */
	int64_t waited_us;
	bool keeps;
	struct arena_mark kept;
	struct query *kept_query;
};

/*
 * What the arena holds now survives every PARK; what comes later does not.
 * For a handler that looks, and takes a page of data for it, before it parks
 * for the first time. It sets `state` before, and never after.
 */
void request_keep(struct request *r);

/* A CGI variable such as "HTTP_IF_NONE_MATCH"; absent text if not sent. */
struct text request_variable(const struct request *r, const char *name);

/* Has the client gone? Asked before anything is claimed for it. */
bool request_hung_up(const struct request *r);

/*
 * Answer with an error in the door's envelope. The sentence is the
 * catalogue's, or the format's when one is given. Whatever the reply held
 * is dropped. Always returns DONE, so that a handler can `return fail(...)`.
 */
enum verdict fail(struct request *r, enum error error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#define FAIL_SENTENCE NULL

/* The same for a value out of range: `count must be between 1 and 1000`. */
enum verdict fail_range(struct request *r, const char *where, const char *name,
    int64_t low, int64_t high);

/* Has fail() been called? */
bool request_failed(const struct request *r);

/*
 * A header of the reply; one of the same name is replaced. Control characters
 * in the value become blanks, so that it cannot end the line.
 */
void reply_header(struct request *r, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Begin a JSON reply; write its one value with the writer given back. */
struct json_writer *reply_json(struct request *r, int status);

/* A reply with no body (204, 201, 304). */
enum verdict reply_empty(struct request *r, int status);

/* A reply of any type; the body is added to the buffer given back. */
struct buffer *reply_body(struct request *r, int status, const char *type);

/*
 * Begin a reply without a known end. What is in the buffer, which is
 * r->reply.body in later calls too, is sent at PARK and DONE, and the buffer
 * is empty at the call after a PARK. fail() instead of it is an error like any
 * other; once the beginning has been sent, fail() ends the stream and nothing
 * of it is sent, but the log says it. A HEAD ends with the first PARK.
 */
struct buffer *reply_stream(struct request *r, int status, const char *type);

/*
 * Query parameters, decoded. Like every reader here they call fail() at the
 * first fault and are no-ops after it: read everything, check once.
 */
struct text query_text(struct request *r, const char *name);
int64_t query_integer(struct request *r, const char *name, int64_t fallback,
    int64_t low, int64_t high);
/* Fails on parameters nobody has asked for. False when anything failed. */
bool query_done(struct request *r);

#endif
