/*
 * PUT /v1/stream/{name}: create a stream, with first entries, as a fork of
 * another; or see that it is there as it is wanted.
 */

#include "fcgi/clock.h"
#include "fcgi/limits.h"
#include "fcgi/must.h"
#include "fcgi/name_id.h"
#include "fcgi/route.h"
#include "handlers/handlers.h"
#include "handlers/streams/body.h"
#include "handlers/streams/stream.h"
#include "sql/stream_ends.h"
#include "sql/wake.h"

/* As sql/fn/stream_create.sql numbers them. */
enum create_status {
	CREATED,
	IS_THERE,
	IS_OTHERWISE,
	IS_GONE,
	HAS_EXPIRED,
	NO_SOURCE = 6,
	SOURCE_GONE,
	SOURCE_OTHER_TYPE,
	NO_POSITION,
	NOT_SO_MUCH,
	COME_AGAIN,
	OTHER_NAME,
	TOO_MANY_SEGMENTS,
	FORK_ON_PLATE,
	OTHER_TYPE_ON_PLATE,
	PLATE_ENDS
};

/* The columns of the statement stream_create. */
enum { STATUS, INCARNATION, NEXT_SEQ, CLOSED, CONTENT_TYPE };

/* A life that has expired is ended first; it takes a second try. */
enum { TRIES = 2 };

/* What is wanted. */
struct wish {
	int64_t id;
	struct text name;
	struct text content_type;	/* absent: the source's */
	struct text media_type;
	int64_t ttl_ms;			/* NO_TTL: none */
	int64_t expires_us;		/* INT64_MIN: never */
	bool closed;
	struct body body;
	struct text source;		/* absent: it is no fork */
	bool at_offset;			/* else at the source's end */
	bool any_life;			/* of the source */
	struct offset offset;
	int64_t sub_offset;
	int pause_ms;			/* before it is tried again */
};

/* Seconds, or a number with a unit; whole seconds in any case. */
static bool
read_ttl(struct text text, int64_t *ms)
{
	return duration_read(text, 1000, ms) && *ms % 1000 == 0;
}

static void
read_expiry(struct request *r, struct wish *wish)
{
	struct text ttl = header_text(r, "HTTP_STREAM_TTL");
	struct text at = header_text(r, "HTTP_STREAM_EXPIRES_AT");

	wish->ttl_ms = NO_TTL;
	wish->expires_us = INT64_MIN;
	if (request_failed(r))
		return;
	if (ttl.p && at.p)
		fail(r, E_BAD_VALUE, "Stream-TTL and Stream-Expires-At "
		    "exclude each other");
	else if (ttl.p && !read_ttl(ttl, &wish->ttl_ms))
		fail(r, E_BAD_VALUE, "Stream-TTL must be whole seconds, as in "
		    "3600 or 24h, 30m, 15s");
	else if (wish->ttl_ms / 1000 > STREAM_TTL_SECONDS_MAX)
		fail(r, E_BAD_VALUE, "Stream-TTL must be at most "
		    "STREAM_TTL_SECONDS_MAX (%d)", STREAM_TTL_SECONDS_MAX);
	else if (at.p && !clock_parse(at, &wish->expires_us))
		fail(r, E_BAD_VALUE, "Stream-Expires-At must be an RFC 3339 "
		    "time with Z or an offset");
}

/*
 * The source is given as the path of its URL. Who forks a stream reads it.
 */
static void
read_source(struct request *r, struct text path, struct wish *wish)
{
	static const struct text prefix = TEXT("/v1/stream/");
	struct text name = { path.p + prefix.n, path.n - prefix.n };

	if (path.n > prefix.n && memcmp(path.p, prefix.p, prefix.n) == 0) {
		while (name.n > 1 && name.p[name.n - 1] == '/')
			name.n--; /* as route_find() does */
		wish->source = percent_decode(r->arena, name, false);
	}
	if (!wish->source.n)
		fail(r, E_BAD_VALUE, "Stream-Forked-From must be a path, as "
		    "in /v1/stream/name");
	else if (wish->source.n > STREAM_NAME_BYTES_MAX)
		fail(r, E_BAD_VALUE, "the name in Stream-Forked-From is longer "
		    "than STREAM_NAME_BYTES_MAX (%d bytes)",
		    STREAM_NAME_BYTES_MAX);
	else
		(void)allow_stream(r, ACTION_READ, wish->source);
}

