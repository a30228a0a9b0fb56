/*
 * The route table: one row an endpoint. Patterns are "/api/topics/{}/purge";
 * each {} matches one path segment, which is decoded once after the split
 * ("%2F never splits") and stored in request.param in order.
 *
 * A pattern may hold one {*}, as in "/v1/stream/{*}/pk/{}". It matches one
 * segment or more, a name that may have slashes in it, raw or as %2F, and is
 * one parameter. What follows it is recognised from the end of the path, and
 * the longest suffix is taken that leaves a name before it; slashes at the end
 * of the path are let be. A name is 1 to STREAM_NAME_BYTES_MAX bytes.
 */
#ifndef FCGI_ROUTE_H
#define FCGI_ROUTE_H

#include "fcgi/request.h"

/* Who may call, before the handler looks closer. */
enum access {
	ACCESS_OPEN,	/* anyone */
	ACCESS_USER,	/* any valid token */
	ACCESS_GRANT,	/* any valid token; the handler asks for a grant */
	ACCESS_ADMIN,	/* admins */
	ACCESS_SELF,	/* the user whose id is the first parameter; admins */
	ACCESS_WAKE,	/* who has the token of a wake: the handler checks */
	ACCESS_PLATE	/* who has a key of the plate that is the first
			 * parameter; any valid token: the handler asks for a
			 * grant */
};

struct door {
	const char *name;
	/* Write an error reply's body in this door's envelope. */
	void (*envelope)(struct request *r, const struct error_facts *error,
	    const char *sentence);
	/* The code that the envelope shows; NULL: it shows none. */
	const char *(*code)(const struct error_facts *error);
	/* Add what every reply of this door carries, just before it is sent,
	 * errors included; a stream's only with its beginning. May be NULL. */
	void (*headers)(struct request *r);
	/*
	 * For a door that scripts of other sites may use: the request headers
	 * that they may send. Each known path then answers OPTIONS, whoever
	 * asks. NULL: no such door.
	 */
	const char *cors_headers;
};

struct route {
	const char *name;	/* of the handler, the statement, the test */
	enum method method;
	const char *pattern;
	enum access access;
	const struct door *door;
	enum verdict (*handler)(struct request *r);
};

/* The table ends with a row without a name. */
void route_table(const struct route *routes, const struct door *fallback);

/* The rows of the table by their number; NULL beyond the last. */
const struct route *route_at(int number);
int route_number(const struct route *route);

/*
 * Find r's route and decode its parameters. False when the reply is made:
 * fail() with 400 for a bad escape or name, 404 no such path, 405 with Allow,
 * 414 too long; or the answer to OPTIONS. HEAD takes GET's row, unless it has
 * one. Where several fit, a literal segment beats {}, and {} beats {*}; the
 * path alone decides on the resource, the method does not. No {} stands for a
 * first segment that other patterns begin with.
 */
bool route_find(struct request *r);

/* Is it the first segment of a route? Then it is nobody's name. */
bool route_is_reserved(struct text first);

/* The door whose envelope r's errors wear; known before the route is. */
const struct door *route_door(const struct request *r);

/*
 * Undo percent-encoding, once; '+' is a blank where `form`. Absent text when
 * the result is no UTF-8 without NUL, or an escape is broken.
 */
struct text percent_decode(struct arena *arena, struct text raw, bool form);

const char *method_name(enum method method);

#endif
