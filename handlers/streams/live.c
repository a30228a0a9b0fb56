/*
 * The first look reads the stream's row: there is no other way to learn
 * whether there is such a stream, and of what type. Each later one asks what
 * this process knows of the stream's end (sql/tails.h), and reads only if that
 * is behind the times or if there are entries that nobody has read yet.
 */
#include "handlers/streams/live.h"

#include "fcgi/clock.h"
#include "fcgi/name_id.h"
#include "sql/db.h"
#include "sql/tails.h"

enum {
	RENEW_MS_MIN = 100,
	/* The database's clock may be behind ours. */
	EXPIRY_LOOK_MS = 10
};

static void
leave(void *tail)
{
	tail_leave(tail);
}

static void
drop_page(void *page)
{
	tail_page_drop(page);
}

static bool
is_text(struct text media_type)
{
	static const struct text prefix = { "text/", 5 };

	return (media_type.n >= prefix.n &&
	    memcmp(media_type.p, prefix.p, prefix.n) == 0) ||
	    text_equal(media_type, TEXT("application/json"));
}

/*
 * Move on behind what was found. Who reads by key may have come further and
 * found nothing.
 */
static enum found
found(struct live_read *live, struct news *news, int64_t next)
{
	bool moved = next > live->reading->from;

	live->reading->from = next;
	news->more = news->more || (moved && next < news->stream.next_seq);
	if (news->bytes.p)
		return FOUND_ENTRIES;
	return news->stream.closed && next >= news->stream.next_seq ?
	    FOUND_END : FOUND_NOTHING;
}

static struct text
page_bytes(struct request *r, const struct live_read *live,
    const struct page *page)
{
	struct buffer bytes;

	if (!page->entries)
		return TEXT_ABSENT;
	buffer_init(&bytes, r->arena);
	page_write(page, live->json, &bytes);
	return (struct text){ bytes.p, bytes.n };
}

/* A cheap copy for the headers; its texts would not outlive the page. */
static void
remember(struct live_read *live, struct news *news,
    const struct stream *stream)
{
	news->stream = *stream;
	live->ttl_ms = stream->ttl_ms;
	live->expires_us = stream->ttl_ms == NO_TTL ? stream->expires_us :
	    INT64_MIN;
}

static int64_t
renewal_interval_us(const struct live_read *live)
{
	int64_t ms = live->ttl_ms / 4;

	return (ms > RENEW_MS_MIN ? ms : RENEW_MS_MIN) * 1000;
}

/* Who waits reads all the time. One of all who wait here does it. */
static void
renew(struct request *r, struct live_read *live)
{
	struct stream stream = {
		.id = stream_id(live->reading->name),
		.incarnation = live->reading->incarnation,
		.ttl_ms = live->ttl_ms,
		.expires_us = 0, /* we do not know: long ago */
	};
	int64_t now = clock_monotonic_us();

	if (live->ttl_ms == NO_TTL || now < live->renew_us)
		return;
	live->renew_us = now + renewal_interval_us(live);
	if (tail_renews(live->tail, renewal_interval_us(live) / 2))
		reading_renew(r, &stream);
}

int64_t
live_deadline(const struct live_read *live, int64_t until_us)
{
	int64_t now = clock_monotonic_us(), expires_us;
	int64_t soonest_us = now + EXPIRY_LOOK_MS * 1000;

	if (live->ttl_ms != NO_TTL && live->renew_us < until_us)
		until_us = live->renew_us;
	if (live->expires_us == INT64_MIN)
		return until_us;
	expires_us = now + live->expires_us - clock_wall_us();
	if (expires_us < soonest_us)
		expires_us = soonest_us;
	return expires_us < until_us ? expires_us : until_us;
}

static bool
has_expired(const struct live_read *live)
{
	return live->expires_us != INT64_MIN &&
	    clock_wall_us() >= live->expires_us;
}

static bool
read_page(struct request *r, struct live_read *live, struct news *news,
    struct page *page)
{
	struct page_wish wish = reading_wish(live->reading, LIVE_BYTES_MAX);
	struct stream stream;

	if (!page_read(r, r->arena, &wish, &stream, page))
		return false;
	remember(live, news, &stream);
	return true;
}

