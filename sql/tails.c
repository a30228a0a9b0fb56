/*
 * A hash table of tails, each with the last few pages that were read for all
 * who wait there.
 *
 * Of those who find a tail stale one reads it for all. The others wait for
 * him on their threads, for a moment: that is how long a read takes, and to
 * park thousands of them and wake them again would cost more. If he takes
 * longer they do park, and so do all who come until he is back.
 */
#include "sql/tails.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "fcgi/clock.h"
#include "fcgi/limits.h"
#include "fcgi/must.h"
#include "sql/db.h"
#include "sql/wake.h"

enum {
	BUCKETS = 1 << 14,
	BUSY_WAIT_MS = 5,
	LOOK_INTERVAL_MS = 1000,
	/* Of one statement; the next follows at once. */
	LOOK_AT_ONCE = 4096
};

struct tail {
	int64_t stream_id;
	struct tail *next; /* in its bucket */
	uint32_t watchers;
	bool known;	/* what follows has been read */
	bool closed;
	bool stale;	/* it may have moved since */
	bool reading;	/* somebody reads it for all, from reading_from on */
	bool slow;	/* he takes long */
	bool crowd;	/* others have parked meanwhile */
	int32_t incarnation;
	int64_t next_seq;
	int64_t reading_from;
	int64_t renewed_us;
	struct tail_page *newest;
	size_t bytes; /* of all pages */
};

/* The columns of stream_tails. */
enum { STREAM_ID, INCARNATION, NEXT_SEQ, CLOSED, LIVE };

static struct {
	pthread_mutex_t lock;
	pthread_cond_t known; /* somebody who read for all is back */
	struct tail *bucket[BUCKETS];
	size_t bytes; /* of all pages of all tails */
	int place;	/* of the next look, in buckets */
	int places;	/* still to be looked at without a pause */
	int64_t look_after_us;
} tails = { .lock = PTHREAD_MUTEX_INITIALIZER,
	.known = PTHREAD_COND_INITIALIZER };

static struct tail **
slot_of(int64_t stream_id)
{
	uint64_t hash = (uint64_t)stream_id * 0x9e3779b97f4a7c15u;
	struct tail **slot = &tails.bucket[(hash ^ hash >> 29) % BUCKETS];

	while (*slot && (*slot)->stream_id != stream_id)
		slot = &(*slot)->next;
	return slot;
}

void
tail_page_drop(struct tail_page *take_page)
{
	if (--take_page->users == 0)
		free(take_page);
}

/* Lock held, as below wherever a tail is touched. */
static void
drop_oldest(struct tail *tail)
{
	struct tail_page **page = &tail->newest;

	while ((*page)->older)
		page = &(*page)->older;
	tail->bytes -= (*page)->bytes.n;
	tails.bytes -= (*page)->bytes.n;
	tail_page_drop(*page);
	*page = NULL;
}

static void
drop_pages(struct tail *tail)
{
	while (tail->newest)
		drop_oldest(tail);
}

struct tail *
tail_watch(int64_t stream_id)
{
	struct tail **slot, *tail;

	pthread_mutex_lock(&tails.lock);
	slot = slot_of(stream_id);
	if (!*slot) {
		*slot = calloc(1, sizeof(**slot));
		must(*slot);
		(*slot)->stream_id = stream_id;
	}
	tail = *slot;
	tail->watchers++;
	pthread_mutex_unlock(&tails.lock);
	return tail;
}

void
tail_leave(struct tail *tail)
{
	struct tail **slot;

	pthread_mutex_lock(&tails.lock);
	if (--tail->watchers == 0) {
		drop_pages(tail);
		slot = slot_of(tail->stream_id);
		*slot = tail->next;
		free(tail);
	}
	pthread_mutex_unlock(&tails.lock);
}

static struct tail_page *
find_page(const struct tail *tail, int64_t seq)
{
	struct tail_page *page = tail->newest;

	while (page && page->from != seq)
		page = page->older;
	return page;
}

/* What has changed since it sets out he may miss, so `stale` ends now. */
static enum tail_look
read_for_all(struct tail *tail, int64_t seq)
{
	tail->reading = true;
	tail->reading_from = seq;
	tail->stale = false;
	return TAIL_READ_FOR_ALL;
}

