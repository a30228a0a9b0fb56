/*
 * Migrations go forward and are never edited once they landed: each one that
 * was applied is remembered with a digest of its text in sluice.migrations.
 * Functions and views carry no data, so whichever differ from this program's
 * are simply replaced, all in one transaction; sluice.functions knows their
 * digests.
 *
 * An advisory lock lets one program migrate at a time. Every statement gives
 * up after LOCK_TIMEOUT when it waits for a lock, because whoever comes after
 * it would wait behind it, and is tried again later: so a forgotten
 * transaction in somebody's psql delays a migration, and not the workers.
 */
#include "sql/migrate.h"

#include <libpq-fe.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LOCK_TIMEOUT "5s"
enum {
	TRIES_MAX = 60,
	PAUSE_MS = 500
};

/* The key of the advisory lock: "sluice" in ASCII. */
#define LOCK_KEY "126909663503205"

#define DIGEST(text) "encode(sha256(convert_to(" text ", 'UTF8')), 'hex')"

struct migrator {
	PGconn *connection;
	int done;
};

/* Run a query and give its result, or NULL after saying what was wrong. */
static PGresult *
ask(struct migrator *m, const char *query, int n, const char *const *values)
{
	PGresult *result = PQexecParams(m->connection, query, n, NULL, values,
	    NULL, NULL, 0);
	ExecStatusType status = PQresultStatus(result);

	if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
		return result;
	fprintf(stderr, "migrate: %s", PQerrorMessage(m->connection));
	PQclear(result);
	return NULL;
}

static bool
tell(struct migrator *m, const char *query, int n, const char *const *values)
{
	PGresult *result = ask(m, query, n, values);

	PQclear(result);
	return result != NULL;
}

/* A query whose answer is one text; "" for null or no row, NULL for failed. */
static char *
ask_text(struct migrator *m, const char *query, int n,
    const char *const *values)
{
	PGresult *result = ask(m, query, n, values);
	char *text;

	if (!result)
		return NULL;
	text = strdup(PQntuples(result) ? PQgetvalue(result, 0, 0) : "");
	PQclear(result);
	return text;
}

enum attempt { APPLIED, LOCKED, BROKEN };

/* Run one file's statements. In front of them stands what remembers it. */
static enum attempt
attempt(struct migrator *m, const char *remember, const char *name,
    const char *text)
{
	const char *values[] = { name, text };
	PGresult *result;
	const char *state;
	enum attempt outcome = BROKEN;

	if (!tell(m, remember, 2, values))
		return BROKEN;
	result = PQexec(m->connection, text);
	state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	if (PQresultStatus(result) == PGRES_COMMAND_OK ||
	    PQresultStatus(result) == PGRES_TUPLES_OK)
		outcome = APPLIED;
	else if (state && (!strcmp(state, "55P03") || !strcmp(state, "40P01")))
		outcome = LOCKED;
	else
		fprintf(stderr, "migrate: %s: %s", name,
		    PQerrorMessage(m->connection));
	PQclear(result);
	return outcome;
}

static bool
apply_migration(struct migrator *m, const struct sql_file *file)
{
	const struct timespec pause = { 0, PAUSE_MS * 1000000L };
	enum attempt outcome;
	int tries = 0;

	for (;;) {
		if (!tell(m, "begin", 0, NULL))
			return false;
		outcome = attempt(m,
		    "insert into sluice.migrations (name, digest) "
		    "values ($1, " DIGEST("$2") ")", file->name, file->text);
		if (outcome == APPLIED)
			break;
		if (!tell(m, "rollback", 0, NULL) || outcome == BROKEN)
			return false;
		if (++tries == TRIES_MAX) {
			fprintf(stderr, "migrate: %s: gave up after %d tries: "
			    "some other transaction holds a lock that it "
			    "needs (select * from "
			    "sluice.oldest_transactions)\n", file->name, tries);
			return false;
		}
		printf("%s: waits for a lock\n", file->name);
		fflush(stdout);
		(void)nanosleep(&pause, NULL); /* too short a pause is fine */
	}
	if (!tell(m, "commit", 0, NULL))
		return false;
	printf("%s: applied\n", file->name);
	m->done++;
	return true;
}

/* Is the file applied, missing, or edited since? */
static bool
migration(struct migrator *m, const struct sql_file *file)
{
	const char *values[] = { file->name, file->text };
	char *same = ask_text(m,
	    "select digest = " DIGEST("$2")
	    " from sluice.migrations where name = $1", 2, values);
	bool ok = false;

	if (!same)
		return false;
	if (!*same)
		ok = apply_migration(m, file);
	else if (*same == 't')
		ok = true;
	else
		fprintf(stderr, "migrate: %s was edited after it had been "
		    "applied to this database; put it back, and write what "
		    "you want to change into a new migration\n", file->name);
	free(same);
	return ok;
}