/*
 * Two spellings of other servers are understood: the one of the beginning,
 * and one that lies behind every end.
 */
static void
read_fork_offset(struct request *r, struct text text, struct wish *wish)
{
	static const struct text beginning =
	    TEXT("0000000000000000_0000000000000000");
	static const struct text behind =
	    TEXT("9999999999999999_9999999999999999");

	if (!text.p || request_failed(r))
		return;
	wish->at_offset = true;
	wish->any_life = true;
	if (text_equal(text, beginning) || text_equal(text, TEXT("-1")))
		wish->offset.seq = 0;
	else if (text_equal(text, behind))
		wish->offset.seq = INT64_MAX;
	else if (offset_parse(text, &wish->offset)) /* all zeros: of any */
		wish->any_life = !wish->offset.seq && !wish->offset.incarnation;
	else
		fail(r, E_BAD_VALUE,
		    "Stream-Fork-Offset must be an offset of the source");
}

static void
read_fork(struct request *r, struct wish *wish)
{
	struct text source = header_text(r, "HTTP_STREAM_FORKED_FROM");
	struct text offset = header_text(r, "HTTP_STREAM_FORK_OFFSET");
	struct text sub = header_text(r, "HTTP_STREAM_FORK_SUB_OFFSET");

	if (request_failed(r) || (!source.p && !offset.p && !sub.p))
		return;
	if (!source.p)
		fail(r, E_BAD_VALUE, "Stream-Fork-Offset and "
		    "Stream-Fork-Sub-Offset need Stream-Forked-From");
	else
		read_source(r, source, wish);
	read_fork_offset(r, offset, wish);
	if (request_failed(r) || !sub.p)
		return;
	if (!count_read(sub, &wish->sub_offset))
		fail(r, E_BAD_VALUE,
		    "Stream-Fork-Sub-Offset must be a non-negative integer");
	else if (wish->sub_offset && !wish->at_offset)
		fail(r, E_BAD_VALUE, "Stream-Fork-Sub-Offset needs "
		    "Stream-Fork-Offset: nothing follows the end");
}

/*
 * A fork that is not told its type has its source's; but to read a body we
 * have to know it. Should the source be another stream by the time the fork
 * is made, the types differ and it is refused.
 */
static void
take_source_type(struct request *r, struct wish *wish)
{
	const struct pg_result *rows;
	struct params p;

	params_init(&p, r->arena);
	param_bigint(&p, stream_id(wish->source));
	rows = db_call(r, STATEMENT_stream_get, &p);
	if (rows && row_count(rows))
		wish->media_type = row_text(rows, 0, 6);
}

static void
read_content(struct request *r, struct wish *wish)
{
	if (request_failed(r))
		return;
	if (r->content_type.n)
		wish->content_type = r->content_type;
	else if (!wish->source.p)
		wish->content_type = TEXT("application/octet-stream");
	else if (r->body.n)
		take_source_type(r, wish);
	if (wish->content_type.p)
		wish->media_type = media_type_of(r, wish->content_type);
	(void)body_read(r, wish->media_type, true, &wish->body);
}

static const struct pg_result *
create(struct request *r, const struct wish *wish)
{
	struct params p;

	params_init(&p, r->arena);
	param_bigint(&p, wish->id);
	param_text(&p, wish->name);
	param_text(&p, wish->content_type);
	param_text(&p, wish->media_type);
	if (wish->ttl_ms == NO_TTL)
		param_null(&p);
	else
		param_bigint(&p, wish->ttl_ms);
	if (wish->expires_us == INT64_MIN)
		param_null(&p);
	else
		param_time_or_beginning(&p, wish->expires_us);
	param_bool(&p, wish->closed);
	param_byteas(&p, wish->body.data, wish->body.count);
	if (wish->source.p)
		param_bigint(&p, stream_id(wish->source));
	else
		param_null(&p);
	param_text(&p, wish->source);
	if (wish->at_offset)
		param_bigint(&p, wish->offset.seq);
	else
		param_null(&p);
	if (wish->at_offset && !wish->any_life)
		param_integer(&p, wish->offset.incarnation);
	else
		param_null(&p);
	param_bigint(&p, wish->sub_offset);
	param_integer(&p, FORK_SEGMENTS_MAX);
	return db_call(r, STATEMENT_stream_create, &p);
}

