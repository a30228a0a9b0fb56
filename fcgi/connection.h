/*
 * A FastCGI connection and the request on it. Private to the engine, the lot
 * and fastcgi.c.
 *
 * Each state has one mover, so that a connection is in one place at a time:
 *
 *	IDLE	armed in epoll for its next request, whose event makes it READY
 *	READY	in line for a thread; a thread makes it RUNNING
 *	RUNNING	a thread's own; that thread moves it on
 *	PARKED	in the lot; a wake-up, its deadline or a hang-up makes it READY
 *	TURN	its write waits; whoever runs its turn makes it RUNNING
 *	SENDING	the socket is full; room, its peer's end or SEND_STALL_MS
 *		without either makes it READY
 *	CLOSED	spare memory for the next connection
 *
 * `state`, `woken`, `stirred` and the lot's fields are guarded by the lot's
 * lock; the rest belongs to whoever the state says.
 */
#ifndef FCGI_CONNECTION_H
#define FCGI_CONNECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/lot.h"
#include "fcgi/metrics.h"
#include "fcgi/request.h"
#include "fcgi/timers.h"

struct fastcgi;
struct channel;
struct connection;

enum connection_state {
	CONNECTION_IDLE,
	CONNECTION_READY,
	CONNECTION_RUNNING,
	CONNECTION_PARKED,
	CONNECTION_TURN,
	CONNECTION_SENDING,
	CONNECTION_CLOSED
};

/* What follows when all bytes of the reply so far have been sent. */
enum next_step { STEP_CALL, STEP_PARK, STEP_END };

/* One request's place in one channel. */
struct listening {
	struct connection *connection;
	struct channel *channel;
	struct listening *previous, *next;
	bool woken;	/* in the channel's woken list, not its waiting list */
	bool looks;	/* it was woken for the look that is under way */
};

struct connection {
	struct request request;
	struct fastcgi *fastcgi;
	struct connection *next;	/* in the ready line or spare list */
	enum connection_state state;
	bool begun;	/* it has a request; otherwise one is to be read */
	bool called;	/* its handler has been called */
	bool streaming;	/* the beginning of its reply is on its way */
	enum next_step step;
	int64_t stalls_us;	/* monotonic; 0 unless bytes wait */
	bool woken;	/* it owes one more look */
	bool stirred;	/* epoll reported it while it was nobody's to move */
	/* READY, was IDLE, and epoll has seen bytes and no end: an event that
	 * is late is of another kind, for only who is IDLE waits for bytes. */
	bool has_bytes;
	int64_t opened_us;	/* monotonic */
	int64_t parked_us;	/* monotonic; and which gauge counts it */
	enum metric parked_for;
	uint64_t ticket;	/* its place in every line, by arrival */
	uint64_t calls_to_all;	/* the lot's count at its last look */
	struct timer deadline;
	int listenings;
	struct listening listening[CHANNELS_PER_REQUEST_MAX];
};

/* A new one, RUNNING and without a request. */
struct connection *connection_open(int take_fd);

/* Forget the last request, whose arena has been reset. */
void connection_begin(struct connection *c);

/* A RUNNING one ends; its memory waits for the next. */
void connection_close(struct connection *take_c);

/* How many are open now. */
uint32_t connections_open(void);

/* Give back the memory of those that are closed; no thread is left. */
void connections_free(void);

static inline struct connection *
connection_of(const struct request *r)
{
	return (struct connection *)((char *)(uintptr_t)r -
	    offsetof(struct connection, request));
}

#endif