/*
 * An older program must not go on: it would put its older functions in the
 * place of those that the newer one's tables need.
 */
static bool
knows_all(struct migrator *m, const struct sql_file *migrations)
{
	PGresult *names = ask(m,
	    "select name from sluice.migrations order by name", 0, NULL);
	bool ok = names != NULL;
	int i;

	for (i = 0; ok && i < PQntuples(names); i++) {
		const char *name = PQgetvalue(names, i, 0);
		const struct sql_file *file = migrations;

		while (file->name && strcmp(file->name, name) != 0)
			file++;
		if (file->name)
			continue;
		fprintf(stderr, "migrate: the database has %s, which this "
		    "program does not know: it is older than the database\n",
		    name);
		ok = false;
	}
	PQclear(names);
	return ok;
}

static bool
function(struct migrator *m, const struct sql_file *file)
{
	const char *values[] = { file->name, file->text };
	char *same = ask_text(m,
	    "select digest = " DIGEST("$2")
	    " from sluice.functions where name = $1", 2, values);
	bool ok = same && *same == 't';

	if (same && !ok) {
		enum attempt outcome = attempt(m,
		    "insert into sluice.functions (name, digest) "
		    "values ($1, " DIGEST("$2") ") on conflict (name) "
		    "do update set digest = excluded.digest, "
		    "replaced_at = now()", file->name, file->text);

		if (outcome == LOCKED)
			fprintf(stderr, "migrate: %s: another transaction "
			    "holds a lock that it needs; try again\n",
			    file->name);
		ok = outcome == APPLIED;
		if (ok)
			printf("%s: %s\n", file->name,
			    *same ? "replaced" : "created");
		m->done += ok;
	}
	free(same);
	return ok;
}

/*
 * Create what is not there. "if not exists" would ask for the right to create
 * it all the same, and a worker's role need not have it.
 */
static bool
make(struct migrator *m, const char *find, const char *create)
{
	char *found = ask_text(m, find, 0, NULL);
	bool ok = found && (*found || tell(m, create, 0, NULL));

	free(found);
	return ok;
}

static bool
prepare(struct migrator *m)
{
	char *locked;
	bool ok;

	locked = ask_text(m, "select pg_try_advisory_lock(" LOCK_KEY ")", 0,
	    NULL);
	ok = locked != NULL;
	if (ok && *locked == 'f') {
		printf("waiting: another program migrates this database\n");
		fflush(stdout);
		ok = tell(m, "select pg_advisory_lock(" LOCK_KEY ")", 0, NULL);
	}
	free(locked);
	if (!ok)
		return false;

	return make(m, "select to_regnamespace('sluice')",
		"create schema sluice")
	    && tell(m, "set lock_timeout = '" LOCK_TIMEOUT "'", 0, NULL)
	    && tell(m, "set statement_timeout = 0", 0, NULL)
	    && tell(m, "set client_min_messages = warning", 0, NULL)
	    && make(m, "select to_regclass('sluice.migrations')",
		"create table sluice.migrations ("
		"name text collate \"C\" primary key, digest text not null, "
		"applied_at timestamptz not null default now())")
	    && make(m, "select to_regclass('sluice.functions')",
		"create table sluice.functions ("
		"name text collate \"C\" primary key, digest text not null, "
		"replaced_at timestamptz not null default now())");
}

static bool
run(struct migrator *m, const struct sql_file *migrations,
    const struct sql_file *functions)
{
	const struct sql_file *file;

	if (!prepare(m) || !knows_all(m, migrations))
		return false;
	for (file = migrations; file->name; file++)
		if (!migration(m, file))
			return false;
	if (!tell(m, "begin", 0, NULL))
		return false;
	for (file = functions; file->name; file++)
		if (!function(m, file))
			return false;
	for (file = rights_files; file->name; file++)
		if (!tell(m, file->text, 0, NULL))
			return false;
	return tell(m, "commit", 0, NULL);
}

int
migrate_files(const char *conninfo, const struct sql_file *migrations,
    const struct sql_file *functions)
{
	const char *const names[] = { "dbname", "fallback_application_name",
		"connect_timeout", NULL };
	const char *const values[] = { conninfo, "sluice migrate", "10", NULL };
	struct migrator m = { .connection = NULL };
	bool ok;

	m.connection = PQconnectdbParams(names, values, 1);
	ok = PQstatus(m.connection) == CONNECTION_OK;
	if (ok)
		ok = run(&m, migrations, functions);
	else
		fprintf(stderr, "migrate: %s", PQerrorMessage(m.connection));
	if (ok && m.done == 0)
		printf("the database is up to date\n");
	PQfinish(m.connection);
	fflush(stdout);
	return ok ? 0 : 1;
}

int
migrate(const char *conninfo)
{
	return migrate_files(conninfo, migration_files, function_files);
}
