/*
 * Types and shapes of handlers/api.h as schemas of OpenAPI 3.1.
 */
#ifndef HANDLERS_OPENAPI_SCHEMA_H
#define HANDLERS_OPENAPI_SCHEMA_H

#include "fcgi/json_writer.h"
#include "handlers/api.h"

/* A type's schema; `says` may be NULL. Where `or_null`, null fits as well. */
void schema_type(struct json_writer *w, const struct api_type *type,
    const char *says, bool or_null);

/* {"$ref": "#/components/KIND/NAME"} */
void schema_reference(struct json_writer *w, const char *kind,
    const char *name);

/* The member "content" of a body or reply. */
void schema_content(struct json_writer *w, const char *media,
    const struct api_type *type);

/* A ROW_REPLY_HEADER, as a member of "headers" under that name. */
void schema_header(struct json_writer *w, const char *name,
    const struct api_row *header);

/* The headers of all replies of a door, as members of "headers". */
void schema_door_headers(struct json_writer *w, const char *door);

/* Those of all doors, which the members refer to, as members. */
void schema_headers(struct json_writer *w);

/* All shapes of the table, as members. */
void schema_shapes(struct json_writer *w);

#endif
