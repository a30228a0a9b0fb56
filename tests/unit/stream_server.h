/*
 * A server of streams that does as it is told, and says what it saw.
 */
#ifndef TESTS_UNIT_STREAM_SERVER_H
#define TESTS_UNIT_STREAM_SERVER_H

#include <stdatomic.h>

#include "fcgi/connection.h"
#include "fcgi/lot.h"
#include "fcgi/metrics.h"
#include "tests/unit/engine_server.h"

enum {
	LONG_US = 60000000,
	FLOOD_BYTES = 4 << 20,	/* more than sockets hold */
	LOOK_BYTES = 100000	/* what a look allocates */
};

enum order { WRITE, FLOOD, FLOOD_AND_END, ASK_TURN, BREAK, END };

static const struct channel_key channel = { 100, 1 };

/* What the server is told to do, and what it has seen. */
static struct {
	_Atomic int order;
	_Atomic uint32_t calls, drops, arena_bytes;
	_Atomic uint32_t parked, connections, hang_ups;
} *shared;

static void
count_drop(void *unused)
{
	(void)unused; /* what matters is when */
	shared->drops++;
}

/* A look allocates, and defers something. */
static void
look(struct request *r)
{
	shared->calls++;
	shared->arena_bytes = (uint32_t)arena_bytes(r->arena);
	arena_alloc(r->arena, LOOK_BYTES);
	arena_defer(r->arena, count_drop, shared);
	/* Over what the look before had there. */
	memset(arena_alloc_raw(r->arena, shared->calls % 4 * 100), 0xFF,
	    shared->calls % 4 * 100);
}

struct stream_state {
	int calls;
	struct turn_item *turn;
};

static void
flood(struct buffer *b)
{
	memset(buffer_reserve(b, FLOOD_BYTES), 'x', FLOOD_BYTES);
	b->n += FLOOD_BYTES;
}

static enum verdict
serve_stream(struct request *r)
{
	struct stream_state *state = r->state;
	struct buffer *b = &r->reply.body;

	if (!state) {
		state = r->state = arena_alloc(r->arena, sizeof(*state));
		state->turn = arena_alloc(r->arena, 1);
		lot_listen(r, channel);
		request_keep(r);
		reply_stream(r, 200, "text/event-stream");
	}
	if (r->turn) {
		r->turn = NULL;
		buffer_printf(b, "turned\n");
		return PARK;
	}
	look(r);
	buffer_printf(b, "call %d\n", ++state->calls);
	r->deadline_us = r->started_us + LONG_US;
	if (r->last_call) {
		buffer_printf(b, "bye\n");
		return DONE;
	}
	switch ((enum order)shared->order) {
	case WRITE:
		break;
	case FLOOD:
		flood(b);
		break;
	case FLOOD_AND_END:
		flood(b);
		return DONE;
	case ASK_TURN:
		r->turn = state->turn;
		return TURN;
	case BREAK:
		return fail(r, E_BUSY, FAIL_SENTENCE);
	case END:
		return DONE;
	}
	return PARK;
}

static enum verdict
serve_vain(struct request *r)
{
	lot_listen(r, channel);
	look(r);
	r->deadline_us = r->started_us + LONG_US;
	/* Whose memory goes with each look but the first. */
	if (r->state && !text_equal(query_text(r, "x"), TEXT("y")))
		return reply_empty(r, 500);
	r->state = r;
	reply_header(r, "X-In-Vain", "%d", 1);
	return shared->order == END ? reply_empty(r, 200) : PARK;
}

static enum verdict
serve_large(struct request *r)
{
	flood(reply_body(r, 200, "text/plain"));
	return DONE;
}

static void
submit(struct request *r, struct db *db)
{
	engine_resume(r, db);
}

static enum verdict
serve(struct request *r)
{
	if (text_equal(r->path, TEXT("/stream")))
		return serve_stream(r);
	if (text_equal(r->path, TEXT("/vain")))
		return serve_vain(r);
	if (text_equal(r->path, TEXT("/large")))
		return serve_large(r);
	if (text_equal(r->path, TEXT("/wake")))
		lot_wake(channel, WAKE_ALL);
	shared->parked = lot_parked();
	shared->connections = connections_open();
	shared->hang_ups = (uint32_t)metric_read(METRIC_hang_ups);
	return reply_empty(r, 200);
}

static const struct engine_hooks hooks = {
	.open = server_open,
	.close = server_close,
	.serve = serve,
	.submit = submit,
};

#endif
