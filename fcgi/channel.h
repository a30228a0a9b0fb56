/*
 * Channels and the lines in front of them: what the lot is made of. Private
 * to the lot, whose lock guards all of it.
 */
#ifndef FCGI_CHANNEL_H
#define FCGI_CHANNEL_H

#include "fcgi/connection.h"

/* A line, in order of tickets. */
struct waiters {
	struct listening *first, *last;
};

struct channel {
	struct channel_key key;
	struct channel *next; /* in its bucket */
	struct waiters waiting, woken;
	uint32_t listeners;
	struct timer due;
};

/* NULL if nobody listens on it. */
struct channel *channel_find(struct channel_key key);
/* Made if it is not there. */
struct channel *channel_get(struct channel_key key);
void channel_drop(struct channel *take_channel, struct timers *timers);
void channels_drop_all(struct timers *timers);

void waiters_insert(struct waiters *w, struct listening *l);
void waiters_remove(struct waiters *w, struct listening *l);

#endif
