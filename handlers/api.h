/*
 * What the API takes and gives, as a table: the shapes of bodies and replies,
 * and of each route its parameters, its body, its replies and its errors. The
 * rows are in handlers/DOOR/api.def, next to what reads and writes them; the
 * macros below are their language. handlers/openapi.c makes the OpenAPI
 * document of them, and the tests over HTTP hold all that they send and get
 * against that document, so that a row cannot lie.
 *
 * A row belongs to the one above it that it can belong to: members to their
 * shape, headers of all replies to their door, and all that follows DESCRIBE to
 * that route.
 */
#ifndef HANDLERS_API_H
#define HANDLERS_API_H

#include <stddef.h>
#include <stdint.h>

#include "fcgi/limits.h"

/* The routes, by the names of their handlers: ROUTE_message_enqueue. */
enum api_route {
#define ROUTE(method, pattern, name, access, door) ROUTE_##name,
#include "handlers/routes.def"
#undef ROUTE
	ROUTES
};

enum api_kind {
	API_ANY,	/* any JSON */
	API_STRING,
	API_INTEGER,
	API_NUMBER,
	API_BOOLEAN,
	API_TIME,	/* RFC 3339 */
	API_UUID,
	API_WORD,	/* one of `name`'s words */
	API_LIST,
	API_MAP,	/* an object whose members have any name */
	API_SHAPE,	/* the shape of that name */
	API_OR_NULL
};

struct api_type {
	enum api_kind kind;
	int64_t low, high;	/* a number; a string's bytes; a list's items */
	const char *name;
	const struct api_type *of;
};

enum api_row_kind {
	ROW_END,
	ROW_TAKES,	/* a shape of a request: no member but these */
	ROW_GIVES,	/* a shape of a reply */
	ROW_MEMBER,	/* always there */
	ROW_OPTION,	/* may be left out; in a request, or null */
	ROW_DOOR,	/* the door of that name, for its ROW_REPLY_HEADERs */
	ROW_DESCRIBE,	/* a route: `name` is its summary, `text` the access */
	ROW_SAYS,	/* more of it */
	ROW_PATH,	/* parameters, those of the path in its order */
	ROW_QUERY,
	ROW_HEADER,
	ROW_BODY,
	ROW_BODY_OPTIONAL,
	ROW_REPLY,
	ROW_REPLY_HEADER, /* of the reply, error's status or door above */
	ROW_FAILS
};

struct api_row {
	enum api_row_kind kind;
	int number;		/* the route, the status, the error; of a
				 * header 1: it is always there */
	const char *name;	/* also a body's media type, if it has one */
	struct api_type type;
	const char *text;
};

/* All rows; the last one is ROW_END. */
extern const struct api_row api_rows[];

/* A route's ROW_DESCRIBE; NULL where there is none, which lint finds. */
const struct api_row *api_described(int route);

/* The ROW_DOOR of that name, which there is. */
const struct api_row *api_door(const char *name);

/* The rows that belong to a ROW_DESCRIBE, or to a ROW_DOOR. */
#define API_EACH(row, described) \
	for (const struct api_row *row = (described) + 1; \
	     row->kind > ROW_DESCRIBE; row++)

/* Types. */
#define TYPE(...) ((struct api_type){ __VA_ARGS__ })
#define ANY TYPE(.kind = API_ANY)
#define STRING(least, most) TYPE(API_STRING, least, most, NULL, NULL)
#define SOME_STRING STRING(0, INT64_MAX)
#define INTEGER(least, most) TYPE(API_INTEGER, least, most, NULL, NULL)
#define SOME_INTEGER INTEGER(INT64_MIN, INT64_MAX)
#define COUNT INTEGER(0, INT64_MAX)
#define NUMBER TYPE(.kind = API_NUMBER)
#define BOOLEAN TYPE(.kind = API_BOOLEAN)
#define TIME TYPE(.kind = API_TIME)
#define UUID TYPE(.kind = API_UUID)
#define WORD(words) TYPE(.kind = API_WORD, .name = words)
#define LIST(least, most, of) TYPE(API_LIST, least, most, NULL, &of)
#define SOME_LIST(of) LIST(0, INT64_MAX, of)
#define MAP(of) TYPE(API_MAP, 0, 0, NULL, &of)
#define SHAPE(shape) TYPE(.kind = API_SHAPE, .name = #shape)
#define OR_NULL(of) TYPE(API_OR_NULL, 0, 0, NULL, &of)

/* Rows of shapes. */
#define TAKES(shape, says) { ROW_TAKES, 0, #shape, ANY, says },
#define GIVES(shape, says) { ROW_GIVES, 0, #shape, ANY, says },
#define MEMBER(member, type, says) { ROW_MEMBER, 0, member, type, says },
#define OPTION(member, type, says) { ROW_OPTION, 0, member, type, says },

/* Rows of doors: these, and REPLY_HEADER. */
#define DOOR(door) { ROW_DOOR, 0, #door, ANY, NULL },
#define REPLY_HEADER_ALWAYS(name, type, says) \
	{ ROW_REPLY_HEADER, 1, name, type, says },

/* Rows of routes. */
#define DESCRIBE(handler, summary, access) \
	{ ROW_DESCRIBE, ROUTE_##handler, summary, ANY, access },
#define SAYS(says) { ROW_SAYS, 0, NULL, ANY, says },
#define PATH(name, type, says) { ROW_PATH, 0, name, type, says },
#define QUERY(name, type, says) { ROW_QUERY, 0, name, type, says },
#define HEADER(name, type, says) { ROW_HEADER, 0, name, type, says },
#define BODY(type) { ROW_BODY, 0, "application/json", type, NULL },
#define BODY_OPTIONAL(type) \
	{ ROW_BODY_OPTIONAL, 0, "application/json", type, NULL },
#define BODY_BYTES(says) { ROW_BODY_OPTIONAL, 0, "*/*", ANY, says },
#define REPLY_OF(status, media, type, says) \
	{ ROW_REPLY, status, media, type, says },
#define REPLY(status, type, says) \
	REPLY_OF(status, "application/json", type, says)
#define REPLY_EMPTY(status, says) { ROW_REPLY, status, NULL, ANY, says },
#define REPLY_BYTES(status, media, says) REPLY_OF(status, media, ANY, says)
#define REPLY_HEADER(name, type, says) \
	{ ROW_REPLY_HEADER, 0, name, type, says },
#define FAILS(error, says) { ROW_FAILS, error, NULL, ANY, says },

#endif
