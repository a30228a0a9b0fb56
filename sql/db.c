/*
 * Talking to PostgreSQL from one thread. Every call goes through libpq's
 * non-blocking interface with our own wait, for two reasons: a batch must not
 * deadlock against a server that waits for us to read, and a server that no
 * longer answers must cost a client seconds, not a thread for ever.
 *
 * When is a silent server away? A call that has waited AWAY_AFTER_MS while
 * nobody in this process has had an answer gives up, and from then on calls
 * fail at once, until an urgent connection (the heartbeat of sql/wake.c) gets
 * an answer. A slow commit alone is not "away": the heartbeat still beats.
 */
#include "sql/session.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "fcgi/clock.h"
#include "fcgi/log.h"
#include "fcgi/metrics.h"
#include "fcgi/must.h"
#include "fcgi/settings.h"

enum {
	WAIT_SLICE_MS = 100,
	GRACE_MS = 1000, /* the server's own timeout strikes first */
	COMMAND_TAG_BYTES = 64
};

static _Atomic int64_t answered_us; /* the last answer anybody had */

/*
 * Send what is buffered and wait until the next result is there. False when
 * the connection is lost or the server is silent for too long.
 */
static bool
wait_for_result(struct db *db, int64_t began_us)
{
	int64_t end_us = began_us +
	    (settings.database_timeout_ms + GRACE_MS) * 1000;

	for (;;) {
		int unsent = PQflush(db->connection);
		struct pollfd p = { PQsocket(db->connection),
			(short)(POLLIN | (unsent ? POLLOUT : 0)), 0 };
		int64_t now;

		if (unsent < 0)
			return false;
		if (!unsent && !PQisBusy(db->connection))
			return true;
		if (poll(&p, 1, WAIT_SLICE_MS) > 0) {
			if (!PQconsumeInput(db->connection))
				return false;
			continue;
		}
		now = clock_monotonic_us();
		if (now > end_us)
			return false;
		if (!db->alone && now - began_us > AWAY_AFTER_MS * 1000 &&
		    atomic_load(&answered_us) < began_us) {
			log_error("database: no answer for %d ms",
			    AWAY_AFTER_MS);
			atomic_store(&database_away, true);
			return false;
		}
	}
}

static void
answered(struct db *db, int64_t began_us)
{
	int64_t now = clock_monotonic_us();

	atomic_store(&answered_us, now);
	metric_add(METRIC_database_calls, 1);
	metric_add(METRIC_database_us, now - began_us);
	if (db->urgent && atomic_load(&database_away)) {
		atomic_store(&database_away, false);
		log_info("database: answers again");
	}
}

/* The connection is of no use any more. Was anything sent on it? */
static enum db_outcome
lost(struct db *db, bool sent)
{
	log_error("database: connection lost: %s",
	    PQerrorMessage(db->connection));
	metric_add(METRIC_database_errors_lost, 1);
	session_close(db);
	return sent ? DB_UNKNOWN : DB_AWAY;
}

static bool
starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

/*
 * What an SQLSTATE means for the caller. The server says of each of these
 * that the transaction is undone; only a connection that it ends in the same
 * breath (57P01, a crash) leaves us in doubt, and shows as lost.
 */
static enum db_outcome
outcome_of(const char *sqlstate)
{
	/* 21000: a key twice in a call, for a worker that has not heard yet
	 * that the topic's keys are not ordered any more. */
	static const char *const busy[] = { "21000", "40", "53", "55P03",
		"57014", "57P0", "58", NULL };
	static const char *const elsewhere[] = { "08", "25006", NULL };

	for (int i = 0; elsewhere[i]; i++)
		if (starts_with(sqlstate, elsewhere[i]))
			return DB_AWAY;
	for (int i = 0; busy[i]; i++)
		if (starts_with(sqlstate, busy[i]))
			return DB_BUSY;
	return DB_FAILED;
}

/* A result that is an error: say it in the log. */
static enum db_outcome
refused(struct db *db, const PGresult *result, const char *what)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	/* libpq's own has none */
	enum db_outcome outcome = outcome_of(state ? state : "08006");

	metric_add(outcome == DB_AWAY ? METRIC_database_errors_away :
	    outcome == DB_BUSY ? METRIC_database_errors_busy :
	    METRIC_database_errors_failed, 1);
	log_error("database: %s: %s", what, PQresultErrorMessage(result));
	db->refuses |= outcome == DB_AWAY;
	return outcome;
}

