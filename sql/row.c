/*
 * Columns of binary results. A column whose width is not the type's is our
 * own fault, statement and reader disagree, and stops the process.
 */
#include <endian.h>
#include <libpq-fe.h>
#include <string.h>

#include "fcgi/must.h"
#include "sql/db.h"
#include "sql/pgtypes.h"

static uint64_t
get64(const char *from)
{
	uint64_t wire;

	memcpy(&wire, from, sizeof(wire));
	return be64toh(wire);
}

static uint32_t
get32(const char *from)
{
	uint32_t wire;

	memcpy(&wire, from, sizeof(wire));
	return be32toh(wire);
}

static const char *
column_value(const PGresult *rows, int row, int column, int width)
{
	must(PQgetlength(rows, row, column) == width);
	return PQgetvalue(rows, row, column);
}

int
row_count(const PGresult *rows)
{
	return PQntuples(rows);
}

void
rows_free(PGresult *take_rows)
{
	PQclear(take_rows);
}

bool
row_null(const PGresult *rows, int row, int column)
{
	return PQgetisnull(rows, row, column);
}

int64_t
row_bigint(const PGresult *rows, int row, int column)
{
	return (int64_t)get64(column_value(rows, row, column, 8));
}

int32_t
row_integer(const PGresult *rows, int row, int column)
{
	uint16_t small;

	if (PQgetlength(rows, row, column) != 2)
		return (int32_t)get32(column_value(rows, row, column, 4));
	memcpy(&small, PQgetvalue(rows, row, column), sizeof(small));
	return (int16_t)be16toh(small);
}

bool
row_bool(const PGresult *rows, int row, int column)
{
	return *column_value(rows, row, column, 1) != 0;
}

struct text
row_text(const PGresult *rows, int row, int column)
{
	if (PQgetisnull(rows, row, column))
		return TEXT_ABSENT;
	return (struct text){ PQgetvalue(rows, row, column),
		(size_t)PQgetlength(rows, row, column) };
}

int64_t
row_time(const PGresult *rows, int row, int column)
{
	if (PQgetisnull(rows, row, column))
		return INT64_MIN;
	return row_bigint(rows, row, column) + PG_EPOCH_UNIX_US;
}

void
row_uuid(const PGresult *rows, int row, int column, uint8_t value[16])
{
	memcpy(value, column_value(rows, row, column, 16), 16);
}

int
row_bigints(const PGresult *rows, int row, int column, struct arena *arena,
    int64_t **values)
{
	const char *from = PQgetvalue(rows, row, column);
	int n;

	*values = NULL;
	if (PQgetisnull(rows, row, column) || get32(from) == 0)
		return 0;
	must(get32(from) == 1 && get32(from + 8) == PG_INT8);
	n = (int)get32(from + 12);
	must(PQgetlength(rows, row, column) == 20 + 12 * n);
	*values = arena_alloc_raw(arena, (size_t)n * sizeof(**values));
	for (int i = 0; i < n; i++)
		(*values)[i] = (int64_t)get64(from + 20 + 12 * i + 4);
	return n;
}
