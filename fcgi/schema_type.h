/*
 * The types of a schema, as schema_read.c makes them and schema_check.c walks
 * them. Private to schema_*.c.
 */
#ifndef FCGI_SCHEMA_TYPE_H
#define FCGI_SCHEMA_TYPE_H

#include "fcgi/json.h"
#include "fcgi/schema.h"

/* In the order of schema_words[]. */
enum schema_kind {
	SCHEMA_NULL,
	SCHEMA_BOOLEAN,
	SCHEMA_INT,
	SCHEMA_LONG,
	SCHEMA_FLOAT,
	SCHEMA_DOUBLE,
	SCHEMA_BYTES,
	SCHEMA_STRING,
	SCHEMA_PRIMITIVES,	/* how many they are */
	SCHEMA_RECORD = SCHEMA_PRIMITIVES,
	SCHEMA_ENUM,
	SCHEMA_ARRAY,
	SCHEMA_MAP,
	SCHEMA_FIXED,
	SCHEMA_UNION,
	SCHEMA_KINDS
};

/*
 * What a logical type asks beyond its type. Those that every value of their
 * type fits, as dates and timestamps do, are none of these.
 */
enum schema_logic {
	SCHEMA_PLAIN,
	SCHEMA_UUID,
	SCHEMA_TIME_MILLIS,
	SCHEMA_TIME_MICROS,
	SCHEMA_DECIMAL
};

struct schema_field {
	struct text name;
	const struct schema_type *type;
	bool has_default;	/* it may be left out */
};

struct schema_type {
	enum schema_kind kind;
	enum schema_logic logic;
	struct text name;	/* a named type's full one, else the kind */
	union {
		struct {
			struct schema_field *field;
			/* The same, sorted by name. */
			struct schema_field **by_name;
			size_t fields;
			size_t required;	/* those without a default */
		};
		struct {
			struct text *symbol;	/* sorted */
			size_t symbols;
		};
		const struct schema_type *items;	/* a map's, too */
		struct {
			const struct schema_type **branch;
			size_t branches;
		};
		struct {
			size_t size;	/* fixed */
			/* decimal: the largest magnitude, big-endian */
			const unsigned char *bound;
			size_t bound_bytes;
			int precision, scale;
		};
	};
};

/* A place in a document, for its path: members and elements up to the root. */
struct schema_place {
	const struct schema_place *above;	/* NULL: this is the root */
	struct text name;			/* absent: an element */
	size_t index;
};

/* "/items/3: ", or nothing for the root. */
const char *schema_path(struct arena *arena, const struct schema_place *place);

/* The steps that checking so many bytes may take. */
size_t schema_steps(size_t bytes);

/* schema_misfit() for a value that has been parsed, such as a field's default.
 * What it takes of the steps is gone. */
const char *schema_value_misfit(const struct schema_type *type,
    struct arena *arena, const struct json *value, size_t *steps);

/* Why a text is no JSON. */
const char *schema_bad_json(struct arena *arena,
    const struct json_complaint *complaint);

/* Is it one of an enum's? */
bool schema_has_symbol(const struct schema_type *type, struct text word);

/* schema_logical.c: the logical type that an object adds to its type, unless
 * that is not valid; then there is none. NULL, or a limit's sentence. */
const char *schema_add_logic(struct arena *keep, const struct json *object,
    struct schema_type *type);

/* Is the value, which fits the type itself, one of its logical type? */
bool schema_logic_takes(const struct schema_type *type,
    const struct json *value);

/* "decimal(4, 2)", "uuid" or the type's name. */
const char *schema_described(struct arena *arena,
    const struct schema_type *type);

/*
 * A string as bytes, one for each character up to U+00FF. The next one, or -1
 * at the end, or -2 at a character that is none; *at begins as 0.
 */
int schema_next_byte(struct text string, size_t *at);

#endif
