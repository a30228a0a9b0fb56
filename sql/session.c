/*
 * Opening connections to PostgreSQL and closing them: which one, with what
 * settings, and when not to try.
 */
#include "sql/session.h"

#include <libpq-fe.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/clock.h"
#include "fcgi/log.h"
#include "fcgi/metrics.h"
#include "fcgi/must.h"
#include "fcgi/settings.h"

enum {
	RECONNECT_PAUSE_MS = 100,
	REFUSED_PAUSE_MS = 1000,
	LOCK_TIMEOUT_MS = 2000
};

_Atomic bool database_away;

/* The own cluster's, for when SLUICE_DATABASE is empty. */
static char own[PATH_MAX + 64];
static pthread_once_t own_once = PTHREAD_ONCE_INIT;

/* Its socket is under SLUICE_VAR; libpq takes only absolute paths for one. */
static void
find_own(void)
{
	char var[PATH_MAX];

	if (!realpath(settings.var, var))
		snprintf(var, sizeof(var), "%s", settings.var);
	snprintf(own, sizeof(own), "host=%s/run dbname=sluice user=sluice",
	    var);
}

const char *
db_conninfo(void)
{
	pthread_once(&own_once, find_own);
	return *settings.database ? settings.database : own;
}

struct db *
db_open(const char *application, bool urgent)
{
	struct db *db = calloc(1, sizeof(*db));

	must(db);
	db->application = application;
	db->urgent = urgent;
	return db;
}

struct db *
db_open_alone(const char *application)
{
	struct db *db = db_open(application, true);

	db->alone = true;
	return db;
}

void
session_close(struct db *db)
{
	PQfinish(db->connection);
	db->connection = NULL;
	memset(db->prepared, 0, sizeof(db->prepared));
	db->refuses = false;
}

void
db_close(struct db *take_db)
{
	session_close(take_db);
	free(take_db);
}

/*
 * What a worker's session looks like. A plan is made once and kept, be the
 * table empty then or not: what is left are plans that walk an index in its
 * order, and touch as little when a topic has grown (tests/sql/test_plans.py).
 */
static bool
configure(struct db *db)
{
	char text[512];
	PGresult *result;
	bool ok;

	snprintf(text, sizeof(text),
	    "set statement_timeout = %lld; set lock_timeout = %d;"
	    "set idle_in_transaction_session_timeout = 10000;"
	    "set plan_cache_mode = force_generic_plan;"
	    "set enable_seqscan = off; set enable_bitmapscan = off;"
	    "set enable_hashjoin = off; set enable_mergejoin = off;"
	    "set jit = off; set timezone = 'UTC';"
	    "set client_min_messages = warning",
	    (long long)settings.database_timeout_ms, LOCK_TIMEOUT_MS);
	result = PQexec(db->connection, text);
	ok = PQresultStatus(result) == PGRES_COMMAND_OK;
	PQclear(result);
	return ok;
}

static bool
connect_now(struct db *db)
{
	const char *names[] = { "dbname", "fallback_application_name",
		"connect_timeout", "tcp_user_timeout", "client_encoding",
		NULL };
	const char *values[] = { db_conninfo(), db->application, "2", "3000",
		"UTF8", NULL };
	int64_t now = clock_monotonic_us();

	if (now < db->connect_after_us)
		return false;
	db->connection = PQconnectdbParams(names, values, 1);
	if (PQstatus(db->connection) == CONNECTION_OK && configure(db)) {
		must(PQsetnonblocking(db->connection, 1) == 0);
		db->opened++;
		db->opened_us = clock_monotonic_us();
		metric_add(METRIC_database_connects, 1);
		return true;
	}
	metric_add(METRIC_database_connect_errors, 1);
	log_error("database: %s", PQerrorMessage(db->connection));
	session_close(db);
	db->connect_after_us =
	    clock_monotonic_us() + RECONNECT_PAUSE_MS * 1000;
	if (clock_monotonic_us() - now > AWAY_AFTER_MS * 1000)
		atomic_store(&database_away, true);
	return false;
}

/*
 * A connection that ended while it was idle shows itself as readable: first
 * there may be the server's last words, and only after them the end.
 */
static bool
ended_while_idle(struct db *db)
{
	struct pollfd p = { PQsocket(db->connection), POLLIN, 0 };

	while (poll(&p, 1, 0) > 0)
		if (!PQconsumeInput(db->connection) ||
		    PQstatus(db->connection) != CONNECTION_OK)
			return true;
	return false;
}

bool
session_open(struct db *db)
{
	/* Another connection would know nothing of it. */
	if (db->in_transaction)
		return db->connection;
	if (atomic_load(&database_away) && !db->urgent)
		return false;
	/* Whether a session may write is often decided when it begins, so one
	 * that may not has to make room for another. */
	if (db->connection && (ended_while_idle(db) || (db->refuses &&
	    clock_monotonic_us() > db->opened_us + REFUSED_PAUSE_MS * 1000)))
		session_close(db);
	return db->connection || connect_now(db);
}

PGconn *
db_connection(struct db *db)
{
	return session_open(db) ? db->connection : NULL;
}

uint64_t
db_opened(const struct db *db)
{
	return db->opened;
}
