/*
 * Migrating an empty database, again, with files that were edited, from a
 * program that is too old, and while somebody holds a lock. Takes the
 * connection string of an empty database and leaves it migrated.
 */
#include "sql/migrate.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdlib.h>

#include "tests/unit/test.h"

static const char *conninfo;
static PGconn *connection;

/* The first value of a query's answer; "" when there is none. */
static const char *
value(const char *query)
{
	static char text[256];
	PGresult *result = PQexec(connection, query);

	snprintf(text, sizeof(text), "%s",
	    PQntuples(result) ? PQgetvalue(result, 0, 0) : "");
	PQclear(result);
	return text;
}

static const struct sql_file first = { "0001_first",
	"create table sluice.first (a integer);"
	"insert into sluice.first values (1);" };
static const struct sql_file second = { "0002_second",
	"alter table sluice.first add b integer;" };
static const struct sql_file broken = { "0002_broken",
	"insert into sluice.first values (2);"
	"select nothing;" };
static const struct sql_file one = { "one",
	"create or replace function sluice.one() returns integer "
	"language plpgsql as 'begin return 1; end';" };
static const struct sql_file one_edited = { "one",
	"create or replace function sluice.one() returns integer "
	"language plpgsql as 'begin return 2; end';" };

/* Migrate with the files given; a NULL is one fewer. */
static int
migrate_with(const struct sql_file *a, const struct sql_file *b,
    const struct sql_file *c, const struct sql_file *function)
{
	const struct sql_file end = { NULL, NULL };
	const struct sql_file migrations[] = { *a, b ? *b : end, c ? *c : end,
		end };
	const struct sql_file functions[] = { *function, end };

	return migrate_files(conninfo, migrations, functions);
}

static void
test_applies_once(void)
{
	CHECK_INTEGER(migrate_with(&first, NULL, NULL, &one), 0);
	CHECK_STRING(value("select count(*) from sluice.first"), "1");
	CHECK_INTEGER(migrate_with(&first, NULL, NULL, &one), 0);
	CHECK_STRING(value("select count(*) from sluice.first"), "1");
	CHECK_STRING(value("select sluice.one()"), "1");
}

static void
test_refuses_an_edited_migration(void)
{
	struct sql_file edited = first;

	edited.text = "create table sluice.first (a bigint);";
	CHECK_INTEGER(migrate_with(&edited, NULL, NULL, &one_edited), 1);
	CHECK_STRING(value("select sluice.one()"), "1");
}

static void
test_replaces_an_edited_function(void)
{
	CHECK_INTEGER(migrate_with(&first, NULL, NULL, &one_edited), 0);
	CHECK_STRING(value("select sluice.one()"), "2");
}

static void
test_leaves_nothing_of_a_broken_migration(void)
{
	CHECK_INTEGER(migrate_with(&first, &broken, NULL, &one), 1);
	CHECK_STRING(value("select count(*) from sluice.first"), "1");
	CHECK_STRING(value("select count(*) from sluice.migrations"), "1");
	CHECK_STRING(value("select sluice.one()"), "2");
}

static void
test_refuses_a_newer_database(void)
{
	CHECK_INTEGER(migrate_with(&first, &second, NULL, &one_edited), 0);
	CHECK_INTEGER(migrate_with(&first, NULL, NULL, &one), 1);
	CHECK_STRING(value("select sluice.one()"), "2");
}

/* Wait until somebody waits for the table, or nobody; false if it ended. */
static bool
blocked(bool wanted, pid_t child, int *status)
{
	const char *query = "select count(*) from pg_locks where not granted "
	    "and relation = 'sluice.first'::regclass";

	while (waitpid(child, status, WNOHANG) == 0)
		if ((atoi(value(query)) > 0) == wanted)
			return true;
	return false;
}

/* Somebody's open transaction holds the table: tried until it is closed. */
static void
test_waits_for_a_lock(void)
{
	const struct sql_file third = { "0003_third",
		"set local lock_timeout = '50ms';"
		"alter table sluice.first add c integer;" };
	int status = -1;
	pid_t child;

	(void)value("begin");
	(void)value("select count(*) from sluice.first");
	child = fork();
	if (child == 0)
		_exit(migrate_with(&first, &second, &third, &one_edited));
	CHECK(blocked(true, child, &status) && blocked(false, child, &status)
	    && blocked(true, child, &status));
	(void)value("commit");
	if (status == -1)
		waitpid(child, &status, 0);
	CHECK_INTEGER(status, 0);
	CHECK_STRING(value("select count(*) from sluice.migrations"), "3");
}

/* Several hosts start at the same moment. */
static void
test_many_migrate_at_once(void)
{
	enum { PROGRAMS = 4 };
	pid_t child[PROGRAMS];
	int i, status;

	(void)value("drop schema sluice cascade");
	for (i = 0; i < PROGRAMS; i++) {
		child[i] = fork();
		if (child[i] == 0)
			_exit(migrate(conninfo));
	}
	for (i = 0; i < PROGRAMS; i++) {
		waitpid(child[i], &status, 0);
		CHECK_INTEGER(status, 0);
	}
	CHECK_STRING(value("select count(*) > 0 from sluice.migrations"), "t");
	CHECK_STRING(value("select count(*) > 0 from sluice.functions"), "t");
}

int
main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: migrate_test conninfo\n");
		return 2;
	}
	conninfo = argv[1];
	connection = PQconnectdb(conninfo);
	if (PQstatus(connection) != CONNECTION_OK) {
		fprintf(stderr, "%s", PQerrorMessage(connection));
		return 2;
	}
	(void)value("set client_min_messages = warning");
	test_applies_once();
	test_refuses_an_edited_migration();
	test_replaces_an_edited_function();
	test_leaves_nothing_of_a_broken_migration();
	test_refuses_a_newer_database();
	test_waits_for_a_lock();
	test_many_migrate_at_once();
	PQfinish(connection);
	return test_result();
}
