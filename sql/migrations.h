/*
 * The shape of the database as the binary carries it: migrations/NNNN_*.sql
 * and the function bodies of sql/fn/, each sorted by name and ended by a row
 * without a name. The tables are generated into build/migrations.gen.c.
 */
#ifndef SQL_MIGRATIONS_H
#define SQL_MIGRATIONS_H

struct sql_file {
	const char *name;	/* "0001_queue": no folder, no ".sql" */
	const char *text;
};

extern const struct sql_file migration_files[];
extern const struct sql_file function_files[];

/* Run at the end of each migration: sql/reader.sql. */
extern const struct sql_file rights_files[];

#endif
