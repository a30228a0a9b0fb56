/*
 * How a request travels. The thread that gets a connection's event reads the
 * request and calls the handler until it says DONE, PARK or TURN
 * (fcgi/request.h). What the reply holds is sent as far as the socket takes
 * it; while bytes are left the connection is SENDING and nobody's, and what
 * was to follow (the next step) follows when the last of them is gone. What is
 * done is answered, and its connection armed again.
 *
 * A connection is armed before its state says IDLE, PARKED or SENDING, and an
 * event that comes between is kept as its `stirred` mark: none is lost. An
 * event may also come late, when its connection has been closed since and its
 * memory is another's (fcgi/connection.c): so whoever gets an event asks the
 * connection whether it means anything.
 */
#include "fcgi/serving.h"

#include "fcgi/clock.h"
#include "fcgi/fastcgi.h"
#include "fcgi/latency.h"
#include "fcgi/log.h"
#include "fcgi/lot_private.h"
#include "fcgi/metrics.h"
#include "fcgi/must.h"
#include "fcgi/ready.h"
#include "fcgi/route.h"

static const struct engine_hooks *hooks;
static void (*gone)(void);
static int64_t stall_us;

void
serving_start(const struct engine_hooks *engine_hooks,
    void (*connection_gone)(void))
{
	hooks = engine_hooks;
	gone = connection_gone;
	stall_us = hooks->send_stall_ms ? hooks->send_stall_ms * 1000 :
	    SEND_STALL_MS * 1000;
}

static void
retire(struct connection *c)
{
	connection_close(c);
	gone();
}

/* The client hung up: nobody to answer. What has ended was counted then. */
static void
drop(struct connection *c)
{
	if (c->step != STEP_END) {
		metric_add(METRIC_hang_ups, 1);
		if (c->streaming)
			metric_add(METRIC_sse_readers, -1);
	}
	lot_forget(c, false);
	retire(c);
}

/* Wait for the next request; false if it was stirred meanwhile. */
static bool
idle(struct connection *c)
{
	ready_arm(c, false, READY_FOR_REQUEST);
	return lot_move(c, CONNECTION_IDLE);
}

/* From then on nginx closes the connection instead of using it again. */
static int64_t
front_lets_go_us(const struct connection *c)
{
	return c->opened_us + FRONT_REUSES_MS * 1000;
}

static bool
is_last_call(const struct connection *c)
{
	return engine_draining() &&
	    clock_monotonic_us() >= front_lets_go_us(c);
}

/* What its door says with every reply; not twice for one. */
static void
add_door_headers(struct connection *c)
{
	const struct door *door = route_door(&c->request);

	if (door->headers && !c->streaming)
		door->headers(&c->request);
}

/* DONE: the rest of the reply, then the end of the request. */
static void
begin_end(struct connection *c)
{
	struct request *r = &c->request;

	if (c->streaming && !r->reply.streams) {
		/* It failed in the middle: too late to say so. */
		must(request_failed(r));
		r->reply.body.n = 0;
	}
	lot_forget(c, !request_failed(r));
	add_door_headers(c);
	log_request(r);
	latency_add(r);
	if (c->streaming)
		metric_add(METRIC_sse_readers, -1);
	fastcgi_put(c->fastcgi, r, !c->streaming, true);
	c->step = STEP_END;
}

/* PARK: what a stream has so far, then the wait. */
static void
begin_park(struct connection *c)
{
	struct request *r = &c->request;
	struct reply *reply = &r->reply;

	if (r->last_call && !reply->streams)
		fail(r, E_BUSY, FAIL_SENTENCE);
	if (r->last_call || (reply->streams && r->method == METHOD_HEAD)) {
		begin_end(c);
		return;
	}
	must(reply->streams || !c->streaming);
	c->step = STEP_PARK;
	if (!reply->streams)
		return;
	add_door_headers(c);
	fastcgi_put(c->fastcgi, r, !c->streaming, false);
	if (!c->streaming)
		metric_add(METRIC_sse_readers, 1);
	c->streaming = true;
}

/*
 * Send on. False if the connection is somebody else's now: the socket is full,
 * or its peer gone.
 */
