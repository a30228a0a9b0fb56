/*
 * A thread's connection to PostgreSQL. Statements are prepared on first use;
 * parameters and results are binary. A lost connection is opened again by
 * the next call. Nothing here is shared between threads.
 */
#ifndef SQL_DB_H
#define SQL_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/arena.h"
#include "fcgi/request.h"
#include "sql/statement.h"

/* libpq's PGresult and PGconn, whose names stay in this folder. */
struct pg_result;
struct pg_conn;

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
/* Absent text is null; bytea goes the same way. */
void param_text(struct params *p, struct text value);
void param_uuid(struct params *p, const uint8_t value[16]);
/* A timestamptz; INT64_MIN is '-infinity'. */
void param_time_or_beginning(struct params *p, int64_t unix_us);
/* The same; INT64_MAX is 'infinity'. */
void param_time_or_end(struct params *p, int64_t unix_us);
void param_null(struct params *p);
/* One-dimensional arrays; a null element where has[i] is false (has may be
 * NULL), or where a text is absent. */
void param_bigints(struct params *p, const int64_t *v, const bool *has, int n);
void param_integers(struct params *p, const int32_t *v, const bool *has, int n);
void param_texts(struct params *p, const struct text *v, int n);
void param_byteas(struct params *p, const struct text *v, int n);
void param_bools(struct params *p, const bool *v, int n);

/* How a call ended. */
enum db_outcome {
	DB_DONE,
	DB_AWAY,	/* nothing was done: there is no database to ask */
	DB_UNKNOWN,	/* the connection was lost: it may have happened */
	DB_BUSY,	/* undone: a lock, a resource; it may work later */
	DB_FAILED	/* undone: an error that should not be */
};

/*
 * Run one statement for a request. NULL after fail(): 503 when the database
 * is away or busy, 500 for what should not happen; the detail is in the log.
 * The result lives as long as the request.
 */
const struct pg_result *db_call(struct request *r, enum statement statement,
    const struct params *params);

/* The sentence for an outcome that is not DB_DONE; returns DONE like fail(). */
enum verdict db_fail(struct request *r, enum db_outcome outcome);

/*
 * The same outside a request: *result is the caller's to clear, and NULL
 * unless the outcome is DB_DONE.
 */
enum db_outcome db_run(struct db *db, enum statement statement,
    const struct params *params, struct pg_result **result);

/*
 * Several statements in one transaction and one round trip (libpq's pipeline
 * mode, one sync). All happen or none; results[i] are the caller's to clear.
 */
struct db_batch {
	enum statement statement;
	struct params params;
	struct pg_result *result;
};
enum db_outcome db_run_batch(struct db *db, struct db_batch *batch, int n);

/*
 * The same for a request, false after fail(). The results live as long as the
 * arena, which need not be the request's.
 */
bool db_call_batch(struct request *r, struct arena *arena,
    struct db_batch *batch, int n);

/*
 * A transaction on the thread's connection: what db_call and db_run do between
 * the two happens together or not at all. When the connection is lost on the
 * way there is no other until the end, so that nothing is done outside of it.
 * After db_begin() has said DB_DONE, exactly one of the others is called.
 */
enum db_outcome db_begin(struct db *db);
enum db_outcome db_commit(struct db *db);
void db_rollback(struct db *db);

/* Rows and columns of a binary result, by position. */
int row_count(const struct pg_result *rows);
void rows_free(struct pg_result *take_rows);
bool row_null(const struct pg_result *rows, int row, int column);
int64_t row_bigint(const struct pg_result *rows, int row, int column);
/* An integer or a smallint. */
int32_t row_integer(const struct pg_result *rows, int row, int column);
bool row_bool(const struct pg_result *rows, int row, int column);
/* Also a bytea; null is the absent text. */
struct text row_text(const struct pg_result *rows, int row, int column);
/* Unix microseconds; null is INT64_MIN. */
int64_t row_time(const struct pg_result *rows, int row, int column);
void row_uuid(const struct pg_result *rows, int row, int column,
    uint8_t value[16]);
/* A bigint[]; the count, and the values in the arena. */
int row_bigints(const struct pg_result *rows, int row, int column,
    struct arena *arena, int64_t **values);

/*
 * A connection, opened by its first call. `application` is its name in
 * pg_stat_activity; `urgent` ones are not turned away while the database is
 * thought to be away: whoever finds out that it is back must be one.
 */
struct db *db_open(const char *application, bool urgent);
/* The only one of its process: where nobody else has answers either, a long
 * statement is no sign that the database is away. */
struct db *db_open_alone(const char *application);
void db_close(struct db *take_db);

/* For LISTEN: the raw connection, NULL while there is none. Reopens it. */
struct pg_conn *db_connection(struct db *db);
/* How many there have been. One that was opened anew has another number; its
 * address may well be that of the last. */
uint64_t db_opened(const struct db *db);
/* Run a text outside the statement table, such as LISTEN. */
bool db_command(struct db *db, const char *text);

/* The connection string that every part of Sluice uses. */
const char *db_conninfo(void);

#endif