static bool
is_ok(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

/*
 * Take an answer, up to its end. The commit comes after the statement's result
 * and may fail: then the error takes the result's place. False when the
 * connection is lost on the way.
 */
static bool
take_answer(struct db *db, int64_t began_us, PGresult **answer)
{
	PGresult *result;

	*answer = NULL;
	do {
		if (!wait_for_result(db, began_us)) {
			PQclear(*answer);
			*answer = NULL;
			return false;
		}
		result = PQgetResult(db->connection);
		if (!*answer || (result && !is_ok(result))) {
			PQclear(*answer);
			*answer = result;
		} else {
			PQclear(result);
		}
	} while (result);
	return true;
}

static enum db_outcome
prepare(struct db *db, enum statement statement)
{
	const struct statement_facts *facts = &statement_facts[statement];
	int64_t began_us = clock_monotonic_us();
	enum db_outcome outcome = DB_DONE;
	PGresult *result;

	if (db->prepared[statement])
		return DB_DONE;
	if (!PQsendPrepare(db->connection, facts->name, facts->text, 0, NULL) ||
	    !take_answer(db, began_us, &result))
		return lost(db, false);
	if (!is_ok(result))
		outcome = refused(db, result, facts->name);
	PQclear(result);
	db->prepared[statement] = outcome == DB_DONE;
	return outcome;
}

static bool
send_statement(struct db *db, enum statement statement, const struct params *p)
{
	static const int binary[SQL_PARAMETERS_MAX] = { 1, 1, 1, 1, 1, 1, 1, 1,
		1, 1, 1, 1, 1, 1, 1, 1 };

	return PQsendQueryPrepared(db->connection,
	    statement_facts[statement].name, p ? p->n : 0,
	    p ? p->value : NULL, p ? p->length : NULL, binary, 1);
}

static enum db_outcome
begin(struct db *db, enum statement statement)
{
	return session_open(db) ? prepare(db, statement) : DB_AWAY;
}

enum db_outcome
db_run(struct db *db, enum statement statement, const struct params *params,
    PGresult **result)
{
	int64_t began_us = clock_monotonic_us();
	enum db_outcome outcome = begin(db, statement);

	*result = NULL;
	if (outcome != DB_DONE)
		return outcome;
	if (!send_statement(db, statement, params))
		return lost(db, false);
	if (!take_answer(db, began_us, result))
		return lost(db, true);
	if (!is_ok(*result)) {
		outcome = refused(db, *result,
		    statement_facts[statement].name);
		PQclear(*result);
		*result = NULL;
	}
	answered(db, began_us);
	return outcome;
}

/* The results of a batch in pipeline mode; the last item's comes after a
 * sync, without which nothing has happened. */
static enum db_outcome
collect(struct db *db, struct db_batch *batch, int n, int64_t began_us)
{
	enum db_outcome outcome = DB_DONE;
	PGresult *result;

	for (int i = 0; i < n; i++) {
		if (!take_answer(db, began_us, &result))
			return lost(db, true);
		if (is_ok(result)) {
			batch[i].result = result;
		} else {
			if (outcome == DB_DONE)
				outcome = refused(db, result,
				    statement_facts[batch[i].statement].name);
			PQclear(result);
		}
	}
	if (!wait_for_result(db, began_us))
		return lost(db, true);
	result = PQgetResult(db->connection);
	if (PQresultStatus(result) != PGRES_PIPELINE_SYNC) {
		PQclear(result);
		return lost(db, true);
	}
	PQclear(result);
	must(PQexitPipelineMode(db->connection));
	answered(db, began_us);
	return outcome;
}

enum db_outcome
db_run_batch(struct db *db, struct db_batch *batch, int n)
{
	int64_t began_us = clock_monotonic_us();
	enum db_outcome outcome = DB_DONE;

	if (n == 1)
		return db_run(db, batch->statement, &batch->params,
		    &batch->result);
	for (int i = 0; i < n && outcome == DB_DONE; i++) {
		batch[i].result = NULL;
		outcome = begin(db, batch[i].statement);
	}
	if (outcome != DB_DONE)
		return outcome;
	if (!PQenterPipelineMode(db->connection))
		return lost(db, false);
	for (int i = 0; i < n; i++)
		if (!send_statement(db, batch[i].statement, &batch[i].params))
			return lost(db, true);
	if (!PQpipelineSync(db->connection))
		return lost(db, true);
	outcome = collect(db, batch, n, began_us);
	for (int i = 0; i < n && outcome != DB_DONE; i++) {
		PQclear(batch[i].result);
		batch[i].result = NULL;
	}
	return outcome;
}

/* A text that is no statement of ours; *tag is what the server did. */
static enum db_outcome
run_text(struct db *db, const char *text, char tag[COMMAND_TAG_BYTES])
{
	int64_t began_us = clock_monotonic_us();
	enum db_outcome outcome = DB_DONE;
	PGresult *result;

	if (!session_open(db))
		return DB_AWAY;
	if (!PQsendQuery(db->connection, text))
		return lost(db, false);
	if (!take_answer(db, began_us, &result))
		return lost(db, true);
	snprintf(tag, COMMAND_TAG_BYTES, "%s", PQcmdStatus(result));
	if (!is_ok(result))
		outcome = refused(db, result, text);
	PQclear(result);
	return outcome;
}

bool
db_command(struct db *db, const char *text)
{
	char tag[COMMAND_TAG_BYTES];

	return run_text(db, text, tag) == DB_DONE;
}

enum db_outcome
db_begin(struct db *db)
{
	char tag[COMMAND_TAG_BYTES];
	enum db_outcome outcome = run_text(db, "begin", tag);

	/* Nothing has been done: the caller need not be in doubt. */
	if (outcome == DB_UNKNOWN)
		outcome = DB_AWAY;
	db->in_transaction = outcome == DB_DONE;
	return outcome;
}

/* A transaction in which something has failed is rolled back, and the server
 * finds nothing wrong with that. */
enum db_outcome
db_commit(struct db *db)
{
	char tag[COMMAND_TAG_BYTES];
	enum db_outcome outcome = run_text(db, "commit", tag);

	db->in_transaction = false;
	return outcome == DB_DONE && strcmp(tag, "COMMIT") != 0 ? DB_FAILED :
	    outcome;
}

void
db_rollback(struct db *db)
{
	char tag[COMMAND_TAG_BYTES];

	if (db->connection && run_text(db, "rollback", tag) != DB_DONE &&
	    db->connection)
		session_close(db);
	db->in_transaction = false;
}

enum verdict
db_fail(struct request *r, enum db_outcome outcome)
{
	bool reads = r->method == METHOD_GET || r->method == METHOD_HEAD;

	switch (outcome) {
	case DB_DONE:
		return DONE;
	case DB_UNKNOWN:
		return fail(r, reads ? E_DATABASE_AWAY : E_OUTCOME_UNKNOWN,
		    FAIL_SENTENCE);
	case DB_AWAY:
		return fail(r, E_DATABASE_AWAY, FAIL_SENTENCE);
	case DB_BUSY:
		return fail(r, E_BUSY, FAIL_SENTENCE);
	case DB_FAILED:
		break;
	}
	return fail(r, E_INTERNAL, FAIL_SENTENCE);
}

static void
clear(void *result)
{
	PQclear(result);
}

const PGresult *
db_call(struct request *r, enum statement statement,
    const struct params *params)
{
	PGresult *result;
	enum db_outcome outcome;

	if (request_failed(r))
		return NULL;
	outcome = db_run(r->db, statement, params, &result);
	arena_defer(r->arena, clear, result);
	if (outcome != DB_DONE)
		db_fail(r, outcome);
	return result;
}

bool
db_call_batch(struct request *r, struct arena *arena, struct db_batch *batch,
    int n)
{
	enum db_outcome outcome;

	if (request_failed(r))
		return false;
	outcome = db_run_batch(r->db, batch, n);
	if (outcome != DB_DONE) {
		db_fail(r, outcome);
		return false;
	}
	for (int i = 0; i < n; i++)
		arena_defer(arena, clear, batch[i].result);
	return true;
}
