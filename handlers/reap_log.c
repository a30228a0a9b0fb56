/*
 * Each batch is a transaction of its own, so that nobody waits for long.
 */
#include "handlers/reap_log.h"

#include "fcgi/limits.h"

int64_t
reap_log(struct db *db, struct arena *arena)
{
	struct pg_result *rows;
	int64_t total = 0;
	struct params p;
	bool more;

	params_init(&p, arena);
	param_bigint(&p, REAP_BATCH);
	do {
		if (db_run(db, STATEMENT_reap_log, &p, &rows) != DB_DONE)
			return -1;
		total += row_bigint(rows, 0, 0);
		more = row_bool(rows, 0, 1);
		rows_free(rows);
	} while (more);
	return total;
}
