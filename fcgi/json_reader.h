/*
 * Reading a JSON object member by member. The readers remember the first
 * fault (a wrong type, a number out of range, a missing member) by calling
 * fail(), and are no-ops after it: read everything, check once, with
 * json_done(), which also refuses members that nobody has asked for.
 *
 * Texts are UTF-8 without NUL unless asked otherwise, and live as long as
 * the request.
 */
#ifndef FCGI_JSON_READER_H
#define FCGI_JSON_READER_H

#include "fcgi/json.h"
#include "fcgi/request.h"

struct json_reader {
	struct request *r;
	const struct json *object; /* NULL when there was none: all absent */
	const char *list;	/* it is an element of this member, or NULL */
	int place;		/* below 0: it is the member itself */
	const char *asked[JSON_MEMBERS_READ_MAX];
	int asked_count;
};

enum json_text_rule {
	JSON_REQUIRED = 1,	/* absent and null are faults */
	JSON_NOT_EMPTY = 2,
	JSON_NUL_ALLOWED = 4
};

/*
 * The request's body, which must be one object (duplicate members refused).
 * An empty body counts as {} where `optional`. False after fail().
 */
bool json_read_body(struct json_reader *j, struct request *r, bool optional);

/*
 * The request's body as any JSON that json_parse_verbatim() takes, whatever
 * its Content-Type. NULL after fail().
 */
const struct json *json_read_verbatim(struct request *r);

/* An object that is an element of the body's array `list`. */
bool json_read_element(struct json_reader *j, struct request *r,
    const struct json *object, const char *list, int place);

/* An object that is the body's member `name`. */
void json_read_member(struct json_reader *j, struct request *r,
    const struct json *object, const char *name);

/* What stands before a member's name: "", "messages[3]." or "webhook.". */
const char *json_where(const struct json_reader *j);

struct text json_member_text(struct json_reader *j, const char *name,
    int rules, size_t bytes_max);
int64_t json_member_integer(struct json_reader *j, const char *name,
    int64_t fallback, int64_t low, int64_t high);
bool json_member_bool(struct json_reader *j, const char *name, bool fallback);
/* Of any type; NULL when absent or null. */
const struct json *json_member(struct json_reader *j, const char *name);
/* NULL when absent or null; fails when it is there and not of the type. */
const struct json *json_member_array(struct json_reader *j, const char *name,
    size_t items_max);
const struct json *json_member_object(struct json_reader *j,
    const char *name);

bool json_done(struct json_reader *j);

#endif