static enum tail_look
decide(struct tail *tail, int32_t incarnation, int64_t seq, bool shares,
    struct tail_view *view)
{
	if (tail->known && tail->incarnation != incarnation)
		return TAIL_READ; /* and learn that this life is over */
	if (tail->known && seq < tail->next_seq) {
		view->page = shares ? find_page(tail, seq) : NULL;
		if (view->page) {
			view->page->users++;
			return TAIL_PAGE;
		}
		if (shares && !tail->reading)
			return read_for_all(tail, seq);
		return shares && tail->reading_from == seq ? TAIL_BUSY :
		    TAIL_READ;
	}
	if (tail->reading)
		return TAIL_BUSY;
	if (tail->stale || !tail->known)
		return read_for_all(tail, seq);
	return TAIL_QUIET;
}

static struct timespec
moment_after(int64_t ms)
{
	struct timespec at;

	must(clock_gettime(CLOCK_REALTIME, &at) == 0);
	at.tv_nsec += ms * 1000000;
	at.tv_sec += at.tv_nsec / 1000000000;
	at.tv_nsec %= 1000000000;
	return at;
}

enum tail_look
tail_look(struct tail *tail, int32_t incarnation, int64_t seq, bool shares,
    struct tail_view *view)
{
	struct timespec until = moment_after(BUSY_WAIT_MS);
	enum tail_look look;

	*view = (struct tail_view){ 0 };
	pthread_mutex_lock(&tails.lock);
	while ((look = decide(tail, incarnation, seq, shares, view)) ==
	    TAIL_BUSY && !tail->slow)
		if (pthread_cond_timedwait(&tails.known, &tails.lock,
		    &until) == ETIMEDOUT)
			tail->slow = tail->reading;
	if (look == TAIL_BUSY)
		tail->crowd = true;
	view->next_seq = tail->next_seq;
	view->closed = tail->closed;
	/* The page may be older than what we were woken for. */
	view->more = tail->stale || tail->reading;
	pthread_mutex_unlock(&tails.lock);
	return look;
}

static void
know(struct tail *tail, const struct stream *stream)
{
	if (!tail->known || stream->incarnation != tail->incarnation) {
		/* Who is late may have read of a life that is over. */
		if (tail->known && stream->incarnation < tail->incarnation)
			return;
		drop_pages(tail);
		tail->known = true;
		tail->incarnation = stream->incarnation;
		tail->next_seq = stream->next_seq;
		tail->closed = stream->closed;
		return;
	}
	if (stream->next_seq > tail->next_seq)
		tail->next_seq = stream->next_seq;
	tail->closed = tail->closed || stream->closed;
}

void
tail_know(struct tail *tail, const struct stream *stream)
{
	pthread_mutex_lock(&tails.lock);
	know(tail, stream);
	pthread_mutex_unlock(&tails.lock);
}

static struct tail_page *
page_new(int64_t from, int64_t next, struct text bytes)
{
	struct tail_page *page = malloc(sizeof(*page) + bytes.n);

	must(page);
	memcpy(page + 1, bytes.p, bytes.n);
	*page = (struct tail_page){ .users = 1, .from = from, .next = next,
		.bytes = { (char *)(page + 1), bytes.n } };
	return page;
}

/* Keep it for the others, in the place of what was read before them all. */
static void
keep(struct tail *tail, struct tail_page *take_page)
{
	int pages = 1;

	for (struct tail_page *p = tail->newest; p; p = p->older)
		pages++;
	take_page->older = tail->newest;
	tail->newest = take_page;
	tail->bytes += take_page->bytes.n;
	tails.bytes += take_page->bytes.n;
	while (pages > 1 && (pages > TAIL_PAGES_MAX ||
	    tail->bytes > TAIL_BYTES_MAX)) {
		drop_oldest(tail);
		pages--;
	}
	if (tails.bytes > TAILS_BYTES_MAX)
		drop_pages(tail);
}

void
tail_know_for_all(struct tail *tail, const struct stream *stream, int64_t from,
    int64_t next, struct text bytes)
{
	struct tail_page *page = stream && bytes.n && tail_is_shared(tail) ?
	    page_new(from, next, bytes) : NULL;
	bool crowd;

	pthread_mutex_lock(&tails.lock);
	must(tail->reading);
	if (stream)
		know(tail, stream);
	else
		tail->stale = true;
	if (page && stream->incarnation == tail->incarnation)
		keep(tail, page);
	else if (page)
		tail_page_drop(page);
	crowd = tail->crowd;
	tail->reading = tail->slow = tail->crowd = false;
	pthread_cond_broadcast(&tails.known);
	pthread_mutex_unlock(&tails.lock);
	if (crowd)
		lot_wake(stream_channel(tail->stream_id), WAKE_ALL);
}

