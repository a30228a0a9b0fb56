/*
 * Facts of PostgreSQL's binary format: type numbers (pg_type.dat) and the
 * epoch of timestamptz, 2000-01-01, in Unix microseconds.
 */
#ifndef SQL_PGTYPES_H
#define SQL_PGTYPES_H

enum {
	PG_BOOL = 16,
	PG_BYTEA = 17,
	PG_INT8 = 20,
	PG_INT4 = 23,
	PG_TEXT = 25
};

#define PG_EPOCH_UNIX_US 946684800000000LL

#endif
