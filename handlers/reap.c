/*
 * Reaping is a few statements, each run in small batches until it finds no
 * more: messages whose time is up become expired, keys and login attempts
 * that nothing refers to are forgotten, and streams end, those of deleted
 * plates and those whose time is up (reap_streams.c). Any number of hosts may
 * do it at once.
 */
#include "handlers/reap.h"

#include <stdio.h>
#include <stdlib.h>

#include "fcgi/limits.h"
#include "fcgi/metrics.h"
#include "fcgi/settings.h"
#include "handlers/reap_log.h"
#include "handlers/reap_streams.h"
#include "sql/db.h"
#include "sql/plate_ends.h"

/* Run a statement whose one row begins with a count; -1 when it failed. */
static int64_t
count_of(struct db *db, enum statement statement, const struct params *p)
{
	struct pg_result *rows;
	int64_t n;

	if (db_run(db, statement, p, &rows) != DB_DONE)
		return -1;
	n = row_bigint(rows, 0, 0);
	rows_free(rows);
	return n;
}

static int64_t
expire(struct db *db, struct arena *arena)
{
	struct pg_result *rows;
	int64_t total = 0;
	struct params p;
	bool more;

	params_init(&p, arena);
	param_bigint(&p, REAP_BATCH);
	do {
		if (db_run(db, STATEMENT_reap_expiries, &p, &rows) != DB_DONE)
			return -1;
		total += row_bigint(rows, 0, 0);
		more = row_bool(rows, 0, 1);
		rows_free(rows);
	} while (more);
	metric_add(METRIC_messages_expired, total);
	return total;
}

/* Walk all keys, a batch at a time, from the lowest on. */
static int64_t
forget_keys(struct db *db, struct arena *arena)
{
	struct pg_result *rows;
	int64_t topic = INT64_MIN, total = 0;
	struct text key = TEXT("");
	struct params p;
	bool more;

	do {
		params_init(&p, arena);
		param_bigint(&p, topic);
		param_text(&p, key);
		param_bigint(&p, REAP_BATCH);
		if (db_run(db, STATEMENT_reap_keys, &p, &rows) != DB_DONE)
			return -1;
		total += row_bigint(rows, 0, 0);
		more = !row_null(rows, 0, 1);
		if (more) {
			topic = row_bigint(rows, 0, 1);
			key = arena_text(arena, row_text(rows, 0, 2));
		}
		rows_free(rows);
	} while (more);
	return total;
}

int
reap_command(int count, char **arguments)
{
	struct arena *arena = arena_new();
	struct db *db = db_open("sluice reap", false);
	int64_t expired, keys, attempts, plates, log;
	bool streams;

	(void)count, (void)arguments; /* takes none */
	(void)metrics_open(settings.var); /* counting is not what we are for */
	expired = expire(db, arena);
	keys = forget_keys(db, arena);
	attempts = count_of(db, STATEMENT_login_attempts_reap, NULL);
	log = reap_log(db, arena);
	streams = reap_streams(db);
	plates = plates_reap(db);
	db_close(db);
	arena_free(arena);
	if (expired < 0 || keys < 0 || attempts < 0 || plates < 0 ||
	    log < 0 || !streams) {
		fprintf(stderr, "sluice reap: the database did not answer\n");
		return EXIT_FAILURE;
	}
	printf("expired %lld messages, forgot %lld keys, %lld logins, %lld "
	    "plates and %lld of what was acked\n", (long long)expired,
	    (long long)keys, (long long)attempts, (long long)plates,
	    (long long)log);
	return EXIT_SUCCESS;
}
