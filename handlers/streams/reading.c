/*
 * The query of a GET, and the headers of its replies. Parameters that nobody
 * knows are let be, as the protocol wants it.
 */
#include "handlers/streams/reading.h"

#include <sys/random.h>

#include "fcgi/clock.h"
#include "fcgi/must.h"
#include "fcgi/settings.h"
#include "sql/db.h"

enum {
	/* Cursors count intervals since 2024-10-09. */
	CURSOR_EPOCH_S = 1728432000,
	CURSOR_INTERVAL_S = 20,
	CURSOR_LEAP_S = 3600
};

static void
read_live(struct request *r, struct reading *reading)
{
	static const struct {
		struct text word;
		enum live live;
	} words[] = {
		{ TEXT(""), LIVE_NOT },
		{ TEXT("false"), LIVE_NOT },
		{ TEXT("0"), LIVE_NOT },
		{ TEXT("long-poll"), LIVE_LONG_POLL },
		{ TEXT("true"), LIVE_LONG_POLL },
		{ TEXT("1"), LIVE_LONG_POLL },
		{ TEXT("sse"), LIVE_SSE },
	};
	struct text live = query_text(r, "live");

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (text_equal(live, words[i].word)) {
			reading->live = words[i].live;
			return;
		}
	}
	if (!request_failed(r))
		fail(r, E_BAD_VALUE, "invalid live mode: it must be "
		    "long-poll or sse");
}

static void
read_format(struct request *r, struct reading *reading)
{
	struct text format = query_text(r, "format");

	if (!format.p)
		return;
	if (text_equal(format, TEXT("json")))
		reading->format = FORMAT_JSON;
	else if (text_equal(format, TEXT("raw")))
		reading->format = FORMAT_RAW;
	else
		fail(r, E_BAD_VALUE, "invalid format: it must be json or raw");
}

static void
read_offset(struct request *r, struct reading *reading, struct text offset)
{
	struct offset at;

	if (text_equal(offset, TEXT("-1"))) {
		reading->start = START_BEGINNING;
	} else if (text_equal(offset, TEXT("now"))) {
		reading->start = START_NOW;
		reading->from = INT64_MAX; /* behind all that there is */
	} else if (offset_parse(offset, &at)) {
		reading->start = START_OFFSET;
		reading->incarnation = at.incarnation;
		reading->from = at.seq;
		/* All zeros have been read by who has read nothing. */
		if (at.incarnation == 0 && at.seq == 0)
			reading->start = START_BEGINNING;
	} else {
		fail(r, E_BAD_VALUE, offset.n ? "invalid offset: it must be "
		    "-1, now, or what Stream-Next-Offset said" :
		    "missing offset");
	}
}

/* Where to begin. An offset wins over a time. */
static void
read_start(struct request *r, struct reading *reading)
{
	struct text offset = query_text(r, "offset");
	struct text since = query_text(r, "since");

	reading->start = START_BEGINNING;
	reading->incarnation = ANY_INCARNATION;
	if (request_failed(r))
		return;
	if (offset.p) {
		read_offset(r, reading, offset);
	} else if (since.p) {
		reading->start = START_SINCE;
		if (!time_read(since, &reading->since_us))
			fail(r, E_BAD_VALUE, "since must be an RFC 3339 time "
			    "or Unix nanoseconds");
	} else if (reading->live != LIVE_NOT) {
		fail(r, E_BAD_VALUE, "a live read needs an offset");
	}
}

static void
read_waiting(struct request *r, struct reading *reading)
{
	struct text timeout = query_text(r, "timeout");
	struct text cursor = query_text(r, "cursor");

	if (!timeout.p)
		timeout = query_text(r, "timeout_ms");
	reading->timeout_ms = settings.long_poll_default_ms;
	if (timeout.p && !request_failed(r) &&
	    !duration_read(timeout, 1, &reading->timeout_ms))
		fail(r, E_BAD_VALUE, "invalid timeout: it must be "
		    "milliseconds, or a number with ms, s, m, h or d");
	if (reading->timeout_ms > LONG_POLL_MAX)
		reading->timeout_ms = LONG_POLL_MAX;
	/* What is no number is no cursor of ours. */
	if (!count_read(cursor, &reading->cursor))
		reading->cursor = -1;
}