static enum found
read_alone(struct request *r, struct live_read *live, struct news *news)
{
	struct page page;

	if (!read_page(r, live, news, &page))
		return FOUND_FAILED;
	tail_know(live->tail, &news->stream);
	news->bytes = page_bytes(r, live, &page);
	return found(live, news, page.next);
}

/* Could others use a page as we read it? */
static bool
shares(const struct live_read *live)
{
	return !live->reading->key.p && live->reading->format != FORMAT_RAW;
}

static enum found
read_for_all(struct request *r, struct live_read *live, struct news *news)
{
	struct page page;

	if (!read_page(r, live, news, &page)) {
		tail_know_for_all(live->tail, NULL, 0, 0, TEXT_ABSENT);
		return FOUND_FAILED;
	}
	news->bytes = page_bytes(r, live, &page);
	tail_know_for_all(live->tail, &news->stream, page.from, page.next,
	    shares(live) ? news->bytes : TEXT_ABSENT);
	return found(live, news, page.next);
}

enum found
live_look(struct request *r, struct live_read *live, struct news *news)
{
	struct reading *reading = live->reading;
	struct tail_view view;
	enum tail_look look;

	*news = (struct news){ 0 };
	renew(r, live);
	if (has_expired(live))
		return read_alone(r, live, news);
	look = tail_look(live->tail, reading->incarnation, reading->from,
	    shares(live), &view);
	if (look == TAIL_READ)
		return read_alone(r, live, news);
	if (look == TAIL_READ_FOR_ALL)
		return read_for_all(r, live, news);
	news->stream = (struct stream){
		.incarnation = reading->incarnation,
		.next_seq = view.next_seq,
		.closed = view.closed,
	};
	if (look == TAIL_BUSY)
		return FOUND_NOTHING;
	if (look == TAIL_QUIET)
		return found(live, news, reading->from);
	news->more = view.more;
	arena_defer(r->arena, drop_page, view.page);
	news->bytes = view.page->bytes;
	return found(live, news, view.page->next);
}

static const char *
type_of(struct request *r, const struct live_read *live,
    const struct stream *stream)
{
	if (live->json)
		return "application/json";
	if (stream_is_json(stream))
		return "application/octet-stream";
	return arena_string(r->arena, stream->content_type);
}

/*
 * The stream's type has to be kept, and is known only after the first look,
 * whose rows are not to be kept: so they are in an arena of their own, but
 * for the entries.
 */
static enum found
look_first(struct request *r, struct live_read *live, int64_t bytes_max,
    struct news *news, struct arena *rows)
{
	struct reading *reading = live->reading;
	struct page_wish wish = reading_wish(reading, bytes_max);
	struct stream stream;
	struct page page;

	if (!page_read(r, rows, &wish, &stream, &page))
		return FOUND_FAILED;
	live->json = reading_is_json(r, reading, &stream);
	if (request_failed(r))
		return FOUND_FAILED;
	reading_renew(r, &stream);
	remember(live, news, &stream);
	tail_know(live->tail, &stream);
	live->renew_us = clock_monotonic_us() + renewal_interval_us(live);
	live->binary = !is_text(stream.media_type);
	live->type = type_of(r, live, &stream);
	if (reading->start == START_NOW)
		page.next = stream.next_seq;
	reading->start = START_OFFSET;
	reading->incarnation = stream.incarnation;
	reading->sparse = stream.has_ids;
	request_keep(r);
	news->bytes = page_bytes(r, live, &page);
	return found(live, news, page.next);
}

enum found
live_begin(struct request *r, struct reading *reading, int64_t bytes_max,
    struct live_read **live, struct news *news)
{
	int64_t id = stream_id(reading->name);
	struct stream stream;
	struct arena *rows;
	enum found found;

	*news = (struct news){ 0 };
	*live = arena_alloc(r->arena, sizeof(**live));
	(*live)->reading = reading;
	r->state = *live;
	lot_listen(r, stream_channel(id));
	(*live)->tail = tail_watch(id);
	arena_defer(r->arena, leave, (*live)->tail);
	if (reading->start == START_SINCE &&
	    !reading_locate(r, reading, &stream))
		return FOUND_FAILED;
	rows = arena_new();
	found = look_first(r, *live, bytes_max, news, rows);
	arena_free(rows);
	return found;
}
