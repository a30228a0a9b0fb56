/*
 * The fields of an entry as JSON: an object of strings in the order in which
 * they came, or an array of pairs where a field repeats.
 */
#ifndef HANDLERS_PLATES_FIELDS_H
#define HANDLERS_PLATES_FIELDS_H

#include "fcgi/arena.h"
#include "fcgi/text.h"

/* Field and value, field and value, as many pairs; UTF-8. In the arena. */
struct text fields_json(struct arena *arena, const struct text *words,
    int pairs);

#endif
