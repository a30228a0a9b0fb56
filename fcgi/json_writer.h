/*
 * JSON, written straight into a buffer: no tree. Commas and colons are the
 * writer's care. Text is escaped as RFC 8259 asks and must be UTF-8; what is
 * not is written with U+FFFD in its place, so that a reply is always JSON.
 *
 * The names stay clear of jansson's, with which the tests compare.
 *
 * Misuse (a value where a name is due, a bracket too many) is our fault and
 * stops the process.
 */
#ifndef FCGI_JSON_WRITER_H
#define FCGI_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/buffer.h"

enum { JSON_WRITER_DEPTH_MAX = 32 };

struct json_writer {
	struct buffer *out;
	int depth;
	/* Of each open level: is it an object, has it had a value? */
	struct {
		bool object, filled, named;
	} level[JSON_WRITER_DEPTH_MAX];
};

void json_start(struct json_writer *w, struct buffer *out);

void json_open_object(struct json_writer *w);
void json_close_object(struct json_writer *w);
void json_open_array(struct json_writer *w);
void json_close_array(struct json_writer *w);

/* The next value is this member's. */
void json_name(struct json_writer *w, const char *name);
void json_name_text(struct json_writer *w, struct text name);

void json_text(struct json_writer *w, struct text value);
/* Absent text becomes null. */
void json_text_or_null(struct json_writer *w, struct text value);
void json_cstring(struct json_writer *w, const char *value);
void json_number(struct json_writer *w, int64_t value);
void json_bool(struct json_writer *w, bool value);
void json_null_value(struct json_writer *w);
/* Bytes that are one JSON value already. */
void json_raw(struct json_writer *w, struct text value);
/* RFC 3339 in UTC, microseconds kept when there are any. INT64_MIN is null. */
void json_time(struct json_writer *w, int64_t unix_us);

#endif
