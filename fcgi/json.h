/*
 * JSON texts (RFC 8259) that are an array or object, read into a tree. It lies
 * in an arena and dies with it; strings without escapes are not copied but
 * point into the text, so that must live as long.
 *
 * Names of members are not doubled and hold no U+0000, integers are those of
 * 64 bits, and nothing nests deeper than JSON_DEPTH_MAX. But for that depth
 * and for a fault of its own, jansson takes the same texts with
 * JSON_REJECT_DUPLICATES and JSON_ALLOW_NUL: tests/fuzz/json_reader.c compares.
 */
#ifndef FCGI_JSON_H
#define FCGI_JSON_H

#include <stdint.h>

#include "fcgi/arena.h"

enum json_kind {
	JSON_KIND_NULL,
	JSON_KIND_BOOL,
	JSON_KIND_INTEGER,
	JSON_KIND_REAL,
	JSON_KIND_NUMBER,	/* as it was sent: json_parse_verbatim() */
	JSON_KIND_STRING,
	JSON_KIND_ARRAY,
	JSON_KIND_OBJECT
};

struct json {
	enum json_kind kind;
	struct text name;		/* of a member of an object */
	const struct json *next;	/* in its array or object */
	union {
		bool boolean;
		int64_t integer;
		double real;
		struct text string;	/* also a number's */
		struct {		/* of an array or object */
			const struct json *first;
			size_t count;
		};
	};
};

enum json_fault {
	JSON_FAULT_SYNTAX,
	JSON_FAULT_DEPTH,
	JSON_FAULT_DOUBLED	/* two members of one name */
};

/* Where a text is no JSON, and why. */
struct json_complaint {
	enum json_fault fault;
	size_t at;		/* how far yajl had come */
	struct text name;	/* of the doubled member */
};

/* The tree, or NULL and a complaint. */
const struct json *json_parse(struct arena *arena, struct text text,
    struct json_complaint *complaint);

/* The same, but numbers are as they were sent, of any size and precision. */
const struct json *json_parse_verbatim(struct arena *arena, struct text text,
    struct json_complaint *complaint);

/*
 * The same again for a text that may be of any type, such as a lone number.
 * It nests one level less deep.
 */
const struct json *json_parse_value(struct arena *arena, struct text text,
    struct json_complaint *complaint);

/*
 * A text as it came, cut into values: the elements of an array, or the one
 * value of another text, which may be of any type. take() gets each of them,
 * until it returns false. False with a complaint when the text is no JSON;
 * some values may have been taken before that shows. What is inside of a
 * value is checked for its grammar and depth, and else let be: names may be
 * doubled, numbers of any size.
 */
bool json_split(struct text text, bool (*take)(void *context,
    struct text value), void *context, struct json_complaint *complaint);

/* An object's member, NULL if there is none of the name. */
const struct json *json_find(const struct json *object, struct text name);

/* The children of an array or object; none of NULL. */
#define JSON_EACH(child, parent) \
	for (const struct json *child = (parent) ? (parent)->first : NULL; \
	     child; child = child->next)

#endif
