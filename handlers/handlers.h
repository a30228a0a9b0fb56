/*
 * The handlers, declared from the route table.
 */
#ifndef HANDLERS_HANDLERS_H
#define HANDLERS_HANDLERS_H

#include "fcgi/route.h"

extern const struct door queue_door, streams_door, subscriptions_door,
    plates_door;

#define ROUTE(method, pattern, name, access, door) \
	enum verdict name(struct request *r);
#include "handlers/routes.def"
#undef ROUTE

#endif