bool
tail_is_shared(struct tail *tail)
{
	bool shared;

	pthread_mutex_lock(&tails.lock);
	shared = tail->watchers > 1;
	pthread_mutex_unlock(&tails.lock);
	return shared;
}

bool
tail_renews(struct tail *tail, int64_t interval_us)
{
	int64_t now = clock_monotonic_us();
	bool renews;

	pthread_mutex_lock(&tails.lock);
	renews = now >= tail->renewed_us + interval_us;
	if (renews)
		tail->renewed_us = now;
	pthread_mutex_unlock(&tails.lock);
	return renews;
}

void
tails_moved(int64_t stream_id)
{
	struct tail *tail;

	pthread_mutex_lock(&tails.lock);
	tail = *slot_of(stream_id);
	if (tail)
		tail->stale = true;
	pthread_mutex_unlock(&tails.lock);
}

void
tails_may_have_moved(void)
{
	pthread_mutex_lock(&tails.lock);
	tails.places = BUCKETS;
	pthread_mutex_unlock(&tails.lock);
}

bool
tails_hurry(void)
{
	bool hurry;

	pthread_mutex_lock(&tails.lock);
	hurry = tails.places > 0;
	pthread_mutex_unlock(&tails.lock);
	return hurry;
}

/* The streams in the next buckets, LOOK_AT_ONCE or a few more. */
static int
next_ids(int64_t **ids, int *room)
{
	int n = 0;

	pthread_mutex_lock(&tails.lock);
	for (; tails.places > 0 && n < LOOK_AT_ONCE; tails.places--) {
		struct tail *tail = tails.bucket[tails.place];

		tails.place = (tails.place + 1) % BUCKETS;
		for (; tail; tail = tail->next) {
			if (n == *room) {
				*room = *room ? 2 * *room : 64;
				*ids = realloc(*ids,
				    (size_t)*room * sizeof(**ids));
				must(*ids);
			}
			(*ids)[n++] = tail->stream_id;
		}
	}
	pthread_mutex_unlock(&tails.lock);
	return n;
}

/* Has it moved from what is known? Then it is stale. */
static bool
compare(const struct pg_result *rows, int i)
{
	struct tail *tail;
	bool moved;

	pthread_mutex_lock(&tails.lock);
	tail = *slot_of(row_bigint(rows, i, STREAM_ID));
	moved = tail && tail->known && (!row_bool(rows, i, LIVE) ||
	    row_integer(rows, i, INCARNATION) != tail->incarnation ||
	    row_bigint(rows, i, NEXT_SEQ) > tail->next_seq ||
	    row_bool(rows, i, CLOSED) > tail->closed);
	if (moved)
		tail->stale = true;
	pthread_mutex_unlock(&tails.lock);
	return moved;
}

static void
look_up(struct db *db, const int64_t *ids, int n)
{
	struct arena *arena = arena_new();
	struct pg_result *rows;
	struct params p;

	params_init(&p, arena);
	param_bigints(&p, ids, NULL, n);
	/* Should it fail, the next round looks again. */
	if (db_run(db, STATEMENT_stream_tails, &p, &rows) == DB_DONE) {
		for (int i = 0; i < row_count(rows); i++)
			if (compare(rows, i))
				lot_wake(stream_channel(row_bigint(rows, i,
				    STREAM_ID)), WAKE_ALL);
		rows_free(rows);
	}
	arena_free(arena);
}

void
tails_tick(struct db *db, int64_t now_us)
{
	int64_t *ids = NULL;
	int room = 0, n;

	if (now_us >= tails.look_after_us) {
		tails.look_after_us = now_us + LOOK_INTERVAL_MS * 1000;
		pthread_mutex_lock(&tails.lock);
		if (tails.places == 0)
			tails.places = (BUCKETS + TAILS_LOOK_S - 1) /
			    TAILS_LOOK_S;
		pthread_mutex_unlock(&tails.lock);
	}
	while ((n = next_ids(&ids, &room)) > 0)
		look_up(db, ids, n);
	free(ids);
}
