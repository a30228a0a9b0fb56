/*
 * The errors of operations, as responses of OpenAPI 3.1.
 */
#ifndef HANDLERS_OPENAPI_FAILURES_H
#define HANDLERS_OPENAPI_FAILURES_H

#include "fcgi/json_writer.h"
#include "fcgi/route.h"
#include "handlers/api.h"

/* An operation's errors of one status, if it has any, as a member. */
void failures_write(struct json_writer *w, const struct route *route,
    const struct api_row *described, int status);

/* What the house itself says, once for each door and status, as members. */
void failures_write_house(struct json_writer *w);

#endif
