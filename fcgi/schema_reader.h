/*
 * Reading a schema, for schema_read.c and schema_named.c, which has the types
 * that have names. Private to them.
 */
#ifndef FCGI_SCHEMA_READER_H
#define FCGI_SCHEMA_READER_H

#include "fcgi/limits.h"
#include "fcgi/schema_type.h"

/* A type that has been defined. */
struct named {
	struct named *next;
	struct schema_type *type;
};

/* The default of a field, which is still to be looked at. */
struct fallback {
	struct fallback *next;
	const struct schema_type *type;
	const struct json *value;
	const char *where;
};

struct reader {
	struct arena *keep, *scratch;
	struct text space;	/* the namespace that names are of, or empty */
	struct named *names;
	struct fallback *fallbacks, **last_fallback;
	int depth;
	const char *why;	/* the first fault */
};

/* The first fault is kept. Always NULL. */
struct schema_type *schema_refuse(struct reader *r,
    const struct schema_place *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* For "%.*s": as much of a name as is shown. */
#define SHOWN(name) TEXT_ARG(text_cut((name), NAME_SHOWN_BYTES))

struct schema_type *schema_new_type(struct reader *r, enum schema_kind kind);

/* SCHEMA_UNION, which has no word of its own, if it is none. */
enum schema_kind schema_kind_of(struct text word);

/* NULL if no type of the name has been defined. */
struct schema_type *schema_find_named(const struct reader *r,
    struct text full_name);

/* A member that must be there and be of that kind; NULL after refusing. */
const struct json *schema_need(struct reader *r, const struct schema_place *at,
    const struct json *object, const char *name, enum json_kind kind);

/* These give NULL after refusing. */
struct schema_type *schema_read_type(struct reader *r,
    const struct schema_place *at, const struct json *json);
struct schema_type *schema_read_record(struct reader *r,
    const struct schema_place *at, const struct json *object);
struct schema_type *schema_read_enum(struct reader *r,
    const struct schema_place *at, const struct json *object);
struct schema_type *schema_read_fixed(struct reader *r,
    const struct schema_place *at, const struct json *object);

#endif
