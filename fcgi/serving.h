/*
 * What a thread does with a connection. Private to the engine.
 */
#ifndef FCGI_SERVING_H
#define FCGI_SERVING_H

#include "fcgi/connection.h"
#include "fcgi/engine.h"

/* gone() is called whenever a connection has ended. */
void serving_start(const struct engine_hooks *hooks, void (*gone)(void));

/* Take up a READY connection, and bring it as far as it goes. */
void serving_take_up(struct connection *c, struct db *db);

#endif