/* The life that has expired ends before the next one begins. */
static bool
end_expired(struct request *r, const struct wish *wish)
{
	enum end_status status;
	enum db_outcome outcome = stream_end(r->db, r->arena, wish->id,
	    wish->name, END_EXPIRED, &status);

	if (outcome != DB_DONE)
		db_fail(r, outcome);
	return outcome == DB_DONE;
}

static enum verdict
reply(struct request *r, const struct wish *wish, const struct pg_result *rows)
{
	bool created = row_integer(rows, 0, STATUS) == CREATED;
	struct text host = request_variable(r, "HTTP_HOST");

	reply_body(r, created ? 201 : 200,
	    arena_string(r->arena, row_text(rows, 0, CONTENT_TYPE)));
	reply_offset(r, "Stream-Next-Offset", row_integer(rows, 0, INCARNATION),
	    row_bigint(rows, 0, NEXT_SEQ));
	reply_header(r, "Cache-Control", "no-store");
	if (row_bool(rows, 0, CLOSED))
		reply_header(r, "Stream-Closed", "true");
	if (created) {
		reply_header(r, "Location", "%s%.*s%.*s",
		    !host.n ? "" : r->https ? "https://" : "http://",
		    TEXT_ARG(host), TEXT_ARG(r->path));
		wake(stream_channel(wish->id), WAKE_ALL);
	}
	return DONE;
}

static enum verdict
refuse(struct request *r, enum create_status status)
{
	switch (status) {
	case CREATED:
	case IS_THERE:
	case HAS_EXPIRED:
	case COME_AGAIN:
		break;
	case IS_OTHERWISE:
		return fail(r, E_CONFLICT, "stream config mismatch");
	case IS_GONE:
		return fail(r, E_CONFLICT,
		    "the stream is deleted, but forks still live on it");
	case NO_SOURCE:
		return fail(r, E_NOT_FOUND, "source stream not found");
	case SOURCE_GONE:
		return fail(r, E_CONFLICT, "the source stream is deleted");
	case SOURCE_OTHER_TYPE:
		return fail(r, E_CONFLICT, "the source stream has another "
		    "content type");
	case NO_POSITION:
		return fail(r, E_BAD_VALUE,
		    "Stream-Fork-Offset is no offset of the source");
	case NOT_SO_MUCH:
		return fail(r, E_BAD_VALUE, "Stream-Fork-Sub-Offset goes "
		    "beyond what follows Stream-Fork-Offset");
	case OTHER_NAME:
		return fail(r, E_CONFLICT,
		    "another stream's name has the same id");
	case TOO_MANY_SEGMENTS:
		return fail(r, E_CONFLICT, "a fork has at most "
		    "FORK_SEGMENTS_MAX (%d) streams before it",
		    FORK_SEGMENTS_MAX);
	case FORK_ON_PLATE:
		return fail(r, E_CONFLICT, "the name is that of a plate's "
		    "key, which cannot be a fork");
	case OTHER_TYPE_ON_PLATE:
		return fail(r, E_CONFLICT, "the name is that of a plate's "
		    "key, whose content type is application/json");
	case PLATE_ENDS:
		return fail(r, E_CONFLICT, "the plate is being deleted");
	}
	must(false);
	return DONE;
}

static struct wish *
read_wish(struct request *r)
{
	struct wish *wish = arena_alloc(r->arena, sizeof(*wish));

	wish->name = stream_name(r, ACTION_WRITE);
	wish->closed = header_is_true(r, "HTTP_STREAM_CLOSED");
	read_expiry(r, wish);
	read_fork(r, wish);
	read_content(r, wish);
	if (request_failed(r))
		return NULL;
	wish->id = stream_id(wish->name);
	return wish;
}

static enum verdict
put(struct request *r)
{
	struct wish *wish = r->state ? r->state : read_wish(r);
	const struct pg_result *rows;
	enum create_status status = COME_AGAIN;

	if (!wish)
		return DONE;
	r->state = wish;
	for (int i = 0; i < TRIES; i++) {
		rows = create(r, wish);
		if (!rows)
			return DONE;
		status = (enum create_status)row_integer(rows, 0, STATUS);
		if (status == CREATED || status == IS_THERE)
			return reply(r, wish, rows);
		if (status == COME_AGAIN)
			break;
		if (status != HAS_EXPIRED)
			return refuse(r, status);
		if (!end_expired(r, wish))
			return DONE;
	}
	return stream_come_again(r, &wish->pause_ms);
}

enum verdict
stream_put(struct request *r)
{
	return stream_attempt(r, put);
}
