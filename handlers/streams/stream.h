/*
 * What the handlers of the streams door have in common: the name in the path,
 * headers that many requests and replies carry.
 */
#ifndef HANDLERS_STREAMS_STREAM_H
#define HANDLERS_STREAMS_STREAM_H

#include "auth/gate.h"
#include "handlers/streams/offset.h"
#include "sql/streams.h"

/*
 * The stream's name, if the caller may do that to it: absent after fail(),
 * 403, or 400 for a name that is the protocol's own ("__ds" and below).
 */
struct text stream_name(struct request *r, enum action action);

/* A request header; absent text if it was not sent. Its name is CGI's. */
struct text header_text(struct request *r, const char *cgi_name);

/*
 * The same as text for the database. Fails (400) when it is empty, longer
 * than that, or no UTF-8; `name` is the header's own and `limit` that of its
 * length, for the sentence.
 */
struct text header_value(struct request *r, const char *cgi_name,
    const char *name, int bytes_max, const char *limit);
#define HEADER_VALUE(r, cgi_name, name, limit) \
	header_value(r, cgi_name, name, limit, #limit)

/* Is it "true", in any case? Anything else counts as not sent. */
bool header_is_true(struct request *r, const char *cgi_name);

/* A whole number without a sign and without leading zeros. */
bool count_read(struct text text, int64_t *count);

/* Such a number with ms, s, m, h or d behind it; bare, it counts units. */
bool duration_read(struct text text, int64_t unit_ms, int64_t *ms);

/*
 * Unix microseconds of an RFC 3339 time, or of digits, which are Unix
 * nanoseconds. False, and nothing failed, for anything else.
 */
bool time_read(struct text text, int64_t *unix_us);

/*
 * A content type without its parameters, in lower case, in r's arena. Absent
 * after fail(): 400 when it is longer than MEDIA_TYPE_BYTES_MAX or no text.
 */
struct text media_type_of(struct request *r, struct text content_type);

/*
 * Somebody holds a row that is needed: PARK until it is time to try again, or
 * fail() (503) when it has been so for APPEND_WAIT. *pause_ms is 0 at first,
 * and the caller's to keep. A process that drains may not park.
 */
enum verdict stream_come_again(struct request *r, int *pause_ms);

/*
 * Call `attempt` until it does not PARK to come again, if this is the last
 * call: a process that drains cannot park, and has a thread to spare.
 */
enum verdict stream_attempt(struct request *r,
    enum verdict (*attempt)(struct request *r));

/* A header of the reply that holds an offset. */
void reply_offset(struct request *r, const char *name, int32_t incarnation,
    int64_t next_seq);

#endif
