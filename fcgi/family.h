/*
 * Writing metrics in Prometheus' text format. fcgi/families.def is the table
 * of those whose labels are known only when they are written.
 */
#ifndef FCGI_FAMILY_H
#define FCGI_FAMILY_H

#include <stdint.h>

#include "fcgi/buffer.h"

enum family {
#define FAMILY(name, type, family, labels, help) FAMILY_##name,
#include "fcgi/families.def"
#undef FAMILY
	FAMILIES
};

/* FAMILIES if there is none of that name. */
enum family family_find(struct text name);

/* Its help and its type: once, before its samples. */
void family_begin(struct buffer *out, enum family family);

/*
 * A sample. The labels' values stand in the order of the table; an absent one
 * is left out, as Prometheus has it for an empty one.
 */
void family_sample(struct buffer *out, enum family family,
    const struct text *labels, struct text value);
void family_integer(struct buffer *out, enum family family,
    const struct text *labels, int64_t value);
/* Microseconds, shown in seconds. */
void family_seconds(struct buffer *out, enum family family,
    const struct text *labels, int64_t us);

/* The same with a suffix, as the samples of a histogram have one, and with
 * one label more unless its name is NULL. */
void family_open(struct buffer *out, enum family family, const char *suffix,
    const struct text *labels, const char *more, struct text value);

/* Seconds with all their digits. */
void print_seconds(struct buffer *out, int64_t us);

#endif
