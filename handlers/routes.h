/*
 * The route table, and the way of a request through it.
 */
#ifndef HANDLERS_ROUTES_H
#define HANDLERS_ROUTES_H

#include <stdio.h>

#include "fcgi/route.h"

/* Register the table; before the first request. */
void routes_start(void);

/*
 * The engine's serve hook: find the route, identify, allow, call the handler.
 * A request that waits is identified anew before each call, so whoever loses
 * the right to wait stops waiting.
 */
enum verdict routes_serve(struct request *r);

/* All of them, in the order of routes.def; the last one has no name. */
const struct route *routes_table(void);

/* One line a route: method, pattern, name, access, door. */
void routes_print(FILE *out);

#endif
