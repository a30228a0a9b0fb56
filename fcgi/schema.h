/*
 * Avro schemas, and whether a text is what one of them describes.
 *
 * A schema is read into types, which lie in an arena and never change: any
 * number of threads may check against them. A payload is plain JSON: a union's
 * value stands there as it is, without the name of its branch, and fits if
 * one of the branches takes it. docs/queue.md says what each type takes, and
 * docs/decisions/avro.md why.
 *
 * Sentences say where: "/items/3/price: expected double, got string".
 */
#ifndef FCGI_SCHEMA_H
#define FCGI_SCHEMA_H

#include "fcgi/arena.h"

struct schema_type;

/*
 * The type that a schema describes, in `keep`, with nothing that points into
 * the text. NULL, and a sentence in `scratch`, if it is no schema.
 */
const struct schema_type *schema_read(struct arena *keep,
    struct arena *scratch, struct text schema, const char **why);

/*
 * Avro's own library is asked as well, and must agree: NULL if it does, else
 * what it says, in the arena. Only for what schema_read() has taken: what that
 * refuses must not get there.
 */
const char *schema_doubt(struct arena *arena, struct text schema);

/*
 * NULL if the payload is what the type describes, else a sentence that says
 * what is not, in the arena, which else is left as it was.
 */
const char *schema_misfit(const struct schema_type *type, struct arena *arena,
    struct text payload);

#endif