static bool
send_on(struct connection *c)
{
	for (;;) {
		enum fastcgi_sent sent = fastcgi_send(c->fastcgi);
		int64_t now_us;

		if (sent == FASTCGI_SENT_ALL) {
			c->stalls_us = 0;
			return true;
		}
		now_us = clock_monotonic_us();
		if (sent == FASTCGI_SENT_SOME || !c->stalls_us)
			c->stalls_us = now_us + stall_us;
		if (sent == FASTCGI_SENT_FAILED || now_us >= c->stalls_us ||
		    request_hung_up(&c->request)) {
			drop(c);
			return false;
		}
		ready_arm(c, false, READY_FOR_ROOM);
		if (lot_send(c, c->stalls_us))
			return false;
	}
}

/* What a look leaves behind when the request parks: see request_keep(). */
static void
forget_look(struct request *r)
{
	struct reply *reply = &r->reply;

	if (!r->keeps)
		request_keep(r);
	arena_rewind(r->arena, r->kept);
	r->parsed_query = r->kept_query;
	*reply = (struct reply){
		.status = reply->status,
		.streams = reply->streams,
		.streamed_bytes = reply->streamed_bytes + reply->body.n
	};
	buffer_init(&reply->body, r->arena);
}

/* Park it. False if it is to look again at once. */
static bool
park(struct connection *c)
{
	struct request *r = &c->request;

	c->step = STEP_CALL;
	forget_look(r);
	if (engine_draining() && r->deadline_us > front_lets_go_us(c))
		r->deadline_us = front_lets_go_us(c);
	/* No request comes before the answer to this one. */
	ready_arm(c, false, READY_FOR_END);
	return lot_park(c);
}

/* The reply has been sent. True if the connection may have another request. */
static bool
end(struct connection *c)
{
	if (!fastcgi_end(c->fastcgi)) {
		retire(c);
		return false;
	}
	arena_reset(c->request.arena);
	connection_begin(c);
	return !idle(c);
}

/*
 * Call the handler once. False if its request is a turn's now.
 *
 * A call with the outcome of a turn is no look: the look was the turn, and
 * what woke the request since then is owed another one, or the next in line.
 */
static bool
call(struct connection *c, struct db *db, bool looks)
{
	struct request *r = &c->request;

	c->called = true;
	if (looks)
		lot_look(c);
	r->db = db;
	r->last_call = is_last_call(c);
	switch (hooks->serve(r)) {
	case DONE:
		begin_end(c);
		break;
	case PARK:
		begin_park(c);
		break;
	case TURN:
		must(lot_move(c, CONNECTION_TURN));
		hooks->submit(r, db);
		return false;
	}
	return true;
}

/*
 * Bring the request on until it is somebody else's or answered. True if the
 * connection may have another request.
 *
 * Before a look we ask whether the client is still there, for what is found
 * would be nobody's; an outcome is told in any case.
 */
static bool
advance(struct connection *c, struct db *db, bool looks)
{
	for (;; looks = true) {
		if (c->step != STEP_CALL && !send_on(c))
			return false;
		if (c->step == STEP_END)
			return end(c);
		if (c->step == STEP_PARK && park(c))
			return false;
		if (c->called && looks && request_hung_up(&c->request)) {
			drop(c);
			return false;
		}
		if (!call(c, db, looks))
			return false;
	}
}

/* Read a request off the connection and advance it. */
static bool
read_and_advance(struct connection *c, struct db *db)
{
	if (!fastcgi_read(c->fastcgi, &c->request)) {
		retire(c);
		return false;
	}
	c->begun = true;
	c->request.started_us = clock_monotonic_us();
	return advance(c, db, true);
}

/* Take up what has come on a connection that has no request. */
static void
serve_next(struct connection *c, struct db *db)
{
	for (;;) {
		bool known = c->has_bytes;

		c->has_bytes = false;
		switch (known ? FASTCGI_BYTES : fastcgi_input(c->fastcgi)) {
		case FASTCGI_END:
			retire(c);
			return;
		case FASTCGI_NOTHING:
			if (idle(c))
				return;
			break;
		case FASTCGI_BYTES:
			if (!read_and_advance(c, db))
				return;
			break;
		}
	}
}

void
serving_take_up(struct connection *c, struct db *db)
{
	lot_resume(c);
	if (!c->begun || advance(c, db, true))
		serve_next(c, db);
}

void
engine_resume(struct request *r, struct db *db)
{
	struct connection *c = connection_of(r);

	lot_resume(c);
	if (advance(c, db, false))
		serve_next(c, db);
}
