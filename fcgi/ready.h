/*
 * The ready line: connections that a thread is to take up, first come first
 * served. Private to the engine and the lot.
 */
#ifndef FCGI_READY_H
#define FCGI_READY_H

#include "fcgi/connection.h"

/* Add READY connections, linked by `next`; as many threads wake up. */
void ready_put(struct connection *take_chain);

/* Wait for the next; NULL once the line has ended and is empty. */
struct connection *ready_take(void);

/* No more will come. */
void ready_end(void);

#endif
