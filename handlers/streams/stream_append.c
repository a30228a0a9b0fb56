/*
 * POST /v1/stream/{name}: append to a stream in its next turn, close it, or
 * both.
 *
 * A stream whose row somebody else holds (a transaction in psql, say) is
 * tried again for APPEND_WAIT; meanwhile nobody's thread waits for it.
 */
#include <inttypes.h>

#include "fcgi/clock.h"
#include "fcgi/limits.h"
#include "handlers/handlers.h"
#include "handlers/streams/backlog.h"
#include "handlers/streams/body.h"
#include "handlers/streams/stream.h"
#include "sql/stream_writes.h"

/* A number that a producer counts: decimal digits only. */
static int64_t
producer_number(struct request *r, const char *cgi_name, const char *name)
{
	struct text text = header_text(r, cgi_name);
	long long number = -1;

	if (request_failed(r))
		return 0;
	if (text.n && text.p[0] >= '0' && text.p[0] <= '9' &&
	    text_to_integer(text, &number) && number < INT64_MAX)
		return number;
	fail(r, E_BAD_VALUE, "%s must be a non-negative integer", name);
	return 0;
}

/* The three headers come together, or none of them. */
static void
read_producer(struct request *r, struct append *append)
{
	int given = (header_text(r, "HTTP_PRODUCER_ID").p != NULL) +
	    (header_text(r, "HTTP_PRODUCER_EPOCH").p != NULL) +
	    (header_text(r, "HTTP_PRODUCER_SEQ").p != NULL);

	if (!given)
		return;
	if (given < 3) {
		fail(r, E_BAD_VALUE, "Producer-Id, Producer-Epoch and "
		    "Producer-Seq go together");
		return;
	}
	append->producer = HEADER_VALUE(r, "HTTP_PRODUCER_ID", "Producer-Id",
	    PRODUCER_BYTES_MAX);
	append->epoch = producer_number(r, "HTTP_PRODUCER_EPOCH",
	    "Producer-Epoch");
	append->producer_seq = producer_number(r, "HTTP_PRODUCER_SEQ",
	    "Producer-Seq");
}

static void
read_time(struct request *r, struct append *append)
{
	struct text text = header_text(r, "HTTP_STREAM_TIMESTAMP");

	append->at_us = INT64_MIN;
	if (text.p && !request_failed(r) && !time_read(text, &append->at_us))
		fail(r, E_BAD_VALUE, "Stream-Timestamp must be an RFC 3339 "
		    "time or Unix nanoseconds");
}

static void
read_entries(struct request *r, struct append *append)
{
	struct body body;

	if (request_failed(r))
		return;
	if (!r->body.n) {
		if (!append->close)
			fail(r, E_BAD_VALUE, "the body is empty");
		return;
	}
	if (!r->content_type.n) {
		fail(r, E_BAD_VALUE, "Content-Type is required");
		return;
	}
	append->media_type = media_type_of(r, r->content_type);
	if (!body_read(r, append->media_type, false, &body))
		return;
	append->data = body.data;
	append->count = body.count;
	append->bytes = body.bytes;
}

static struct append *
read_request(struct request *r)
{
	struct append *append = arena_alloc(r->arena, sizeof(*append));

	append->name = stream_name(r, ACTION_WRITE);
	append->close = header_is_true(r, "HTTP_STREAM_CLOSED");
	read_producer(r, append);
	append->stream_seq = HEADER_VALUE(r, "HTTP_STREAM_SEQ", "Stream-Seq",
	    STREAM_SEQ_BYTES_MAX);
	read_time(r, append);
	append->key = HEADER_VALUE(r, "HTTP_STREAM_KEY", "Stream-Key",
	    STREAM_KEY_BYTES_MAX);
	read_entries(r, append);
	if (request_failed(r) || !backlog_enter(r, append->bytes))
		return NULL;
	append_init(append);
	return append;
}

