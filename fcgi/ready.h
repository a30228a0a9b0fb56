/*
 * What threads take up next: connections in the ready line, and those that
 * epoll reports. Private to the engine and the lot.
 */
#ifndef FCGI_READY_H
#define FCGI_READY_H

#include "fcgi/connection.h"

void ready_start(void);
void ready_stop(void);

/*
 * Report the connection once: when a request comes, if `requests`, and in any
 * case when the peer closes. `new` ones are armed for the first time.
 */
void ready_arm(struct connection *c, bool new, bool requests);

/* Add READY connections, linked by `next`, to the line. */
void ready_put(struct connection *take_chain);

/* Wait for the next READY connection; NULL once all threads are to end. */
struct connection *ready_take(void);

/* Threads find nothing any more. */
void ready_end(void);

#endif
