/*
 * The parking lot: requests that wait, as plain data. A waiting request costs
 * a descriptor and a few KiB, no thread.
 *
 * A channel is what requests wait for: a kind and an id (a topic, a stream).
 * A request listens *before* it looks. The other order has a gap: a write
 * between the look and the promise would wake nobody. It keeps its place in
 * the channel from the first lot_listen until it is done, so first come is
 * first served, however often it looks in vain.
 *
 * A wake-up obliges the request to one more look. A request that ends with a
 * wake-up it has not used passes it on to the next in line; if there is none,
 * to whoever cares for the waiters of other processes.
 *
 * Any thread may call these functions; one lock guards the whole lot.
 */
#ifndef FCGI_LOT_H
#define FCGI_LOT_H

#include <stdint.h>

#include "fcgi/request.h"

enum channel_kind {
	CHANNEL_TOPIC = 1,	/* id: topic id, DLQ: its complement */
	CHANNEL_HASH = 2,	/* a password hash may run here; id 0 */
	CHANNEL_STREAM = 3,	/* id: stream id */
	CHANNEL_SUBSCRIPTIONS = 4, /* one has changed; id 0 */
	CHANNEL_GROUP = 5,	/* id: made of a stream's name and a group's */
	CHANNEL_DELIVERIES = 6,	/* id: made of a topic's and a group's name,
				 * for dead letters its complement */
	CHANNEL_SCRAPE = 7	/* figures that another scrape asks for; id 0 */
};

struct channel_key {
	uint32_t kind;
	int64_t id;
};

#define WAKE_ALL UINT32_MAX

/* Promise to look. Again on the same channel is a no-op. */
void lot_listen(struct request *r, struct channel_key key);

/* Wake the first `count` waiters that have no wake-up yet; how many it were. */
uint32_t lot_wake(struct channel_key key, uint32_t count);

/* Wake one waiter at that monotonic time; the earliest such time counts. */
void lot_wake_at(struct channel_key key, int64_t at_us);

/* One more call for every parked request: rights or topology changed. */
void lot_wake_everyone(void);

/* How many requests listen on the channel in this process. */
uint32_t lot_waiting(struct channel_key key);

/* Requests parked now in this process. */
uint32_t lot_parked(void);

/* Call first() whenever a request parks in an empty lot. Set before use. */
void lot_on_first(void (*first)(void));

/* Call unused() for a wake-up that nobody here can use. Set before use. */
void lot_on_unused(void (*unused)(struct channel_key key));

#endif
