/*
 * Avro's names: letters, digits and underscores, and dots between those of a
 * namespace. Private to schema_*.c.
 */
#ifndef FCGI_SCHEMA_NAMES_H
#define FCGI_SCHEMA_NAMES_H

#include "fcgi/arena.h"

bool schema_is_name(struct text name);

/* With or without a namespace before it. */
bool schema_is_full_name(struct text name);

/* What stands before the last dot; empty without one. */
struct text schema_namespace(struct text full_name);

/* What stands behind it. */
struct text schema_last_name(struct text full_name);

/* A name with dots is full already; others are of that namespace. */
struct text schema_full_name(struct arena *arena, struct text name,
    struct text space);

#endif
