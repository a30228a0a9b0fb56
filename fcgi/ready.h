/*
 * What threads take up next: connections in the ready line, and those that
 * epoll reports. Private to the engine and the lot.
 */
#ifndef FCGI_READY_H
#define FCGI_READY_H

#include "fcgi/connection.h"

void ready_start(void);
void ready_stop(void);

/* What an idle, a parked and a sending connection waits for. */
enum ready_for { READY_FOR_REQUEST, READY_FOR_END, READY_FOR_ROOM };

/*
 * Report the connection once: when that comes, and in any case when the peer
 * closes. `new` ones are armed for the first time.
 */
void ready_arm(struct connection *c, bool new, enum ready_for what);

/* Add READY connections, linked by `next`, to the line. */
void ready_put(struct connection *take_chain);

/* Wait for the next READY connection; NULL once all threads are to end. */
struct connection *ready_take(void);

/* Threads find nothing any more. */
void ready_end(void);

#endif
