/*
 * Parameters in PostgreSQL's binary format: integers and times big-endian,
 * an array as its header (dimensions, nulls, element type, length, lower
 * bound) and then each element behind its length.
 */
#include "sql/db.h"

#include <endian.h>
#include <string.h>

#include "fcgi/must.h"
#include "sql/pgtypes.h"

void
params_init(struct params *p, struct arena *arena)
{
	p->arena = arena;
	p->n = 0;
}

static void
add(struct params *p, const void *value, size_t length)
{
	must(p->n < SQL_PARAMETERS_MAX && length <= INT32_MAX);
	p->value[p->n] = value;
	p->length[p->n++] = (int)length;
}

static char *
put32(char *to, int32_t value)
{
	uint32_t wire = htobe32((uint32_t)value);

	memcpy(to, &wire, sizeof(wire));
	return to + sizeof(wire);
}

static char *
put64(char *to, int64_t value)
{
	uint64_t wire = htobe64((uint64_t)value);

	memcpy(to, &wire, sizeof(wire));
	return to + sizeof(wire);
}

void
param_bigint(struct params *p, int64_t value)
{
	char *wire = arena_alloc_raw(p->arena, 8);

	put64(wire, value);
	add(p, wire, 8);
}

void
param_integer(struct params *p, int32_t value)
{
	char *wire = arena_alloc_raw(p->arena, 4);

	put32(wire, value);
	add(p, wire, 4);
}

void
param_bool(struct params *p, bool value)
{
	add(p, value ? "\1" : "\0", 1);
}

void
param_text(struct params *p, struct text value)
{
	/* libpq takes a NULL pointer for null, so the empty text has one. */
	add(p, value.p, value.n);
}

void
param_uuid(struct params *p, const uint8_t value[16])
{
	add(p, arena_text(p->arena,
	    (struct text){ (const char *)value, 16 }).p, 16);
}

void
param_time_or_beginning(struct params *p, int64_t unix_us)
{
	/* The lowest int64 is how the wire says '-infinity'. */
	param_bigint(p, unix_us == INT64_MIN ? unix_us :
	    unix_us - PG_EPOCH_UNIX_US);
}

void
param_time_or_end(struct params *p, int64_t unix_us)
{
	param_bigint(p, unix_us == INT64_MAX ? unix_us :
	    unix_us - PG_EPOCH_UNIX_US);
}

void
param_null(struct params *p)
{
	add(p, NULL, 0);
}

/* An array's header; the elements follow. */
static char *
array_begin(struct params *p, int32_t element_type, int n, size_t bytes)
{
	size_t header = n ? 20 : 12;
	char *wire = arena_alloc_raw(p->arena, header + bytes), *to = wire;

	to = put32(to, n ? 1 : 0);
	to = put32(to, 1);	/* there may be nulls */
	to = put32(to, element_type);
	if (n) {
		to = put32(to, n);
		to = put32(to, 1);
	}
	add(p, wire, header + bytes);
	return to;
}

static char *
put_element_head(char *to, bool has, int32_t length)
{
	return put32(to, has ? length : -1);
}

void
param_bigints(struct params *p, const int64_t *v, const bool *has, int n)
{
	size_t nulls = 0;
	char *to;

	for (int i = 0; has && i < n; i++)
		nulls += !has[i];
	to = array_begin(p, PG_INT8, n, (size_t)n * 12 - nulls * 8);
	for (int i = 0; i < n; i++) {
		to = put_element_head(to, !has || has[i], 8);
		if (!has || has[i])
			to = put64(to, v[i]);
	}
}

void
param_integers(struct params *p, const int32_t *v, const bool *has, int n)
{
	size_t nulls = 0;
	char *to;

	for (int i = 0; has && i < n; i++)
		nulls += !has[i];
	to = array_begin(p, PG_INT4, n, (size_t)n * 8 - nulls * 4);
	for (int i = 0; i < n; i++) {
		to = put_element_head(to, !has || has[i], 4);
		if (!has || has[i])
			to = put32(to, v[i]);
	}
}

void
param_bools(struct params *p, const bool *v, int n)
{
	char *to = array_begin(p, PG_BOOL, n, (size_t)n * 5);

	for (int i = 0; i < n; i++) {
		to = put32(to, 1);
		*to++ = v[i];
	}
}

static void
param_runs(struct params *p, int32_t type, const struct text *v, int n)
{
	size_t bytes = 0;
	char *to;

	for (int i = 0; i < n; i++)
		bytes += 4 + (v[i].p ? v[i].n : 0);
	to = array_begin(p, type, n, bytes);
	for (int i = 0; i < n; i++) {
		must(v[i].n <= INT32_MAX);
		to = put_element_head(to, v[i].p, (int32_t)v[i].n);
		if (!v[i].p)
			continue;
		memcpy(to, v[i].p, v[i].n);
		to += v[i].n;
	}
}

void
param_texts(struct params *p, const struct text *v, int n)
{
	param_runs(p, PG_TEXT, v, n);
}

void
param_byteas(struct params *p, const struct text *v, int n)
{
	param_runs(p, PG_BYTEA, v, n);
}
