/*
 * The route table: one row an endpoint. Patterns are "/api/topics/{}/purge";
 * each {} matches one path segment, which is decoded once after the split
 * ("%2F never splits") and stored in request.param in order.
 */
#ifndef FCGI_ROUTE_H
#define FCGI_ROUTE_H

#include "fcgi/request.h"

/* Who may call, before the handler looks closer. */
enum access {
	ACCESS_OPEN,	/* anyone */
	ACCESS_USER,	/* any valid token */
	ACCESS_GRANT,	/* any valid token; the handler asks for a grant */
	ACCESS_ADMIN	/* admins */
};

struct door {
	const char *name;
	/* Write an error reply's body in this door's envelope. */
	void (*envelope)(struct request *r, const struct error_facts *error,
	    const char *sentence);
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

/*
 * Find r's route, decode its parameters, or fail(): 400 a bad escape, 404 no
 * such path, 405 with Allow, 414 too long. HEAD takes GET's row. Where both
 * fit, a literal segment beats {}; the path alone decides on the resource,
 * the method does not.
 */
bool route_find(struct request *r);

/* The door whose envelope r's errors wear. */
const struct door *route_door(const struct request *r);

/*
 * Undo percent-encoding, once; '+' is a blank where `form`. Absent text when
 * the result is no UTF-8 without NUL, or an escape is broken.
 */
struct text percent_decode(struct arena *arena, struct text raw, bool form);

const char *method_name(enum method method);

#endif