static void
read_key(struct request *r, struct reading *reading, struct text path_key)
{
	reading->key = path_key.p ? path_key : query_text(r, "key");
	if (reading->key.n > STREAM_KEY_BYTES_MAX)
		fail(r, E_BAD_VALUE, "key must have at most "
		    "STREAM_KEY_BYTES_MAX (%d) bytes", STREAM_KEY_BYTES_MAX);
}

struct reading *
reading_begin(struct request *r, struct text path_key)
{
	struct reading *reading = arena_alloc(r->arena, sizeof(*reading));

	reading->name = stream_name(r, ACTION_READ);
	if (request_failed(r))
		return NULL;
	read_live(r, reading);
	read_format(r, reading);
	read_start(r, reading);
	read_waiting(r, reading);
	read_key(r, reading, path_key);
	return request_failed(r) ? NULL : reading;
}

bool
reading_locate(struct request *r, struct reading *reading,
    struct stream *stream)
{
	if (!stream_find(r, reading->name, stream))
		return false;
	reading->incarnation = stream->incarnation;
	reading->from = stream->next_seq;
	return reading->start == START_NOW ||
	    entry_since(r, stream, reading->since_us, &reading->from);
}

struct page_wish
reading_wish(const struct reading *reading, int64_t bytes_max)
{
	return (struct page_wish){
		.name = reading->name,
		.incarnation = reading->start == START_BEGINNING ?
		    ANY_INCARNATION : reading->incarnation,
		.from = reading->from,
		.sparse = reading->sparse,
		.key = reading->key,
		.bytes_max = bytes_max,
	};
}

bool
reading_is_json(struct request *r, const struct reading *reading,
    const struct stream *stream)
{
	bool json = stream_is_json(stream);

	if (reading->format == FORMAT_JSON && !json)
		fail(r, E_BAD_VALUE, "invalid format: json is for streams of "
		    "application/json");
	return json && reading->format != FORMAT_RAW;
}

/*
 * Who holds an offset behind the end (of another stream, or of a database
 * that was set back) is told that there is nothing more, as at the end: who
 * is not up to date asks again at once, and would do so for ever.
 */
bool
reading_is_at_end(const struct stream *stream, int64_t next)
{
	return next >= stream->next_seq;
}

void
reading_headers(struct request *r, const struct stream *stream, int64_t next)
{
	bool at_end = reading_is_at_end(stream, next);

	reply_offset(r, "Stream-Next-Offset", stream->incarnation, next);
	reply_offset(r, "Stream-End-Offset", stream->incarnation,
	    stream->next_seq);
	if (at_end)
		reply_header(r, "Stream-Up-To-Date", "true");
	if (at_end && stream->closed)
		reply_header(r, "Stream-Closed", "true");
}

/*
 * One statement, and only when it would change something. Should it fail, the
 * reader has its entries all the same, and the next one tries again.
 */
void
reading_renew(struct request *r, const struct stream *stream)
{
	struct pg_result *result;
	struct arena *arena;
	struct params p;
	int64_t gain_us;

	if (stream->ttl_ms == NO_TTL)
		return; /* and may have no time of expiry either */
	gain_us = clock_wall_us() + stream->ttl_ms * 1000 - stream->expires_us;
	if (gain_us < 100 * 1000 || gain_us < stream->ttl_ms * 1000 / 20)
		return;
	arena = arena_new();
	params_init(&p, arena);
	param_bigint(&p, stream->id);
	param_integer(&p, stream->incarnation);
	if (db_run(r->db, STATEMENT_stream_touch, &p, &result) == DB_DONE)
		rows_free(result);
	arena_free(arena);
}

int64_t
reading_cursor(const struct reading *reading)
{
	int64_t now = (clock_wall_us() / 1000000 - CURSOR_EPOCH_S) /
	    CURSOR_INTERVAL_S;
	uint32_t random;

	if (reading->cursor < now || reading->cursor > INT64_MAX / 2)
		return now;
	must(getrandom(&random, sizeof(random), 0) == sizeof(random));
	return reading->cursor + 1 +
	    random % (CURSOR_LEAP_S / CURSOR_INTERVAL_S);
}
