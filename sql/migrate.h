/*
 * Bringing a database to the shape that this program knows: `sluice migrate`,
 * and the first thing that `make run` does. Safe to run on several hosts at
 * once, and while workers are at work.
 */
#ifndef SQL_MIGRATE_H
#define SQL_MIGRATE_H

#include "sql/migrations.h"

/*
 * Apply what is missing, saying one line for each on stdout. Returns 0, or 1
 * after a sentence on stderr; what was applied before that stays.
 */
int migrate(const char *conninfo);

/* The same with other files: for tests. */
int migrate_files(const char *conninfo, const struct sql_file *migrations,
    const struct sql_file *functions);

#endif