static enum verdict
reply(struct request *r, const struct append *append)
{
	bool told = append->producer.p && append->count &&
	    append->status == APPEND_DONE;

	reply_empty(r, told ? 200 : 204);
	reply_offset(r, "Stream-Next-Offset", append->incarnation,
	    append->next_seq);
	if (append->closed)
		reply_header(r, "Stream-Closed", "true");
	if (append->producer.p) {
		reply_header(r, "Producer-Epoch", "%" PRId64, append->epoch);
		reply_header(r, "Producer-Seq", "%" PRId64, append->number);
	}
	return DONE;
}

static enum verdict
refuse_closed(struct request *r, const struct append *append)
{
	fail(r, E_CLOSED, FAIL_SENTENCE);
	reply_header(r, "Stream-Closed", "true");
	reply_offset(r, "Stream-Next-Offset", append->incarnation,
	    append->next_seq);
	return DONE;
}

static enum verdict
refuse_stale_seq(struct request *r, const struct append *append)
{
	fail(r, E_CONFLICT, "sequence mismatch: Stream-Seq must be above the "
	    "last one");
	reply_header(r, "Stream-Expected-Seq", "%.*s", TEXT_ARG(append->held));
	reply_header(r, "Stream-Received-Seq", "%.*s",
	    TEXT_ARG(append->stream_seq));
	return DONE;
}

static enum verdict
refuse_stale_epoch(struct request *r, const struct append *append)
{
	fail(r, E_STALE_EPOCH, FAIL_SENTENCE);
	reply_header(r, "Producer-Epoch", "%" PRId64, append->number);
	return DONE;
}

static enum verdict
refuse_gap(struct request *r, const struct append *append)
{
	fail(r, E_CONFLICT, "a gap in Producer-Seq: %" PRId64 " is next",
	    append->number);
	reply_header(r, "Producer-Expected-Seq", "%" PRId64, append->number);
	reply_header(r, "Producer-Received-Seq", "%" PRId64,
	    append->producer_seq);
	return DONE;
}

/* When a process drains it is most likely another one that holds the row. */
static enum verdict
come_again(struct request *r, struct append *append)
{
	enum verdict verdict = stream_come_again(r, &append->pause_ms);

	if (verdict == PARK && r->last_call) {
		r->turn = &append->item;
		return TURN;
	}
	return verdict;
}

static enum verdict
appended(struct request *r, struct append *append)
{
	r->turn = NULL;
	if (append->item.outcome != DB_DONE)
		return db_fail(r, append->item.outcome);
	switch (append->status) {
	case APPEND_DONE:
	case APPEND_DUPLICATE:
		return reply(r, append);
	case APPEND_AGAIN:
		r->turn = &append->item;
		return TURN;
	case APPEND_BUSY:
		return come_again(r, append);
	case APPEND_NOT_FOUND:
		return fail(r, E_NOT_FOUND, "stream not found");
	case APPEND_EXPIRED:
		return fail(r, E_NOT_FOUND, "stream expired");
	case APPEND_GONE:
		return fail(r, E_GONE, FAIL_SENTENCE);
	case APPEND_CLOSED:
		return refuse_closed(r, append);
	case APPEND_OTHER_TYPE:
		return fail(r, E_CONFLICT, "content-type mismatch");
	case APPEND_OTHER_NAME:
		return fail(r, E_CONFLICT,
		    "another stream's name has the same id");
	case APPEND_EXHAUSTED:
		return fail(r, E_CONFLICT, "the stream has no ids left for "
		    "its entries");
	case APPEND_STALE_SEQ:
		return refuse_stale_seq(r, append);
	case APPEND_STALE_EPOCH:
		return refuse_stale_epoch(r, append);
	case APPEND_BAD_EPOCH:
		return fail(r, E_BAD_VALUE,
		    "a new epoch begins with Producer-Seq 0");
	case APPEND_GAP:
		break;
	}
	return refuse_gap(r, append);
}

enum verdict
stream_append(struct request *r)
{
	struct append *append = r->state;

	if (r->turn)
		return appended(r, append);
	if (!append) {
		append = r->state = read_request(r);
		if (!append)
			return DONE;
	}
	r->turn = &append->item;
	return TURN;
}
