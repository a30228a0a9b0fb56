/*
 * A thread's connection to PostgreSQL. Statements are prepared on first use;
 * parameters and results are binary. A lost connection is opened again by
 * the next call. Nothing here is shared between threads.
 */
#ifndef SQL_DB_H
#define SQL_DB_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "fcgi/arena.h"
#include "fcgi/request.h"
#include "sql/statement.h"

enum { SQL_PARAMETERS_MAX = 16 };

/* The parameters of one call, built in order. Storage is the arena's. */
struct params {
	struct arena *arena;
	int n;
	const char *value[SQL_PARAMETERS_MAX];
	int length[SQL_PARAMETERS_MAX];
};

void params_init(struct params *p, struct arena *arena);
void param_bigint(struct params *p, int64_t value);
void param_integer(struct params *p, int32_t value);
void param_bool(struct params *p, bool value);
void param_text(struct params *p, struct text value);	/* absent = null; also bytea */
void param_uuid(struct params *p, const uint8_t value[16]);
/* A timestamptz; INT64_MIN is null. */
void param_time(struct params *p, int64_t unix_us);
void param_null(struct params *p);
/* One-dimensional arrays; a null element where has[i] is false (has may be
 * NULL), or where a text is absent. */
void param_bigints(struct params *p, const int64_t *v, const bool *has, int n);
void param_integers(struct params *p, const int32_t *v, const bool *has, int n);
void param_texts(struct params *p, const struct text *v, int n);
void param_byteas(struct params *p, const struct text *v, int n);
void param_times(struct params *p, const int64_t *unix_us, int n);

/*
 * Run one statement for a request. NULL after fail(): 503 when the database
 * is away or busy, 500 for what should not happen; the detail is in the log.
 * The result lives as long as the request.
 */
const PGresult *db_call(struct request *r, enum statement statement,
    const struct params *params);

/* The same outside a request; NULL and the SQLSTATE in db_sqlstate(). The
 * caller clears the result. */
PGresult *db_run(struct db *db, enum statement statement,
    const struct params *params);
const char *db_sqlstate(const struct db *db);

/* Columns of a binary result, by position. */
bool row_null(const PGresult *rows, int row, int column);
int64_t row_bigint(const PGresult *rows, int row, int column);
int32_t row_integer(const PGresult *rows, int row, int column);	/* also smallint */
bool row_bool(const PGresult *rows, int row, int column);
struct text row_text(const PGresult *rows, int row, int column);	/* bytea too; absent = null */
int64_t row_time(const PGresult *rows, int row, int column);	/* unix us; null = INT64_MIN */
void row_uuid(const PGresult *rows, int row, int column, uint8_t value[16]);
/* A bigint[]; the count, and the values in the arena. */
int row_bigints(const PGresult *rows, int row, int column, struct arena *arena,
    int64_t **values);

struct db *db_open(const char *application);
void db_close(struct db *take_db);

#endif
