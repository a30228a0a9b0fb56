/*
 * What this process knows of the end of a stream that somebody waits at. A
 * waiter that is called asks here first, and a look in vain costs no
 * statement; and the entries that one of many waiters has read are here for
 * the others.
 *
 * A tail is what the database said, or stale: when a commit or a note from
 * another process says that it may have moved. Notes may get lost, so once a
 * second some of all tails are looked up, in one statement, each of them in
 * every TAILS_LOOK_S seconds.
 *
 * Listen (lot_listen) before tail_watch, and watch before the first read.
 * Any thread may call these functions; one lock guards all tails.
 */
#ifndef SQL_TAILS_H
#define SQL_TAILS_H

#include "sql/streams.h"

struct db;
struct tail;

/* Entries that follow each other, as a reply of their stream has them. */
struct tail_page {
	_Atomic int users;
	int64_t from, next;
	struct tail_page *older;
	struct text bytes;
};

/* Someone waits at the stream's end; and does so no more. */
struct tail *tail_watch(int64_t stream_id);
void tail_leave(struct tail *tail);

enum tail_look {
	TAIL_QUIET,	/* there is nothing at that position */
	TAIL_PAGE,	/* there is a page, to be given back */
	TAIL_READ,	/* read it yourself, and tell tail_know() */
	TAIL_READ_FOR_ALL, /* read it, then tell tail_know_for_all() */
	TAIL_BUSY	/* somebody reads it for all: wait to be woken */
};

struct tail_view {
	struct tail_page *page;
	int64_t next_seq;
	bool closed;
	bool more;	/* look again, behind the page: nobody will wake you */
};

/*
 * What is there from seq on, in that life? The view is what is known, also
 * where more is to be read. `shares` is false for who has no use for pages.
 */
enum tail_look tail_look(struct tail *tail, int32_t incarnation, int64_t seq,
    bool shares, struct tail_view *view);

void tail_page_drop(struct tail_page *take_page);

/* This was read. */
void tail_know(struct tail *tail, const struct stream *stream);

/*
 * This was read for all: the entries from..next, if there are any, as bytes,
 * which are copied. With stream NULL the read has failed; whoever waits for it
 * tries for himself.
 */
void tail_know_for_all(struct tail *tail, const struct stream *stream,
    int64_t from, int64_t next, struct text bytes);

/* Are there others who could use what is read? */
bool tail_is_shared(struct tail *tail);

/* Is it our turn to renew the stream's time to live? At most once in that
 * time. */
bool tail_renews(struct tail *tail, int64_t interval_us);

/* For sql/wake.c: a stream may have moved; any of them may have. */
void tails_moved(int64_t stream_id);
void tails_may_have_moved(void);

/* Look up what is due to be, and wake whoever waits at what has moved. */
void tails_tick(struct db *db, int64_t now_us);
/* Is it to be called at once? */
bool tails_hurry(void);

#endif
